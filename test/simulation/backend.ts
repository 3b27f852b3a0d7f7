import type pg from 'pg';
import { newConnection } from '../../src/platform/database.ts';
import { NUMBER_PADS } from '../number-pads.ts';

export interface Backend {
  readonly pid: number;
  readonly query: (text: string, values?: readonly unknown[]) => Promise<pg.QueryResult>;
  readonly disconnect: () => Promise<void>;
  /** Process ids of the transactions that its statement waits for. */
  waitsFor: readonly number[];
  waiting: Statement | undefined;
  /** It waits for the first statement of its transaction, and goes with it. */
  begun: string | undefined;
  inTransaction: boolean;
  /** Statements whose plans it has made in this run. */
  readonly planned: Set<string>;
}

export interface Statement {
  readonly running: Promise<Outcome>;
  outcome: Outcome | undefined;
}

export type Outcome = { readonly rows: pg.QueryResult } | { readonly error: unknown };

/** One connection to the real server. */
export async function connect(connectionString: string): Promise<Backend> {
  const client = newConnection({ connectionString, applicationName: 'simulation', settings: NUMBER_PADS });
  client.on('error', () => undefined);
  await client.connect();
  // `begin` travels with the first statement of its transaction.
  Object.assign(client, { pipeline: true });
  // What waits here does so by the clock of the world.
  await client.query('set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const send = (text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> =>
    client.query({ name: nameOf(text), text }, [...values]);
  const backend: Backend = {
    pid: rows[0]?.pid ?? 0,
    query(text, values) {
      if (BEGINS.test(text)) {
        backend.begun = text;
        return NOTHING_YET;
      }
      const first = backend.begun;
      if (first === undefined) return send(text, values);
      backend.begun = undefined;
      if (ENDS.test(text)) return NOTHING_YET;
      backend.inTransaction = true;
      // In one packet: each would wake the server.
      const { stream } = client.connection;
      stream.cork();
      client.query(first).catch(() => undefined);
      const outcome = send(text, values);
      stream.uncork();
      return outcome;
    },
    disconnect: () => client.end().catch(() => undefined),
    waitsFor: [],
    waiting: undefined,
    begun: undefined,
    inTransaction: false,
    planned: new Set(),
  };
  return backend;
}

export const BEGINS = /^(begin|start transaction)\b/i;
const NOTHING_YET = Promise.resolve({ rows: [], rowCount: 0, command: 'BEGIN', oid: 0, fields: [] } as pg.QueryResult);

const names = new Map<string, string>();
/** Of the prepared statement with this text. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name;
}

export const ENDS = /^(commit|rollback)\b/i;

/** Only the tables that this run wrote: the others are as they were. */
export async function emptyTables(apart: Pick<Backend, 'query'>): Promise<void> {
  const { rows } = await apart.query(`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and c.relname not like '%migration%' and pg_relation_size(c.oid) > 0 order by 1`);
  if (rows.length === 0) return;
  const names = rows.map((row) => row.name).join(', ');
  // The audit log refuses to be emptied.
  for (const statement of [
    'alter table audit_entry disable trigger user',
    'alter table audit_seal disable trigger user',
    `truncate ${names} restart identity cascade`,
    'alter table audit_entry enable trigger user',
    'alter table audit_seal enable trigger user',
  ])
    await apart.query(statement);
}
