import { expect, test } from "vitest";
import { createApi, Failure } from "../src/api.ts";

const lease = {
  title: "Lease",
  supplier: "Hafen",
  renewsOn: "2027-01-31",
  termMonths: 12,
  note: "",
};

/** A backend that gives the answers one after the other, and keeps what it was asked. */
function backend(...answers: (Response | Error)[]) {
  const asked: string[] = [];
  const fetcher = async (path: unknown, init?: RequestInit) => {
    asked.push(`${path} ${new Headers(init?.headers).get("authorization") ?? ""}`.trim());
    const answer = answers.shift();
    if (!answer || answer instanceof Error) throw answer ?? new Error("nothing more to answer");
    return answer;
  };
  return { api: createApi(fetcher as typeof fetch), asked };
}

const session = (token: string) => Response.json({ token });

test("changes share one session", async () => {
  const { api, asked } = backend(session("a"), Response.json({}), Response.json({}));
  await api.add(lease);
  await api.renew("7");
  expect(asked).toEqual([
    "/api/session",
    "/api/contracts Bearer a",
    "/api/contracts/7/renew Bearer a",
  ]);
});

test("a session that is over is replaced once", async () => {
  const over = () => Response.json({ error: "No valid session." }, { status: 401 });
  const { api, asked } = backend(session("a"), over(), session("b"), Response.json({}));
  await api.renew("7");
  expect(asked.at(-1)).toBe("/api/contracts/7/renew Bearer b");

  const never = backend(session("a"), over(), session("b"), over());
  await expect(never.api.renew("7")).rejects.toThrow("No valid session.");
});

test("the backend's reason reaches the reader, by field as well", async () => {
  const problems = { title: "Say what the contract is about." };
  const { api } = backend(
    session("a"),
    Response.json({ error: "Not complete.", problems }, { status: 422 }),
  );
  const failure = await api.add(lease).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ message: "Not complete.", problems });
});

test.each([
  ["does not answer", new TypeError("fetch failed")],
  ["answers with a page of nginx", new Response("<h1>502 Bad Gateway</h1>", { status: 502 })],
  ["answers with a page although it says all is well", new Response("<h1>Welcome</h1>")],
])("a backend that %s is a failure in words", async (_, answer) => {
  await expect(backend(answer).api.list()).rejects.toThrow("The server does not answer.");
});
