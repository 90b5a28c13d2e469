import { Database } from "bun:sqlite";
import { SQL } from "bun";

const sql = new SQL(process.env.DATABASE_URL as string);
const db = new Database("app.sqlite");
const table = "contracts";

export function wrong(id: string, column: string, client: { query(text: string, values?: unknown[]): unknown }) {
  // ruleid: sql-by-string-ts
  sql.unsafe(`SELECT * FROM contracts WHERE id = ${id}`);
  // ruleid: sql-by-string-ts
  db.query("SELECT * FROM contracts WHERE id = " + id).all();
  const order = ["SELECT * FROM contracts ORDER BY", column].join(" ");
  // ruleid: sql-by-string-ts
  client.query(order);
}

export function right(id: string, column: string, client: { query(text: string, values?: unknown[]): unknown }) {
  // ok: sql-by-string-ts
  sql`SELECT * FROM contracts WHERE id = ${id} ORDER BY ${sql(column)}`;
  // ok: sql-by-string-ts
  sql.unsafe(`SELECT count(*) FROM ${table}`);
  // ok: sql-by-string-ts
  client.query("SELECT * FROM contracts WHERE id = $1", [id]);
  // ok: sql-by-string-ts
  /^\d+$/.exec(`${id}`);
}
