import { expect, test } from "bun:test";
import type { Contract } from "../../shared/contract.ts";
import { type Api, answer } from "../src/api.ts";
import { createSessions } from "../src/session.ts";

const lease = {
  title: "Lease",
  supplier: "Hafen",
  renewsOn: "2027-01-31",
  termMonths: 12,
  note: "",
};
const stored: Contract = { ...lease, id: "7", renewals: 0 };
const sessions = await createSessions("secret");
const token = await sessions.issue();

function api(changes: Partial<Api> = {}): Api & { logged: string[] } {
  const logged: string[] = [];
  return {
    store: {
      list: async () => [stored],
      add: async (contract) => ({ ...contract, id: "8", renewals: 0 }),
      renew: async (id) => (id === "7" ? { ...stored, renewals: 1 } : undefined),
    },
    sessions,
    notReady: async () => undefined,
    version: { commit: "c0ffee", image: "unknown", migration: "20260101" },
    log: (message) => logged.push(message),
    logged,
    ...changes,
  };
}

function post(path: string, body?: unknown, authorization = `Bearer ${token}`): Request {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Request(`http://app${path}`, {
    method: "POST",
    headers: { authorization },
    body: text ?? null,
  });
}

const get = (path: string) => new Request(`http://app${path}`);

test("the list shows what is stored", async () => {
  const response = await answer(api(), get("/api/contracts"));
  expect(await response.json()).toEqual([stored]);
});

test("a complete contract is added", async () => {
  const response = await answer(api(), post("/api/contracts", lease));
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ ...stored, id: "8" });
});

test("an incomplete contract is refused with every problem at once", async () => {
  const response = await answer(
    api(),
    post("/api/contracts", { ...lease, title: " ", termMonths: 0 }),
  );
  expect(response.status).toBe(422);
  expect(Object.keys((await response.json()).problems)).toEqual(["title", "termMonths"]);
});

for (const [reason, body] of Object.entries({
  "no JSON": "title=Lease",
  "no object": "3",
  null: "null",
})) {
  test(`a body that is ${reason} is refused`, async () => {
    expect((await answer(api(), post("/api/contracts", body))).status).toBe(400);
  });
}

for (const path of ["/api/contracts", "/api/contracts/7/renew"]) {
  test(`POST ${path} needs a session`, async () => {
    const response = await answer(api(), post(path, lease, "Bearer stolen"));
    expect(response.status).toBe(401);
    expect((await response.json()).error).toContain("POST /api/session");
  });
}

test("the token of a new session allows a change", async () => {
  const session = await (await answer(api(), post("/api/session", undefined, ""))).json();
  const response = await answer(api(), post("/api/contracts", lease, `Bearer ${session.token}`));
  expect(response.status).toBe(201);
});

test("a renewal answers with the renewed contract", async () => {
  const response = await answer(api(), post("/api/contracts/7/renew"));
  expect(await response.json()).toMatchObject({ id: "7", renewals: 1 });
});

for (const path of ["/api/contracts/99/renew", "/api/contracts/x/renew", "/api/nothing"]) {
  test(`POST ${path} is not found`, async () => {
    expect((await answer(api(), post(path))).status).toBe(404);
  });
}

test("a failing database is logged, and the answer has no details", async () => {
  const failing = api();
  failing.store.list = async () => {
    throw new Error("connection to 10.0.0.7 refused");
  };
  const response = await answer(failing, get("/api/contracts"));
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain("10.0.0.7");
  expect(failing.logged).toEqual(["GET /api/contracts: connection to 10.0.0.7 refused"]);
});

test("the app is up even when its database is not, but then it is not ready", async () => {
  const alone = api({ notReady: () => Promise.reject(new Error("connection refused")) });
  expect((await answer(alone, get("/healthz"))).status).toBe(200);
  const response = await answer(alone, get("/readyz"));
  expect(response.status).toBe(503);
  expect((await response.json()).reason).toBe("the database does not answer: connection refused");
});

test("a request whose host is none is answered like any other", async () => {
  const request = new Request("http://app/healthz");
  Object.defineProperty(request, "url", { value: "http://58862435805977:8080/healthz?x=/y" });
  expect((await answer(api(), request)).status).toBe(200);
});

test("the version names commit, image and migration", async () => {
  const response = await answer(api(), get("/version"));
  expect(await response.json()).toEqual({
    commit: "c0ffee",
    image: "unknown",
    migration: "20260101",
  });
});
