/** Which migration this build needs, and whether the database has it. */

import { readdir } from "node:fs/promises";
import type { SQL } from "bun";

/** The version of the newest file in a folder of `VERSION_name.sql` files. */
export async function newestMigration(folder: string): Promise<string> {
  const versions = (await readdir(folder))
    .map((name) => /^(\d+)(?:_.*)?\.sql$/.exec(name)?.[1])
    .filter((version) => version !== undefined)
    .sort();
  const newest = versions.at(-1);
  if (!newest) throw new Error(`no migrations in ${folder}: the image is incomplete`);
  return newest;
}

/**
 * Says why the database cannot serve this build yet, or undefined when it can. A database that
 * is ahead is fine: that is how the old machines see it while a new release rolls out.
 */
export async function behind(sql: SQL, version: string): Promise<string | undefined> {
  const [table] =
    await sql`SELECT to_regclass('public.atlas_schema_revisions') IS NOT NULL AS found`;
  if (!table.found)
    return `the database has no migrations, ${version} is needed: run /app/migrate apply`;
  const [state] = await sql`
    SELECT coalesce(max(version) FILTER (WHERE applied = total), 'none') AS current,
      coalesce(bool_or(version = ${version} AND applied = total), false) AS reached
    FROM public.atlas_schema_revisions WHERE version NOT LIKE '.%'`;
  if (state.reached) return undefined;
  return `the database is at migration ${state.current}, ${version} is needed: run /app/migrate apply`;
}
