import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { hotStatements } from './hot-statements.ts';
import { type Instant, instant, isoOf, Temporal } from './time.ts';

/**
 * PostgreSQL through pg and Kysely. Statements are whole SQL text in the stores (`sql` templates), so the schema type is empty.
 * Rows come back with camelCase keys, `timestamptz` as `Temporal.Instant`, `date` as `YYYY-MM-DD`, `bigint` as number.
 */
export type Db = Kysely<unknown>;
export type Tx = Transaction<unknown>;

export interface Database {
  readonly db: Db;
  /** For what Kysely does not offer: COPY streams and LISTEN. */
  readonly pool: pg.Pool;
  readonly connectionString: string;
  close(): Promise<void>;
}

const OID = { int8: 20, numeric: 1700, date: 1082, timestamptz: 1184, timestamp: 1114 } as const;

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`bigint ${text} does not fit a JavaScript number`);
  return value;
}

/** `2026-11-17 15:00:00.123+00`: every connection of ours is in UTC. */
const parseTimestamp = (text: string): Instant => instant(text.replace(' ', 'T').replace(/\+00$/, 'Z'));

const rowTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === OID.timestamptz) return parseTimestamp;
      if (oid === OID.int8) return parseInt8;
      if (oid === OID.numeric) return Number;
      if (oid === OID.date || oid === OID.timestamp) return (text: string) => text;
    }
    return pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'],
};

const hot = hotStatements();

/** pg would send an Instant as quoted JSON; PostgreSQL wants plain ISO 8601. What is run often is prepared. */
class InstantClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg declares eight overloads of query; this passes all of them through.
  override query(config: any, values?: any, callback?: any): any {
    if (!Array.isArray(values)) return super.query(config, values, callback);
    // Without values it may be several statements, which cannot be prepared as one.
    const name = typeof config === 'string' && values.length > 0 ? hot.nameOf(config) : undefined;
    return super.query(name === undefined ? config : { name, text: config }, values.map(toParameter), callback);
  }
}

const toParameter = (value: unknown): unknown => (value instanceof Temporal.Instant ? isoOf(value) : value);

export interface DatabaseOptions {
  readonly connectionString: string;
  readonly applicationName: string;
  readonly maxConnections: number;
  /** Settings that every connection brings along, such as keys that no table holds. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Called for errors of idle connections (a server restart); the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void;
}

type ConnectionOptions = Pick<DatabaseOptions, 'connectionString' | 'applicationName' | 'settings'>;

/**
 * A process that stands still in the middle of a transaction (a paused machine, a cut network) keeps its locks no longer than this:
 * shorter than what waits for them, above all an opt-out, whose webhook is answered within ten seconds.
 */
const IDLE_IN_TRANSACTION_MAX = '5s';

const connectionConfig = (options: ConnectionOptions): pg.ClientConfig => ({
  connectionString: options.connectionString,
  application_name: options.applicationName,
  types: rowTypes,
  options: [
    `-c timezone=UTC -c jit=off -c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MAX}`,
    ...Object.entries(options.settings ?? {}).map(([name, value]) => `-c ${name}=${value}`),
  ].join(' '),
  connectionTimeoutMillis: 10_000,
});

/**
 * A plan of a prepared statement is as old as its connection at most: one that was made while a table was small, or before a
 * migration, is soon made anew.
 */
const CONNECTION_SECONDS_MAX = 30;

/** One connection that reads and writes values as all of ours do. */
export const newConnection = (options: ConnectionOptions): pg.Client => new InstantClient(connectionConfig(options));

/** Statements over any source of connections. */
export const dbOver = (pool: PostgresPool): Db =>
  new Kysely<unknown>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...connectionConfig(options),
    max: options.maxConnections,
    maxLifetimeSeconds: CONNECTION_SECONDS_MAX,
    Client: InstantClient,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // A connection that is lost while in use fails its statement, which tells whoever waits for it; without a listener the event
  // would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = dbOver(pool);
  return { db, pool, connectionString: options.connectionString, close: () => db.destroy() };
}

const RETRYABLE_CODES: ReadonlySet<string> = new Set(['40001', '40P01']);
/** What a row was to refer to is gone, or is referred to since: somebody was erased meanwhile. */
const REFERS_NO_MORE = '23503';
const TX_ATTEMPTS_MAX = 5;

/**
 * Runs `work` in one READ COMMITTED transaction. Deadlocks, serialization failures and rows that were deleted meanwhile are run
 * again (work must therefore have no effect outside of the transaction); any other error rolls back and is thrown. `timeoutMs` is for statements that may take
 * longer than the 30 s of every connection; 0 is no limit.
 */
export async function runTx<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  options: { readonly timeoutMs?: number } = {},
): Promise<T> {
  const { timeoutMs } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(async (tx) => {
        if (timeoutMs !== undefined)
          await sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`.execute(tx);
        return work(tx);
      });
    } catch (error) {
      const code = errorCode(error);
      if (attempt >= TX_ATTEMPTS_MAX || !(RETRYABLE_CODES.has(code) || code === REFERS_NO_MORE)) throw error;
    }
  }
}

/** The SQLSTATE of a database error, or an empty text. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The name of the constraint that a database error violated, or an empty text. */
export function violatedConstraint(error: unknown): string {
  return error instanceof Error && 'constraint' in error && typeof error.constraint === 'string'
    ? error.constraint
    : '';
}

/** SQLSTATE classes of a server that cannot serve now: connection, resources, shutdown, system. */
const AWAY_CLASSES = /^(?:08|53|57P|58|25006)/;
/** Codes of the network (ECONNREFUSED, ETIMEDOUT ...), and what pg says without a code. */
const AWAY_CODES = /^E[A-Z]+$/;
const AWAY_WORDS = /^Connection terminated|timeout exceeded when trying to connect|not queryable|connection error/i;

/** Whether the database could not be reached, or could not serve for reasons of its own: the same thing may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  if (!(error instanceof Error)) return false;
  const code = errorCode(error);
  return code === '' ? AWAY_WORDS.test(error.message) : AWAY_CLASSES.test(code) || AWAY_CODES.test(code);
}

/** Waited too long for a lock, or could not be put in an order with others. */
const CROWDED_CODES: ReadonlySet<string> = new Set([...RETRYABLE_CODES, '55P03']);

/** Whether others were in the way, or the database was away: nothing is wrong with what was to be done. */
export const isTransient = (error: unknown): boolean => isDatabaseAway(error) || CROWDED_CODES.has(errorCode(error));
