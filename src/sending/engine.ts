/**
 * The sending engine of one worker process: takes free gateway accounts under lease and runs one holder for each, until drained.
 */

import { linkTokens } from '../compliance/link-token.ts';
import { getAccount } from '../gateways/account-store.ts';
import type { Gateway } from '../gateways/gateway.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Live } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { withCorrelation } from '../platform/log.ts';
import { OtherSchema } from '../platform/migrate.ts';
import { maskPhonesIn } from '../platform/phone-mask.ts';
import type { Secrets } from '../platform/secrets.ts';
import { addMs, type Instant, MINUTE_MS, msBetween, SECOND_MS } from '../platform/time.ts';
import { createWake, type Wake } from '../platform/wake.ts';
import type { OpenGateway } from '../services.ts';
import type { Reach } from './crash-points.ts';
import { ACCOUNTS_TOPIC, accountOf, ENGINE_TOPIC } from './engine-topic.ts';
import { createFinder } from './find-accounts.ts';
import { DEFAULT_HOLDER_OPTIONS, holdAccount } from './holder.ts';
import { clearHolderFailure, saveHolderFailure } from './holder-failure-store.ts';
import type { HolderOptions, Pulse } from './holder-state.ts';
import { type Lease, LeaseLost, releaseLease, renewLease } from './lease-store.ts';

export interface EngineDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly log: Log;
  readonly live: Live;
  readonly secrets: Secrets;
  readonly openGateway: OpenGateway;
  /** Throws, with the remedy, when the schema is not the one of this program (any more). */
  readonly requireSchema: () => Promise<void>;
  /** Where a test stops the worker; nothing in production. */
  readonly reach?: Reach;
}

export interface EngineOptions extends HolderOptions {
  /** Name of this worker, unique among all that run. */
  readonly owner: string;
  /** Real milliseconds after which a silent holder has lost its account. */
  readonly leaseMs: number;
  /**
   * How often free accounts are looked for at least, in real milliseconds. A wake-up call tells of new and released ones at once, and
   * the end of a lease that is not renewed is waited for.
   */
  readonly lookMs: number;
}

export interface Engine {
  /** Stops claiming, finishes what is under way, hands its accounts over. */
  drain(): Promise<void>;
}

const noCrash: Reach = () => undefined;

/** Another worker takes over within 15 seconds after a crash: the lease, and the time in which the next one sees its end. */
export const DEFAULT_ENGINE_OPTIONS: Omit<EngineOptions, 'owner'> = {
  ...DEFAULT_HOLDER_OPTIONS,
  leaseMs: 12 * SECOND_MS,
  lookMs: 10 * SECOND_MS,
};

/** Real time: longer than every statement and every request may take. */
const TURN_MAX_MS = 2 * MINUTE_MS;

/** A holder that has lived for a whole lease has overcome what made the one before it fail. */
const RENEWALS_OF_PROOF = 3;
/** While the database cannot be asked. */
const LOOK_AGAIN_MS = SECOND_MS;

interface Held {
  readonly wake: Wake;
  /** Gives the account back. */
  readonly leave: AbortController;
  readonly done: Promise<void>;
}

export function startEngine(deps: EngineDeps, options: EngineOptions): Engine {
  const drain = new AbortController();
  const held = new Map<Uuid, Held>();
  const finder = createFinder(deps, options);
  const look = createWake(deps.clock);
  const unsubscribes = [
    deps.live.subscribe(ENGINE_TOPIC, (topic) => {
      const accountId = accountOf(topic);
      if (accountId !== undefined) return held.get(accountId)?.wake.call();
      for (const holder of held.values()) holder.wake.call();
    }),
    deps.live.subscribe(ACCOUNTS_TOPIC, () => look.call()),
  ];

  const hold = async (lease: Lease, own: Pick<Held, 'wake' | 'leave'>): Promise<void> => {
    const { accountId } = lease;
    const leaving = AbortSignal.any([drain.signal, own.leave.signal]);
    try {
      await holdWhileAlive(deps, {
        options,
        lease,
        wake: own.wake,
        drain: leaving,
        onProof: () => finder.proved(accountId),
      });
    } catch (error) {
      const why = error instanceof LeaseLost ? await schemaRefusal(deps) : error;
      if (why === undefined) return finder.lost(accountId);
      finder.failed(accountId);
      await tellFailure(deps, lease, why);
    }
    if (own.leave.signal.aborted) finder.gaveBack(accountId);
  };

  const start = (lease: Lease): void => {
    const own = { wake: createWake(deps.clock), leave: new AbortController() };
    const done = withCorrelation(`${lease.accountId}/${lease.epoch}`, () => hold(lease, own)).finally(() => {
      held.delete(lease.accountId);
      look.call();
    });
    held.set(lease.accountId, { ...own, done });
  };

  const run = async (): Promise<void> => {
    while (!drain.signal.aborted) {
      let waitMs = patience(deps.clock, LOOK_AGAIN_MS);
      try {
        // One of another program version takes no part, nor does it count among those that share the accounts.
        await deps.requireSchema();
        const { giveBack, lookAt } = await finder.look(new Set(held.keys()), start);
        for (const accountId of giveBack) held.get(accountId)?.leave.abort();
        waitMs = Math.max(1, msBetween(deps.clock.now(), lookAt));
      } catch (error) {
        deps.log.error({ error }, 'engine cannot look for accounts; trying again');
      }
      await look.wait(waitMs, drain.signal);
    }
  };

  const running = run();
  return {
    async drain() {
      drain.abort();
      for (const unsubscribe of unsubscribes) unsubscribe();
      await running;
      await finder.leave();
      await Promise.all([...held.values()].map((holder) => holder.done));
    },
  };
}

