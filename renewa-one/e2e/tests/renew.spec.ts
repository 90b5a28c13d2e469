import { expect, test } from "@playwright/test";
import { stored, titled } from "./contracts.ts";

test("a person renews a contract and sees its new day", async ({ page, request }) => {
  const title = titled("Office lease");
  await stored(request, title);
  await page.goto("/");
  const row = page.getByRole("listitem", { name: title });
  await expect(row.getByText("15 Mar 2031")).toBeVisible();
  await row.getByRole("button", { name: `Renew ${title}` }).click();
  await expect(page.getByRole("status")).toHaveText(`${title} was renewed.`);
  await expect(row.getByText("15 Mar 2032")).toBeVisible();
  await expect(row).toContainText("renewed once");

  await page.reload();
  await expect(row.getByText("15 Mar 2032")).toBeVisible();
});
