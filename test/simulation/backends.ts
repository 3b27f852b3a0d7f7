import { readFileSync } from 'node:fs';
import { type Backend, connect, ENDS, emptyTables, type Outcome, type Statement } from './backend.ts';

/**
 * Connections to the real server, of which one works at a time. A statement that waits for a lock is left waiting; it is through
 * when the transaction that it waits for has ended. Whether it waits depends on the state of the tables alone, so that a run stays
 * the same however fast the machine is.
 *
 * When a transaction ends, the server would let all who waited for it run at once, and chance decide who is first at the next
 * lock: their processes are held still (SIGSTOP) and let go one after the other.
 */
export interface Backends {
  /** Statements that have run. */
  readonly count: number;
  /** For what is no part of a run: preparing it, and checking. */
  readonly apart: Pick<Backend, 'query'>;
  /** Until none of those is under way: what follows would depend on how fast the server is. They wait for no lock. */
  apartIdle(): Promise<void>;
  /** One that this run has not used yet. */
  take(): Promise<Backend>;
  /** Runs a statement. Its outcome is absent when it waits for a lock. */
  run(backend: Backend, text: string, values?: readonly unknown[]): Promise<Ran>;
  /** Ends a statement that waits, with this SQLSTATE. */
  giveUp(backend: Backend, code: string): Promise<Ran>;
  /** Ends whatever it is doing, as the end of its process would. */
  end(backend: Backend): Promise<readonly Freed[]>;
  /** After a run: nothing is open, nothing waits, and the tables are empty. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface Freed {
  readonly backend: Backend;
  readonly outcome: Outcome;
}

export interface Ran {
  readonly outcome: Outcome | undefined;
  /** Whose statements are through now because a transaction has ended, in their order. */
  readonly freed: readonly Freed[];
}

/** A statement of a small database takes less, unless it waits. */
const ASK_AFTER_MS = 2;

