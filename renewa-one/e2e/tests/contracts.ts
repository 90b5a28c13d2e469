import { type APIRequestContext, expect } from "@playwright/test";

/** A title of its own for each test, because all of them meet in one list. */
export const titled = (what: string) => `${what} ${crypto.randomUUID().slice(0, 8)}`;

/** Stores a contract the way the page would, for a journey that begins with one. */
export async function stored(request: APIRequestContext, title: string): Promise<void> {
  const session = await request.post("/api/session");
  const { token } = await session.json();
  const answer = await request.post("/api/contracts", {
    headers: { authorization: `Bearer ${token}` },
    data: { title, supplier: "Hafen Immobilien", renewsOn: "2031-03-15", termMonths: 12, note: "" },
  });
  expect(answer.status(), await answer.text()).toBe(201);
}
