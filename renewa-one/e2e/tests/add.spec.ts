import { expect, test } from "@playwright/test";
import { titled } from "./contracts.ts";

test("a person adds a contract and finds it after a reload", async ({ page }) => {
  const title = titled("Liability insurance");
  await page.goto("/");
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Supplier").fill("Alte Elbe");
  await page.getByLabel("Renews on").fill("2031-05-01");
  await page.getByLabel("Term in months").fill("24");
  await page.getByLabel("Note").fill("Ask for Ms Petersen.");
  await page.getByRole("button", { name: "Add contract" }).click();
  await expect(page.getByRole("status")).toHaveText(`${title} was added.`);
  await expect(page.getByLabel("Title")).toBeEmpty();

  await page.reload();
  const row = page.getByRole("listitem", { name: title });
  await expect(row).toContainText("Alte Elbe · 24 months");
  await expect(row.getByText("1 May 2031")).toBeVisible();
  await expect(row.getByText("Ask for Ms Petersen.")).toBeVisible(); // sealed, stored and opened again
});

test("a person who leaves fields empty sees an error beside each of them", async ({ page }) => {
  const title = titled("Nobody's contract");
  await page.goto("/");
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Term in months").fill("121");
  await page.getByRole("button", { name: "Add contract" }).click();
  for (const [label, problem] of [
    ["Supplier", "Say who the contract is with."],
    ["Renews on", "Choose the day it renews."],
    ["Term in months", "Choose a term between 1 and 120 months."],
  ] as const)
    await expect(page.getByLabel(label)).toHaveAccessibleDescription(problem);
  await expect(page.getByLabel("Supplier")).toBeFocused();
  await expect(page.getByLabel("Title")).toHaveValue(title);

  await page.reload();
  await expect(page.getByRole("heading", { name: "Contracts" })).toBeVisible();
  await expect(page.getByText("Loading…")).toHaveCount(0);
  await expect(page.getByRole("listitem", { name: title })).toHaveCount(0);
});
