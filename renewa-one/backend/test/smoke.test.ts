import { expect, test } from "bun:test";
import type { Contract, NewContract } from "../../shared/contract.ts";
import { type Api, answer } from "../src/api.ts";
import { createSessions } from "../src/session.ts";
import { type Ask, smoke } from "../src/smoke/steps.ts";

const lease = { title: "Lease", supplier: "Hafen", termMonths: 12 };

/** An app in memory, page included, which may be broken in one place. */
async function app(changes: Partial<Api["store"]> = {}, reason?: string): Promise<Ask> {
  const kept: Contract[] = [];
  const api: Api = {
    store: {
      list: async () => kept,
      add: async (contract: NewContract) => {
        kept.push({ ...contract, id: "7", renewals: 0 });
        return kept[0] as Contract;
      },
      renew: async () =>
        Object.assign(kept[0] as Contract, { renewsOn: "2028-01-31", renewals: 1 }),
      ...changes,
    },
    sessions: await createSessions("secret"),
    notReady: async () => reason,
    version: { commit: "c0ffee", image: "unknown", migration: "20260101" },
    log: () => {},
  };
  return async (path, init) =>
    path === "/"
      ? new Response("<title>Renewa</title>")
      : answer(api, new Request(`http://app${path}`, init));
}

test("an app that works passes every step", async () => {
  const { passed, failed, notReady } = await smoke(await app());
  expect(failed).toEqual([]);
  expect(passed).toHaveLength(8);
  expect(notReady).toBeUndefined();
});

test("an app that says it is not ready is asked no more", async () => {
  const untouched = await app({ list: () => Promise.reject(new Error("asked")) }, "behind");
  const { passed, failed, notReady } = await smoke(untouched);
  expect([...passed, ...failed]).toEqual([]);
  expect(notReady).toContain("behind");
});

test("every step that fails is named with what was answered", async () => {
  const broken = () => Promise.reject(new Error("no such column"));
  const { failed } = await smoke(await app({ add: broken, renew: broken }));
  expect(failed).toHaveLength(3);
  expect(failed[0]).toStartWith("a contract is added: POST /api/contracts answers 503, not 201");
});

test("a note that cannot be read back is a failure", async () => {
  const other = { ...lease, id: "7", renewsOn: "2028-01-31", renewals: 1, note: "another" };
  const { failed } = await smoke(await app({ list: async () => [other] }));
  expect(failed).toEqual([
    'it is in the list, with its note and its renewal: its note is "another"',
  ]);
});
