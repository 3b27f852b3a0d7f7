import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Db, dbOver, newConnection } from '../../src/platform/database.ts';
import type { Actor, World } from './world.ts';

/**
 * Real PostgreSQL under the world's order: one statement at a time, each when its instant has come. A statement that waits for a
 * lock is parked, the world goes on, and it comes back after the transaction that held it has ended. Whether a statement waits
 * depends on the state of the tables alone, so that a run stays the same however fast the machine is.
 */
export interface SimDatabase {
  dbOf(actor: Actor): Db;
  /** Like the end of its process: open transactions are rolled back, statements that wait are given up. */
  crash(actor: Actor): void;
  /** To be awaited after every step: rollbacks of the crashed. */
  settle(): Promise<void>;
  faults: DatabaseFaults;
  close(): Promise<void>;
}

export interface DatabaseFaults {
  /** Share of statements that fail with a lost connection, and of commits whose answer is lost. */
  statementLost: number;
  commitAnswerLost: number;
}

export interface Committed {
  readonly actor: Actor;
  /** First words of its statements. */
  readonly statements: readonly string[];
  readonly topics: readonly string[];
}

interface Connection {
  readonly client: pg.Client;
  readonly pid: number;
  owner: Actor | undefined;
  statements: string[];
  topics: string[];
  lost: boolean;
  parked: Parked | undefined;
}

interface Parked {
  readonly running: Promise<Outcome>;
  readonly deliver: (outcome: Outcome) => void | Promise<void>;
  outcome: Outcome | undefined;
}

type Outcome = { readonly rows: pg.QueryResult } | { readonly error: unknown };

