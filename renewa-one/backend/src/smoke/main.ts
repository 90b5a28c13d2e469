/**
 * Whether an image does its work on the database it was given: `bun smoke.js` asks the app at APP_URL.
 *
 * It ships in the image, so that every image brings the suite that fits it. It adds one contract,
 * which no request can remove: it is for databases that live as long as a test.
 */

import { type Ask, smoke } from "./steps.ts";

/** Waits until something answers: nginx is up a moment before the backend is. */
async function up(ask: Ask): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if ((await ask("/healthz").catch(() => undefined))?.ok) return;
    await Bun.sleep(200);
  }
  throw new Error("the app does not answer /healthz within 30 seconds");
}

/** 75 is what sysexits.h calls a temporary failure: the app says that it is not ready. */
async function main(): Promise<number> {
  const base = process.env.APP_URL || "http://127.0.0.1:8080";
  const ask: Ask = (path, init) =>
    fetch(base + path, { ...init, signal: AbortSignal.timeout(10_000) });
  await up(ask);
  const { passed, failed, notReady } = await smoke(ask);
  for (const name of passed) console.log(`ok      ${name}`);
  for (const why of failed) console.log(`failed  ${why}`);
  if (notReady) console.log(`not ready: ${notReady}`);
  return notReady ? 75 : failed.length > 0 ? 1 : 0;
}

process.exit(
  await main().catch((error: Error) => {
    console.error(`smoke: ${error.message}`);
    return 1;
  }),
);
