import { defineConfig } from "@playwright/test";

const { BASE_URL, FAILING_URL, CHROMIUM } = process.env;
if (!BASE_URL || !FAILING_URL)
  throw new Error(
    "BASE_URL is the address of the app, FAILING_URL that of one without its database: set both",
  );

export default defineConfig({
  testDir: "tests",
  outputDir: "reports/tests",
  reporter: [
    ["./begun.ts"],
    ["list"],
    ["junit", { outputFile: "reports/junit.xml" }],
    ["html", { outputFolder: "reports/html", open: "never" }],
  ],
  // A journey makes the contracts it needs, so none waits for another, and any shard has all it needs.
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  // A machine that runs everything else at the same time is slow.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: BASE_URL,
    browserName: "chromium",
    launchOptions: {
      executablePath: CHROMIUM, // left out, it is the one that `npx playwright install` fetches
      args: ["--no-sandbox", "--disable-dev-shm-usage"], // as root in a container, neither would work
    },
    actionTimeout: 15_000,
    // What a person sees must not depend on the machine.
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
