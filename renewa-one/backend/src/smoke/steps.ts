/** What an app that works does, asked from outside, one step after the other. */

import type { Contract } from "../../../shared/contract.ts";

export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** What was found. An app that says itself that it is not ready is asked no more. */
export type Outcome = { passed: string[]; failed: string[]; notReady?: string };

const contract = {
  title: "Smoke test",
  supplier: "Nobody",
  renewsOn: "2027-01-31",
  termMonths: 12,
  note: "sealed",
};

export async function smoke(ask: Ask): Promise<Outcome> {
  const ready = await ask("/readyz");
  if (!ready.ok) return { passed: [], failed: [], notReady: await ready.text() };

  const outcome: Outcome = { passed: [], failed: [] };
  /** Later steps go on without what an earlier one failed to bring, and say so themselves. */
  async function step<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      outcome.passed.push(name);
      return result;
    } catch (error) {
      outcome.failed.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  await step("the page is served", async () => {
    const page = await (await wants(200, ask, "/")).text();
    if (!page.includes("<title>")) throw new Error("what / answers is no page");
  });
  await step("the list is there", () => list(ask));
  await step("a stranger is refused", () => wants(401, ask, "/api/contracts", post(contract)));
  const session = await step("a session begins", async () => {
    const answer = await wants(201, ask, "/api/session", { method: "POST" });
    return ((await answer.json()) as { token: string }).token;
  });
  await step("an incomplete contract is refused, by field", async () => {
    const answer = await wants(
      422,
      ask,
      "/api/contracts",
      post({ ...contract, title: "" }, session),
    );
    const { problems } = (await answer.json()) as { problems: Record<string, string> };
    if (Object.keys(problems).join() !== "title") throw new Error(JSON.stringify(problems));
  });
  const added = await step("a contract is added", async () => {
    const answer = await wants(201, ask, "/api/contracts", post(contract, session));
    return (await answer.json()) as Contract;
  });
  await step("it is renewed", async () => {
    const path = `/api/contracts/${added?.id ?? "unknown"}/renew`;
    renewed((await (await wants(200, ask, path, post({}, session))).json()) as Contract);
  });
  await step("it is in the list, with its note and its renewal", async () => {
    const found = (await list(ask)).find(({ id }) => id === added?.id);
    if (!found) throw new Error("it is not");
    renewed(found);
    if (found.note !== contract.note) throw new Error(`its note is ${JSON.stringify(found.note)}`);
  });
  return outcome;
}

async function list(ask: Ask): Promise<Contract[]> {
  return (await (await wants(200, ask, "/api/contracts")).json()) as Contract[];
}

/** The answer, if it has the status that was wanted. */
async function wants(status: number, ask: Ask, path: string, init?: RequestInit) {
  const answer = await ask(path, init);
  if (answer.status === status) return answer;
  const body = (await answer.text()).trim().slice(0, 300);
  throw new Error(
    `${init?.method ?? "GET"} ${path} answers ${answer.status}, not ${status}: ${body}`,
  );
}

function renewed({ renewsOn, renewals }: Contract) {
  if (renewsOn !== "2028-01-31" || renewals !== 1)
    throw new Error(`it renews on ${renewsOn} after ${renewals} renewals`);
}

function post(body: object, session = ""): RequestInit {
  return {
    method: "POST",
    headers: { authorization: `Bearer ${session}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}
