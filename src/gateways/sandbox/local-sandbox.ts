import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { errorCode } from '../../platform/database.ts';
import { makeFolder } from '../../platform/folder.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { SessionLock } from '../../platform/session-lock.ts';
import { MINUTE_MS } from '../../platform/time.ts';
import type { SandboxAccount } from './options.ts';
import type { PeopleModel } from './people.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

/** The business that a new user of the sandbox has there; the numbers are of a range that no carrier gives out. */
export const SANDBOX_ACCOUNT = {
  apiKey: 'textwright-sandbox',
  numbers: [
    { id: 'PNsandbox01', phone: '+16175550190', name: 'Office' },
    { id: 'PNsandbox02', phone: '+16175550191', name: 'Estimates' },
  ],
} as const satisfies SandboxAccount;

/** Journals name the seed that they were written with: another one would make them unreadable. */
const SEED = 20261117;
/** Whoever tries things out waits for an answer: these people look at their phones more often. */
const PEOPLE: Partial<PeopleModel> = { reply: { medianMs: 2 * MINUTE_MS, spread: 1.2, maxMs: 60 * MINUTE_MS } };
/** Receipts that come hours late would only look broken at real speed. */
const FAULTS = { duplicateWebhookShare: 0.02 };

export interface WantedSandbox {
  /** Names the journal, so that two databases may share a data folder. */
  readonly accountId: Uuid;
  /** Where it was before; taken again if that port is free. */
  readonly baseUrl: string | undefined;
}

/** One run of the sandbox: the same object as long as it runs. */
export interface OpenedSandbox {
  readonly accountId: Uuid;
  readonly baseUrl: string;
  readonly apiKey: string;
}

export interface LocalSandbox {
  /** The sandbox of this process, started if need be; `undefined` when another process has the lock, or at the end. */
  open(wanted: WantedSandbox): Promise<OpenedSandbox | undefined>;
  close(): Promise<void>;
}

export interface LocalSandboxOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Of the journals; made when needed. */
  readonly folder: string;
  /** A journal has one writer: whoever holds this. */
  readonly lock: () => Promise<SessionLock | undefined>;
}

interface Run {
  readonly opened: OpenedSandbox;
  readonly sandbox: Sandbox;
  readonly lock: SessionLock;
}

/** Keeps at most one sandbox running on this machine, under a lock; a lost lock stops it, and the next `open` begins anew. */
export function localSandbox(options: LocalSandboxOptions): LocalSandbox {
  let run: Run | undefined;
  let closed = false;
  // Whatever starts or stops waits for what was begun before.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const next = last.then(step, step);
    last = next.catch(() => undefined);
    return next;
  };
  const stop = async (): Promise<void> => {
    const stopped = run;
    run = undefined;
    await stopped?.sandbox.close();
    await stopped?.lock.release();
  };
  const stopWhenLost = ({ lock, opened }: Run): void => {
    const lost = (): void => {
      if (run?.opened !== opened) return;
      options.log.warn('the sandbox stops: its lock was lost with a database connection');
      void inTurn(async () => (run?.opened === opened ? stop() : undefined));
    };
    if (lock.lost.aborted) lost();
    else lock.lost.addEventListener('abort', lost, { once: true });
  };
  return {
    open: (wanted) =>
      inTurn(async () => {
        if (closed || run !== undefined) return run?.opened;
        run = await begin(options, wanted);
        if (run !== undefined) stopWhenLost(run);
        return run?.opened;
      }),
    close: () => {
      closed = true;
      return inTurn(stop);
    },
  };
}

async function begin(options: LocalSandboxOptions, wanted: WantedSandbox): Promise<Run | undefined> {
  const lock = await options.lock();
  if (lock === undefined) return undefined;
  try {
    const { accountId, baseUrl } = wanted;
    await makeFolder(options.folder, { mode: 0o700 });
    const journalPath = join(options.folder, `${showId('account', accountId)}.jsonl`);
    const sandbox = await startAt(options, { journalPath, port: portOf(baseUrl) });
    options.log.info({ url: sandbox.url }, 'the sandbox runs: a made-up carrier, nobody real is texted');
    return { sandbox, lock, opened: { accountId, baseUrl: sandbox.url, apiKey: SANDBOX_ACCOUNT.apiKey } };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startAt(
  { clock }: LocalSandboxOptions,
  { journalPath, port }: { readonly journalPath: string; readonly port: number },
): Promise<Sandbox> {
  const start = (at: number): Promise<Sandbox> =>
    startSandbox({
      clock,
      seed: SEED,
      port: at,
      journalPath,
      accounts: [SANDBOX_ACCOUNT],
      people: PEOPLE,
      faults: FAULTS,
    });
  try {
    return await start(port);
  } catch (error) {
    if (port === 0 || errorCode(error) !== 'EADDRINUSE') throw error;
    return start(0);
  }
}

const portOf = (baseUrl: string | undefined): number => (baseUrl === undefined ? 0 : Number(new URL(baseUrl).port));
