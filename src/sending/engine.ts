/**
 * The sending engine of one worker process: takes free gateway accounts under lease and runs one holder for each, until drained.
 */
import { getAccount } from '../gateways/account-store.ts';
import type { Gateway } from '../gateways/gateway.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Live } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { withCorrelation } from '../platform/log.ts';
import type { Secrets } from '../platform/secrets.ts';
import { addMs } from '../platform/time.ts';
import { createWake, type Wake } from '../platform/wake.ts';
import type { OpenGateway } from '../services.ts';
import type { Reach } from './crash-points.ts';
import { holdAccount } from './holder.ts';
import type { HolderOptions } from './holder-state.ts';
import {
  acquireLease,
  forgetFailures,
  freeAccounts,
  type Lease,
  LeaseLost,
  noteFailure,
  releaseLease,
  renewLease,
} from './lease-store.ts';

export interface EngineDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly log: Log;
  readonly live: Live;
  readonly secrets: Secrets;
  readonly openGateway: OpenGateway;
  /** Where a test stops the worker; nothing in production. */
  readonly reach?: Reach;
}

export interface EngineOptions extends HolderOptions {
  /** Name of this worker, unique among all that run. */
  readonly owner: string;
  /** Real milliseconds after which a silent holder has lost its account. */
  readonly leaseMs: number;
  /** How often free accounts are looked for, in real milliseconds; a wake-up call is faster. */
  readonly lookMs: number;
}

export interface Engine {
  /** Stops claiming, finishes what is under way, hands its accounts over. */
  drain(): Promise<void>;
}

const noCrash: Reach = () => undefined;

export function startEngine(deps: EngineDeps, options: EngineOptions): Engine {
  const drain = new AbortController();
  const held = new Map<Uuid, { readonly wake: Wake; readonly done: Promise<void> }>();
  const look = createWake(deps.clock);
  const unsubscribe = deps.live.subscribe('engine', () => {
    look.call();
    for (const holder of held.values()) holder.wake.call();
  });

  const hold = async (lease: Lease, wake: Wake): Promise<void> => {
    const stop = new AbortController();
    const stopping = AbortSignal.any([drain.signal, stop.signal]);
    const renewing = renewWhileHeld(deps, options, lease, stop);
    try {
      const gateway = await openAccountGateway(deps, lease.accountId);
      if (gateway !== undefined)
        await holdAccount({ ...deps, gateway, wake, options, reach: deps.reach ?? noCrash }, lease, stopping);
    } catch (error) {
      if (!(error instanceof LeaseLost)) {
        deps.log.error({ error, account: lease.accountId }, 'holder stopped; the account is free for another');
        const failure = error instanceof Error ? error.message : String(error);
        await noteFailure(deps.db, lease, failure, deps.clock.now()).catch((cause: unknown) =>
          deps.log.warn({ error: cause }, 'failure of the holder not stored'),
        );
      }
    } finally {
      stop.abort();
      await renewing;
      await releaseLease(deps.db, lease).catch((error: unknown) =>
        deps.log.warn({ error }, 'lease not released; it will expire'),
      );
    }
  };

  const run = async (): Promise<void> => {
    while (!drain.signal.aborted) {
      try {
        const now = deps.clock.now();
        const expiresAt = addMs(now, patience(deps.clock, options.leaseMs));
        // Clocks of workers may differ by as much as a lease is long.
        const moment = { now, latestEnd: addMs(expiresAt, patience(deps.clock, options.leaseMs)) };
        for (const accountId of await freeAccounts(deps.db, moment)) {
          if (held.has(accountId)) continue;
          const lease = await acquireLease(deps.db, { ...moment, accountId, owner: options.owner, expiresAt });
          if (lease === undefined) continue;
          const wake = createWake(deps.clock);
          const done = withCorrelation(`${lease.accountId}/${lease.epoch}`, () => hold(lease, wake)).finally(() =>
            held.delete(accountId),
          );
          held.set(accountId, { wake, done });
        }
      } catch (error) {
        deps.log.error({ error }, 'engine cannot look for accounts; trying again');
      }
      await look.wait(patience(deps.clock, options.lookMs), drain.signal);
    }
  };

  const running = run();
  return {
    async drain() {
      drain.abort();
      unsubscribe();
      await running;
      await Promise.all([...held.values()].map((holder) => holder.done));
    },
  };
}

async function openAccountGateway(deps: EngineDeps, accountId: Uuid): Promise<Gateway | undefined> {
  const account = await getAccount(deps.db, accountId);
  if (account === undefined) return undefined;
  return deps.openGateway({
    kind: account.kind,
    baseUrl: account.baseUrl,
    apiKey: deps.secrets.open(account.apiKeySealed),
  });
}

const RENEWALS_PER_LEASE = 3;

/** Several renewals fit into one lease; the first that finds another holder stops this one. */
async function renewWhileHeld(
  deps: EngineDeps,
  options: EngineOptions,
  lease: Lease,
  stop: AbortController,
): Promise<void> {
  for (let renewals = 1; !stop.signal.aborted; renewals += 1) {
    await deps.clock.sleep(patience(deps.clock, options.leaseMs / RENEWALS_PER_LEASE), stop.signal);
    if (stop.signal.aborted) return;
    try {
      const stillHeld = await renewLease(
        deps.db,
        lease,
        addMs(deps.clock.now(), patience(deps.clock, options.leaseMs)),
      );
      if (!stillHeld) stop.abort();
      else if (renewals === RENEWALS_PER_LEASE) await forgetFailures(deps.db, lease);
    } catch (error) {
      deps.log.warn({ error, account: lease.accountId }, 'lease not renewed; trying again');
    }
  }
}