interface Holding {
  readonly options: EngineOptions;
  readonly lease: Lease;
  readonly wake: Wake;
  readonly drain: AbortSignal;
  /** Called when the account has been held for as long as a lease. */
  readonly onProof: () => void;
}

/** Holds an account until it is drained, lost, or fails; hands it over in every case in which this process still can. */
async function holdWhileAlive(deps: EngineDeps, holding: Holding): Promise<void> {
  const { options, lease, wake } = holding;
  const stop = new AbortController();
  const drain = AbortSignal.any([holding.drain, stop.signal]);
  const hung = Promise.withResolvers<never>();
  const pulse: Pulse = { turnBegan: deps.clock.now() };
  const renewing = renewWhileHeld(deps, holding, { pulse, stop, onHang: hung.reject });
  const working = (async () => {
    // Asked under the lease: a migration ends it, so that none can come between this answer and the first hand-over.
    await deps.requireSchema();
    const gateway = await openAccountGateway(deps, lease.accountId);
    if (gateway === undefined) return;
    const own = { gateway, wake, pulse, options, linkTokens: linkTokens(deps.secrets), reach: deps.reach ?? noCrash };
    await holdAccount({ ...deps, ...own }, lease, drain);
  })();
  try {
    // A holder that hangs is left behind: what it may still do is fenced by its epoch.
    await Promise.race([working, hung.promise]);
    if (stop.signal.aborted) throw stop.signal.reason;
  } finally {
    stop.abort();
    await renewing;
    await releaseLease(deps.db, lease).catch((error: unknown) =>
      deps.log.warn({ error }, 'lease not released; it will expire'),
    );
  }
}

/** Why this program may not work on the database; undefined: it may, or nothing is known. */
async function schemaRefusal({ requireSchema, log }: EngineDeps): Promise<unknown> {
  try {
    await requireSchema();
    return undefined;
  } catch (error) {
    if (error instanceof OtherSchema) return error;
    log.warn({ error }, 'cannot ask whether the schema has changed');
    return undefined;
  }
}

/** People see on the pages what stops an account's sending, not only in the log of one process. */
async function tellFailure(deps: EngineDeps, { accountId, owner }: Lease, error: unknown): Promise<void> {
  deps.log.error({ error, account: accountId }, 'holder stopped; the account is free for another');
  const detail = maskPhonesIn(error instanceof Error ? error.message : String(error));
  await saveHolderFailure(deps.db, accountId, { lastAt: deps.clock.now(), worker: owner, detail }).catch(
    (cause: unknown) => deps.log.warn({ error: cause, account: accountId }, 'failure of a holder not stored'),
  );
}

async function openAccountGateway(deps: EngineDeps, accountId: Uuid): Promise<Gateway | undefined> {
  const account = await getAccount(deps.db, accountId);
  if (account === undefined) return undefined;
  return deps.openGateway({ ...account, apiKey: deps.secrets.open(account.apiKeySealed) });
}

/**
 * Three renewals fit into one lease; the first that finds another holder stops this one. A holder that hangs in the same turn from
 * look to look is given up: a process that merely stood still goes on.
 */
async function renewWhileHeld(
  deps: EngineDeps,
  { options, lease, onProof }: Holding,
  holder: { readonly pulse: Pulse; readonly stop: AbortController; readonly onHang: (error: Error) => void },
): Promise<void> {
  const { pulse, stop } = holder;
  const everyMs = options.leaseMs / 3;
  const hang = hangWatch(everyMs);
  for (let renewals = 1; !stop.signal.aborted; renewals += 1) {
    await deps.clock.sleep(patience(deps.clock, everyMs), stop.signal);
    if (stop.signal.aborted) return;
    if (hang.seen(pulse.turnBegan))
      return holder.onHang(new Error(`a statement or a question to the gateway has hung since ${pulse.turnBegan}`));
    try {
      const now = deps.clock.now();
      if (!(await renewLease(deps.db, lease, addMs(now, patience(deps.clock, options.leaseMs)))))
        stop.abort(new LeaseLost(lease));
      else if (renewals === RENEWALS_OF_PROOF) {
        onProof();
        await clearHolderFailure(deps.db, lease.accountId);
      }
    } catch (error) {
      deps.log.warn({ error, account: lease.accountId }, 'lease not renewed; trying again');
    }
  }
}

/** Counts looks instead of time: a machine that slept for an hour has looked once. */
function hangWatch(everyMs: number): { seen(turnBegan: Instant | undefined): boolean } {
  let last: Instant | undefined;
  let looks = 0;
  return {
    seen(turnBegan) {
      looks = turnBegan !== undefined && turnBegan === last ? looks + 1 : 0;
      last = turnBegan;
      return looks * everyMs >= TURN_MAX_MS;
    },
  };
}
