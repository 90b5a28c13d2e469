import { expect, test } from "bun:test";
import { createVault } from "../src/vault.ts";

test("a sealed note opens with the same master key", async () => {
  const sealed = await (await createVault("one key")).seal("cancel by phone ☎");
  expect(await (await createVault("one key")).open(sealed)).toBe("cancel by phone ☎");
});

test("a sealed note does not contain the note, nor look the same twice", async () => {
  const vault = await createVault("one key");
  const [first, second] = [await vault.seal("note"), await vault.seal("note")];
  expect(first).not.toBe(second);
  expect(first).not.toContain(new TextEncoder().encode("note").toBase64());
});

for (const [reason, spoil] of Object.entries({
  "cut short": (sealed: string) => sealed.slice(0, -8),
  "changed by one letter": (sealed: string) => sealed.replace(/.$/, (c) => (c === "A" ? "B" : "A")),
  "of another version": (sealed: string) => sealed.replace("v1.", "v2."),
  "not sealed at all": () => "plain text",
})) {
  test(`a note that was ${reason} does not open`, async () => {
    const vault = await createVault("one key");
    const sealed = await vault.seal("a note, long enough to be cut");
    await expect(vault.open(spoil(sealed))).rejects.toThrow();
  });
}

test("another master key does not open a note", async () => {
  const sealed = await (await createVault("one key")).seal("note");
  await expect((await createVault("other key")).open(sealed)).rejects.toThrow();
});
