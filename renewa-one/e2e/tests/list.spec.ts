import { expect, test } from "@playwright/test";
import { stored, titled } from "./contracts.ts";

test("a person opens the page and sees every contract with its day", async ({ page, request }) => {
  const [lease, phones] = [titled("Office lease"), titled("Mobile phones")];
  await stored(request, lease);
  await stored(request, phones);
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Renewa", level: 1 })).toBeVisible();
  const list = page.getByRole("list", { name: "Contracts" });
  for (const title of [lease, phones]) {
    const row = list.getByRole("listitem", { name: title });
    await expect(row.getByRole("heading", { name: title })).toBeVisible();
    await expect(row).toContainText("Hafen Immobilien · 12 months");
    await expect(row.getByText("15 Mar 2031")).toBeVisible();
  }
  await expect(page.getByRole("alert")).toHaveCount(0);
});
