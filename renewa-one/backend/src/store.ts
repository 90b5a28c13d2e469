/** Contracts in Postgres. */

import type { SQL } from "bun";
import type { Contract, NewContract } from "../../shared/contract.ts";
import type { Vault } from "./vault.ts";

export type Store = {
  list(): Promise<Contract[]>;
  add(contract: NewContract): Promise<Contract>;
  /** Moves a contract on by its term. Undefined when there is no such contract. */
  renew(id: string): Promise<Contract | undefined>;
};

type Row = Omit<Contract, "note"> & { noteSealed: string | null };

export function createStore(sql: SQL, vault: Vault): Store {
  const columns = sql`c.id::text AS id, c.title, c.supplier, c.renews_on::text AS "renewsOn",
    c.term_months AS "termMonths", c.note_sealed AS "noteSealed"`;

  async function open({ noteSealed, ...contract }: Row): Promise<Contract> {
    const note = noteSealed === null ? "" : await vault.open(noteSealed).catch(() => unreadable);
    return { ...contract, note };
  }

  return {
    async list() {
      const rows: Row[] = await sql`
        SELECT ${columns}, count(r.id)::int AS renewals
        FROM contracts c LEFT JOIN renewals r ON r.contract_id = c.id
        GROUP BY c.id ORDER BY c.renews_on, c.id LIMIT 500`;
      return Promise.all(rows.map(open));
    },
    async add(contract) {
      const sealed = contract.note === "" ? null : await vault.seal(contract.note);
      const [row]: Row[] = await sql`
        INSERT INTO contracts AS c (title, supplier, renews_on, term_months, note_sealed)
        VALUES (${contract.title}, ${contract.supplier}, ${contract.renewsOn}::date,
          ${contract.termMonths}, ${sealed})
        RETURNING ${columns}, 0 AS renewals`;
      return open(row as Row);
    },
    async renew(id) {
      const [row]: Row[] = await sql`
        WITH before AS (SELECT id, renews_on FROM contracts WHERE id = ${id}::bigint FOR UPDATE),
        c AS (
          UPDATE contracts SET renews_on = (before.renews_on + make_interval(months => term_months))::date
          FROM before WHERE contracts.id = before.id
          RETURNING contracts.*, before.renews_on AS renewed_from
        ),
        history AS (
          INSERT INTO renewals (contract_id, renewed_from, renewed_to)
          SELECT id, renewed_from, renews_on FROM c
        )
        SELECT ${columns}, 1 + (SELECT count(*) FROM renewals WHERE contract_id = c.id)::int AS renewals
        FROM c`;
      return row && open(row);
    },
  };
}

/** Shown for a note that another master key sealed, so that the rest of the list stays usable. */
const unreadable = "This note cannot be read with the current key.";
