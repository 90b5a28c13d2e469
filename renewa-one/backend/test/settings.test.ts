import { expect, test } from "bun:test";
import { readSettings } from "../src/settings.ts";

const complete = {
  DATABASE_URL: "postgres://u:hunter2@db/x",
  JWT_SECRET: "j",
  ENCRYPTION_MASTER_KEY: "e",
};

test("one message lists every missing secret", () => {
  expect(() => readSettings({})).toThrow("DATABASE_URL, JWT_SECRET, ENCRYPTION_MASTER_KEY not set");
});

test("an empty secret is a missing secret", () => {
  expect(() => readSettings({ ...complete, JWT_SECRET: "" })).toThrow(
    "cannot start: JWT_SECRET not set",
  );
});

test("the message about one secret shows nothing of the others", () => {
  const { JWT_SECRET: _, ...rest } = complete;
  expect(() => readSettings(rest)).not.toThrow("hunter2");
});

test("a build that nobody named is of an unknown commit", () => {
  expect(readSettings(complete)).toMatchObject({ commit: "unknown", image: "unknown", port: 3000 });
});
