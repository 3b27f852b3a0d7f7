import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { type Database, runTx, type Tx } from '../platform/database.ts';

/**
 * `runTx` on a connection that is also at hand by itself, for COPY, which Kysely does not offer: both speak in one transaction. No
 * statement is timed out, because a large file takes as long as it takes; aborting `signal` cancels the one that runs.
 */
export async function runImportTx<T>(
  options: { readonly database: Database; readonly signal?: AbortSignal | undefined },
  work: (tx: Tx, client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const { pool } = options.database;
  const client = await pool.connect();
  const loan = lend(client);
  let cancelling: Promise<unknown> | undefined;
  const cancel = (): void => {
    cancelling = pool.query('select pg_cancel_backend($1)', [processIdOf(client)]).catch(ignore);
  };
  options.signal?.addEventListener('abort', cancel);
  client.on('error', ignore);
  try {
    return await runTx(loan.db, (tx) => work(tx, client), { timeoutMs: 0 });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', cancel);
    await cancelling;
    client.off('error', ignore);
    // The cancel may still be on its way to the backend: it must not hit who gets the connection next.
    client.release(loan.broken() || cancelling !== undefined);
  }
}

/** Kysely over one connection, which it cannot give back to the pool; `broken` says that it must not be used again. */
function lend(client: pg.PoolClient): { readonly db: Kysely<unknown>; readonly broken: () => boolean } {
  let broken = false;
  const lent: PostgresPoolClient = {
    query: client.query.bind(client),
    release: (destroy) => {
      broken ||= destroy === true;
    },
  };
  const pool = { connect: async () => lent, end: async () => undefined, options: {} };
  const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];
  return { db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), plugins }), broken: () => broken };
}

/** A lost connection also fails the query that runs; without a listener, its event would end the process. */
const ignore = (): void => undefined;

/** pg knows the backend's process id for its own cancel requests, but does not declare it. */
const processIdOf = (client: pg.PoolClient): number =>
  'processID' in client && typeof client.processID === 'number' ? client.processID : 0;
