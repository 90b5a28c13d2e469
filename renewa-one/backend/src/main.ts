/** The backend as a program: `server.js` serves, `server.js check` only checks the settings. */

import { SQL } from "bun";
import { type Api, answer } from "./api.ts";
import { behind, newestMigration } from "./migrations.ts";
import { createSessions } from "./session.ts";
import { readSettings, type Settings } from "./settings.ts";
import { createStore } from "./store.ts";
import { createVault } from "./vault.ts";

async function serve(settings: Settings): Promise<void> {
  const migration = await newestMigration(settings.migrations);
  const sql = new SQL(settings.DATABASE_URL, { max: 5, connectionTimeout: 5, idleTimeout: 60 });
  const api: Api = {
    store: createStore(sql, await createVault(settings.ENCRYPTION_MASTER_KEY)),
    sessions: await createSessions(settings.JWT_SECRET),
    notReady: () => behind(sql, migration),
    version: { commit: settings.commit, image: settings.image, migration },
    log: (message) => console.error(message),
  };
  // Only nginx, in the same container, talks to the backend.
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: settings.port,
    fetch: (request) => answer(api, request),
  });

  const stop = async () => {
    await Promise.race([server.stop(), Bun.sleep(1500)]); // requests that are being answered
    await sql.close({ timeout: 0.5 }).catch(() => {}); // the process ends either way
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

try {
  const settings = readSettings(process.env);
  if (process.argv[2] !== "check") await serve(settings);
} catch (error) {
  console.error(`renewa: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
