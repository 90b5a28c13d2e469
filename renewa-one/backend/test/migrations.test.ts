import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newestMigration } from "../src/migrations.ts";

let folder = "";
afterEach(() => rm(folder, { recursive: true, force: true }));

async function folderWith(...names: string[]): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), "migrations-"));
  await Promise.all(names.map((name) => writeFile(join(folder, name), "")));
  return folder;
}

test("the newest migration is the one with the highest version", async () => {
  const folder = await folderWith(
    "20260209_b.sql",
    "20260126_a.sql",
    "atlas.sum",
    "99999999_notes.md",
  );
  expect(await newestMigration(folder)).toBe("20260209");
});

test("a folder without migrations is an incomplete image", async () => {
  await expect(newestMigration(await folderWith("atlas.sum"))).rejects.toThrow(
    "the image is incomplete",
  );
});

test("the app's own migrations have a newest one", async () => {
  expect(await newestMigration(join(import.meta.dir, "../../migrations"))).toMatch(/^\d{14}$/);
});
