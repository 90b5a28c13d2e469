import { expect, test } from "@playwright/test";
import { titled } from "./contracts.ts";

// The same image, with a database that it cannot reach.
test.use({ baseURL: process.env.FAILING_URL });

const sorry = "The contracts cannot be reached right now. Try again in a moment.";

test("a person whose list cannot be loaded sees an error, and may try again", async ({ page }) => {
  await page.goto("/");
  const alert = page.getByRole("region", { name: "Contracts" }).getByRole("alert");
  await expect(alert).toContainText(sorry);
  const asked = page.waitForResponse("**/api/contracts");
  await alert.getByRole("button", { name: "Try again" }).click();
  expect((await asked).status()).toBe(503);
  await expect(alert).toContainText(sorry);
});

test("a person whose contract cannot be stored sees an error, and keeps the input", async ({
  page,
}) => {
  const title = titled("Liability insurance");
  await page.goto("/");
  const form = page.getByRole("form", { name: "Add a contract" });
  await form.getByLabel("Title").fill(title);
  await form.getByLabel("Supplier").fill("Alte Elbe");
  await form.getByLabel("Renews on").fill("2031-05-01");
  await form.getByRole("button", { name: "Add contract" }).click();
  await expect(form.getByRole("alert")).toHaveText(sorry);
  await expect(form.getByLabel("Title")).toHaveValue(title);
});
