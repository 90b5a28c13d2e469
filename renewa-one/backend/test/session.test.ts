import { expect, test } from "bun:test";
import { createSessions } from "../src/session.ts";

const sessions = await createSessions("one secret");
const token = await sessions.issue();

test("a token is accepted by every server with the same secret", async () => {
  expect(await (await createSessions("one secret")).accepts(token)).toBe(true);
});

test("a token is accepted for less than a day", async () => {
  expect(await sessions.accepts(token, Date.now() + 11 * 60 * 60 * 1000)).toBe(true);
  expect(await sessions.accepts(token, Date.now() + 24 * 60 * 60 * 1000)).toBe(false);
});

const unsigned = `${btoa('{"alg":"none","typ":"JWT"}').replace(/=+$/, "")}.${token.split(".")[1]}.`;

for (const [reason, foreign] of Object.entries({
  "signed with another secret": await (await createSessions("other secret")).issue(),
  "that asks not to be checked": unsigned,
  "with a part too many": `${token}.x`,
  "without a signature": token.split(".").slice(0, 2).join("."),
  "with other claims": token.replace(/\.[^.]+\./, ".e30."),
  "that is empty": "",
})) {
  test(`a token ${reason} is refused`, async () => {
    expect(await sessions.accepts(foreign)).toBe(false);
  });
}
