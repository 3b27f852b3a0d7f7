import { sql } from 'kysely';
import { type Db, runTx, type Tx } from '../src/platform/database.ts';

const GUARDED = ['audit_entry', 'audit_seal'];

/** What only the owner of the tables can do: the triggers that refuse change do not watch. */
export const aroundTriggers = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> =>
  runTx(db, async (tx) => {
    const triggers = (act: 'enable' | 'disable') =>
      sql.raw(GUARDED.map((table) => `alter table ${table} ${act} trigger user`).join('; ')).execute(tx);
    await triggers('disable');
    const value = await work(tx);
    await triggers('enable');
    return value;
  });

/** For tests that begin anew on the same database. */
export const emptyTables = (db: Db, ...tables: readonly string[]): Promise<unknown> =>
  aroundTriggers(db, (tx) => sql.raw(`truncate ${tables.join(', ')} cascade`).execute(tx));
