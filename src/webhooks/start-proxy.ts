/**
 * The development proxy: forwards what came in to the endpoints of developers. It reads what the intake has stored, after that and
 * beside it: a target that is slow or dead costs its own events time, and nobody else anything.
 */
import { patience } from '../platform/clock.ts';
import { type Instant, msBetween, SECOND_MS } from '../platform/time.ts';
import { createWake } from '../platform/wake.ts';
import type { Services } from '../services.ts';
import { EVENTS_TOPIC } from './event-store.ts';
import { findEvents } from './find-events.ts';
import { attemptEndsBy, type ForwardServices, forwardEvent } from './forward-event.ts';
import { claimDue } from './proxy-delivery-store.ts';
import { PROXY_TOPIC } from './proxy-target.ts';
import { type ActiveTarget, listActiveTargets } from './proxy-target-store.ts';

/** Wake-up calls may be lost, and attempts become due without one. */
const LOOK_EVERY_MS = 2 * SECOND_MS;
/** Under way to one target at one time, by one process. */
export const FORWARDED_AT_ONCE = 4;

export interface RunningProxy {
  /** What is under way is broken off, and begun again by whoever comes next. */
  close(): Promise<void>;
}

interface ProxyState {
  readonly services: ForwardServices;
  readonly stopping: AbortSignal;
  targets: readonly ActiveTarget[];
  readonly underWay: Map<string, Set<Promise<void>>>;
  /** Something may have come, or the targets have changed: more is to be done than to begin what is known to be due. */
  news: boolean;
  lookedAt: Instant | undefined;
  /** Called when there is room for more. */
  readonly wake: () => void;
}

export function startProxy(services: ForwardServices & Pick<Services, 'live'>): RunningProxy {
  const stopping = new AbortController();
  const { signal } = stopping;
  const wake = createWake(services.clock);
  const call = (): void => wake.call();
  const state: ProxyState = {
    services,
    stopping: signal,
    targets: [],
    underWay: new Map(),
    news: true,
    lookedAt: undefined,
    wake: call,
  };
  const tell = (): void => {
    state.news = true;
    call();
  };
  // Without a target, which is the rule, events wake nobody.
  const unsubscribes = [
    services.live.subscribe(EVENTS_TOPIC, () => state.targets.length > 0 && tell()),
    services.live.subscribe(PROXY_TOPIC, tell),
  ];
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await serveAll(state);
      } catch (error) {
        services.log.warn({ error }, 'events cannot be forwarded now');
      }
      await wake.wait(patience(services.clock, LOOK_EVERY_MS), signal);
    }
  };
  const running = run();
  return {
    async close() {
      for (const unsubscribe of unsubscribes) unsubscribe();
      stopping.abort();
      await running;
      await Promise.all([...state.underWay.values()].flatMap((attempts) => [...attempts]));
    },
  };
}

async function serveAll(state: ProxyState): Promise<void> {
  const { clock, database } = state.services;
  const now = clock.now();
  const looks =
    state.news || state.lookedAt === undefined || msBetween(state.lookedAt, now) >= patience(clock, LOOK_EVERY_MS);
  if (looks) {
    state.news = false;
    state.lookedAt = now;
    state.targets = await listActiveTargets(database.db);
    for (const { id } of state.targets) await findEvents({ db: database.db, clock }, id);
  }
  for (const target of state.targets) await begin(state, target);
}

/** Begins what is due of one target, as far as there is room, and waits for none of it. */
async function begin(state: ProxyState, target: ActiveTarget): Promise<void> {
  const { services, underWay, stopping } = state;
  const { clock } = services;
  const attempts = underWay.get(target.id) ?? new Set();
  underWay.set(target.id, attempts);
  const room = FORWARDED_AT_ONCE - attempts.size;
  if (room === 0 || stopping.aborted) return;
  const now = clock.now();
  const due = await claimDue(services.database.db, target.id, { limit: room, now, until: attemptEndsBy(clock, now) });
  for (const event of due) {
    const attempt = forwardEvent(services, { target, event, stopping })
      .catch((error) => services.log.error({ error, event: event.eventId }, 'an event was not forwarded'))
      .finally(() => {
        attempts.delete(attempt);
        state.wake();
      });
    attempts.add(attempt);
  }
}