export async function createSimDatabase(options: {
  readonly world: World;
  readonly connectionString: string;
  readonly onCommit: (committed: Committed) => Promise<void>;
}): Promise<SimDatabase> {
  const { world, connectionString } = options;
  const monitor = newConnection({ connectionString, applicationName: 'simulation-monitor' });
  monitor.on('error', () => undefined);
  await monitor.connect();
  const free: Connection[] = [];
  const all = new Set<Connection>();
  const dying: Connection[] = [];
  const faults: DatabaseFaults = { statementLost: 0, commitAnswerLost: 0 };

  const open = async (): Promise<Connection> => {
    const client = newConnection({ connectionString, applicationName: 'simulation' });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const made: Connection = {
      client,
      pid: rows[0]?.pid ?? 0,
      owner: undefined,
      statements: [],
      topics: [],
      lost: false,
      parked: undefined,
    };
    all.add(made);
    return made;
  };

  /** Process ids of the transactions that it waits for. */
  const blockers = async (connection: Connection): Promise<readonly number[]> => {
    const { rows } = await monitor.query<{ pids: number[] }>('select pg_blocking_pids($1) as pids', [connection.pid]);
    return rows[0]?.pids ?? [];
  };

  /** Runs until it is over or known to wait for somebody. */
  const overOrBlocked = async (connection: Connection, parked: Parked): Promise<void> => {
    for (let tries = 0; parked.outcome === undefined; tries += 1) {
      await overWithin(parked, tries === 0 ? 3 : 1);
      if (parked.outcome !== undefined) return;
      const pids = await blockers(connection);
      if (pids.length === 0) continue;
      // A ring of waiting transactions is broken by the server after `deadlock_timeout`; give it that time.
      const ring = [...all].some((other) => other.parked !== undefined && pids.includes(other.pid));
      if (!ring) return;
      await overWithin(parked, DEADLOCK_MS);
      if (parked.outcome !== undefined || (await blockers(connection)).length > 0) return;
    }
  };

  const execute = async (
    connection: Connection,
    text: string,
    values: readonly unknown[] | undefined,
  ): Promise<Parked> => {
    const parked: Parked = {
      running: connection.client
        .query(text, values === undefined ? undefined : [...values])
        .then((rows): Outcome => ({ rows }))
        .catch((error: unknown): Outcome => ({ error }))
        .then((outcome) => {
          parked.outcome = outcome;
          return outcome;
        }),
      deliver: () => undefined,
      outcome: undefined,
    };
    await overOrBlocked(connection, parked);
    return parked;
  };

  /** Connections whose statement waits, who waits longest in front. */
  const waiting: Connection[] = [];

  /**
   * Ends a transaction, and says whose statements are through now. The server would let all who waited for it run at once, and
   * chance decide who is first at the next lock: they are held still and let go one after the other.
   */
  const released = async (end: () => Promise<void>): Promise<readonly Parked[]> => {
    const still = waiting.length > 1 ? [...waiting] : [];
    for (const connection of still) process.kill(connection.pid, 'SIGSTOP');
    await end();
    const through: Parked[] = [];
    for (const connection of [...waiting]) {
      if (still.includes(connection)) process.kill(connection.pid, 'SIGCONT');
      const { parked } = connection;
      if (parked === undefined) continue;
      await overOrBlocked(connection, parked);
      if (parked.outcome === undefined) continue;
      connection.parked = undefined;
      waiting.splice(waiting.indexOf(connection), 1);
      through.push(parked);
    }
    return through;
  };

  /** One after the other: each goes on until it waits again, so that the order of what follows is always the same. */
  const letThrough = async (through: readonly Parked[]): Promise<void> => {
    for (const parked of through) {
      if (parked.outcome !== undefined) await parked.deliver(parked.outcome);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  const statement = (connection: Connection, actor: Actor, text: string, values: readonly unknown[] | undefined) =>
    new Promise<pg.QueryResult>((resolve, reject) => {
      const first = `${text.trim().slice(0, 60).replaceAll(/\s+/g, ' ')} ${digestOf(values)}`;
      void world.wait(actor, first, async () => {
        if (connection.lost) return reject(lostConnection());
        const commit = /^commit\b/i.test(text);
        const rollback = /^rollback\b/i.test(text);
        if (!commit && !rollback && world.random.next() < faults.statementLost) {
          const through = await released(async () => void (await connection.client.query('rollback')));
          connection.lost = true;
          reject(lostConnection());
          await letThrough([{ running: NOTHING, deliver: () => undefined, outcome: undefined }, ...through]);
          return;
        }
        const answerLost = commit && world.random.next() < faults.commitAnswerLost;
        let parked: Parked | undefined;
        const run = async (): Promise<void> => {
          parked = await execute(connection, text, values);
        };
        const through = commit || rollback ? await released(run) : await run().then(() => []);
        if (parked === undefined) throw new Error('the statement did not run');
        const deliver = async (outcome: Outcome): Promise<void> => {
          if ('error' in outcome) return reject(outcome.error);
          await noteEffects(connection, actor, text, values);
          if (answerLost) {
            connection.lost = true;
            return reject(lostConnection());
          }
          resolve(outcome.rows);
        };
        if (parked.outcome === undefined) {
          world.note(`${actor.name}: parked`);
          connection.parked = { ...parked, deliver };
          waiting.push(connection);
          connection.parked.running.then((outcome) => {
            if (connection.parked !== undefined) connection.parked.outcome = outcome;
          });
          return;
        }
        await letThrough([{ ...parked, deliver }, ...through]);
      });
    });

  const noteEffects = async (
    connection: Connection,
    actor: Actor,
    text: string,
    values: readonly unknown[] | undefined,
  ): Promise<void> => {
    if (/^begin|^start transaction/i.test(text)) {
      connection.statements = [];
      connection.topics = [];
      return;
    }
    connection.statements.push(text.trim().slice(0, 200));
    if (text.includes('pg_notify') && Array.isArray(values?.[1])) connection.topics.push(...(values[1] as string[]));
    if (/^commit\b/i.test(text)) {
      const { statements, topics } = connection;
      connection.statements = [];
      connection.topics = [];
      await options.onCommit({ actor, statements, topics });
    }
  };

  const release = (connection: Connection): void => {
    connection.owner = undefined;
    connection.lost = false;
    free.push(connection);
  };

  return {
    faults,
    dbOf: (actor) =>
      dbOver({
        options: {},
        async connect() {
          const connection = free.shift() ?? (await world.wait(actor, 'connects', open, { delayMs: 0 }));
          connection.owner = actor;
          connection.lost = false;
          return {
            query: (text: unknown, values?: unknown) =>
              statement(connection, actor, String(text), values as readonly unknown[] | undefined),
            release: () => {
              if (connection.owner === actor) release(connection);
            },
          } as never;
        },
        end: async () => undefined,
      }),
    crash(actor) {
      actor.alive = false;
      for (const connection of all) if (connection.owner === actor) dying.push(connection);
    },
    async settle() {
      if (dying.length === 0) return;
      for (const connection of dying.splice(0)) {
        if (connection.parked === undefined) {
          await letThrough(await released(async () => void (await connection.client.query('rollback'))));
          release(connection);
          continue;
        }
        waiting.splice(waiting.indexOf(connection), 1);
        await monitor.query('select pg_terminate_backend($1, 5000)', [connection.pid]);
        all.delete(connection);
        await connection.client.end().catch(() => undefined);
      }
      await letThrough(await released(async () => undefined));
    },
    async close() {
      await Promise.all([...all].map((connection) => connection.client.end().catch(() => undefined)));
      await monitor.end();
    },
  };
}

async function overWithin(parked: Parked, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([parked.running, time]);
  clearTimeout(timer);
}

/** Of the server for simulations; a ring is looked for after this time. */
const DEADLOCK_MS = 15;

/** Of the values of a statement: two runs that differ in one of them are two runs. */
const digestOf = (values: readonly unknown[] | undefined): string =>
  values === undefined || values.length === 0
    ? ''
    : createHash('sha256')
        .update(JSON.stringify(values, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
        .digest('hex')
        .slice(0, 8);

const NOTHING = new Promise<Outcome>(() => undefined);

const lostConnection = (): Error =>
  Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