/** Whoever waited for the statement goes on, and may begin another one. */
const goOn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function openBackends(connectionString: string): Promise<Backends> {
  const beside = await connect(connectionString);
  const besideRunning = new Set<Promise<unknown>>();
  const apart: Backends['apart'] = {
    query(text, values) {
      const running = beside.query(text, values);
      const over = (): void => void besideRunning.delete(running);
      besideRunning.add(running);
      running.then(over, over);
      return running;
    },
  };
  const monitor = await connect(connectionString);
  const all: Backend[] = [];
  let count = 0;
  let unused: Backend[] = [];
  /** Who waits longest in front. */
  let waiting: Backend[] = [];

  const waitersOf = (pid: number): readonly Backend[] => waiting.filter((backend) => backend.waitsFor.includes(pid));

  /** Everybody who waits for it, or for one who waits for it. */
  const allBehind = (backend: Backend): readonly Backend[] => {
    const found = new Set<Backend>(waitersOf(backend.pid));
    for (const one of found) for (const next of waitersOf(one.pid)) found.add(next);
    return waiting.filter((one) => found.has(one));
  };

  /** Until the statement is over, or is known to wait for somebody. */
  const overOrWaiting = async (backend: Backend, statement: Statement): Promise<void> => {
    while (statement.outcome === undefined) {
      await overWithin(statement, ASK_AFTER_MS);
      // What has come meanwhile is read before its process is looked at.
      if (statement.outcome === undefined) await goOn();
      if (statement.outcome !== undefined) break;
      if (computes(backend.pid)) continue;
      const { rows } = await monitor.query('select pg_blocking_pids($1) as pids', [backend.pid]);
      const pids: readonly number[] = rows[0]?.pids ?? [];
      if (pids.length === 0) continue;
      backend.waitsFor = pids;
      if (!closesRing(waiting, backend)) return;
      await cancel(backend, statement, DEADLOCK);
    }
    backend.waitsFor = [];
  };

  const cancel = async (backend: Backend, statement: Statement, code: string): Promise<void> => {
    await monitor.query('select pg_cancel_backend($1)', [backend.pid]);
    const outcome = await statement.running;
    // Had it been through at that very moment, its outcome would stand.
    if ('error' in outcome && outcome.error instanceof Error) Object.assign(outcome.error, { code });
  };

  /** Lets those behind a transaction that has ended go on, one after the other. */
  const letGo = async (behind: readonly Backend[]): Promise<readonly Freed[]> => {
    const freed: Freed[] = [];
    const queue = [...behind];
    for (let backend = queue.shift(); backend !== undefined; backend = queue.shift()) {
      if (behind.length > 1) process.kill(backend.pid, 'SIGCONT');
      const statement = backend.waiting;
      if (statement === undefined) continue;
      await overOrWaiting(backend, statement);
      if (statement.outcome === undefined) continue;
      forget(backend);
      freed.push({ backend, outcome: statement.outcome });
      // Whoever stood behind it for the same row may be through as well.
      for (const next of waitersOf(backend.pid)) if (!queue.includes(next)) queue.push(next);
    }
    return freed;
  };

  const forget = (backend: Backend): void => {
    backend.waiting = undefined;
    waiting = waiting.filter((other) => other !== backend);
  };

  const begin = (backend: Backend, text: string, values: readonly unknown[] | undefined): Statement => {
    const statement: Statement = {
      running: backend
        .query(text, values)
        .then((rows): Outcome => ({ rows }))
        .catch((error: unknown): Outcome => ({ error }))
        .then((outcome) => {
          statement.outcome = outcome;
          return outcome;
        }),
      outcome: undefined,
    };
    return statement;
  };

  const run: Backends['run'] = async (backend, text, values) => {
    count += 1;
    backend.planned.add(text);
    const behind = allBehind(backend);
    if (behind.length > 1) for (const one of behind) process.kill(one.pid, 'SIGSTOP');
    const statement = begin(backend, text, values);
    await overOrWaiting(backend, statement);
    const { outcome } = statement;
    if (outcome === undefined) {
      backend.waiting = statement;
      waiting.push(backend);
    }
    // A transaction that has failed holds no locks any more.
    const ends = ENDS.test(text);
    if (ends) backend.inTransaction = false;
    if (outcome !== undefined && ('error' in outcome || ends)) return { outcome, freed: await letGo(behind) };
    if (behind.length > 1) for (const one of behind) process.kill(one.pid, 'SIGCONT');
    return { outcome, freed: [] };
  };

  /** The server's own waiting for it looks every 100 ms only. */
  const terminate = async (pid: number): Promise<void> => {
    await monitor.query('select pg_terminate_backend($1)', [pid]);
    while ((await monitor.query('select from pg_stat_activity where pid = $1', [pid])).rowCount !== 0);
  };

  const end = async (backend: Backend): Promise<readonly Freed[]> => {
    if (backend.waiting === undefined) return (await run(backend, 'rollback')).freed;
    const behind = allBehind(backend);
    forget(backend);
    await terminate(backend.pid);
    all.splice(all.indexOf(backend), 1);
    await backend.disconnect();
    return letGo(behind);
  };

  return {
    apart,
    async apartIdle() {
      while (besideRunning.size > 0) {
        await Promise.allSettled(besideRunning);
        await goOn();
      }
    },
    get count() {
      return count;
    },
    async take() {
      const next = unused.shift();
      if (next !== undefined) return next;
      const made = await connect(connectionString);
      all.push(made);
      return made;
    },
    run,
    async giveUp(backend, code) {
      const statement = backend.waiting;
      if (statement === undefined) return { outcome: undefined, freed: [] };
      const behind = allBehind(backend);
      forget(backend);
      await cancel(backend, statement, code);
      return { outcome: statement.outcome, freed: await letGo(behind) };
    },
    end,
    async reset() {
      for (const backend of [...waiting]) await end(backend);
      for (const backend of [...all]) {
        await end(backend);
        // A plan that an earlier run made knows the sizes that its tables had then.
        await backend.query('discard plans');
        backend.planned.clear();
      }
      unused = [...all];
      await emptyTables(apart);
      await apart.query('discard plans');
    },
    async close() {
      await Promise.all([...all, beside, monitor].map((backend) => backend.disconnect()));
    },
  };
}

export const DEADLOCK = '40P01';

/** Would it wait for somebody who waits for it? The server looks for that by its own clock only. */
function closesRing(waiting: readonly Backend[], backend: Backend): boolean {
  const seen = new Set<number>(backend.waitsFor);
  for (const pid of seen) {
    if (pid === backend.pid) return true;
    for (const next of waiting.find((other) => other.pid === pid)?.waitsFor ?? []) seen.add(next);
  }
  return false;
}

/** Whoever computes waits for no lock. False too where the system does not tell: then the server is asked. */
function computes(pid: number): boolean {
  try {
    return /\) R /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function overWithin(statement: Statement, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([statement.running, time]);
  clearTimeout(timer);
}
