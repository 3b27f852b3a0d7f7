import { Agent } from 'node:http';
import type { Clock } from '../../platform/clock.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../platform/time.ts';
import { callEventJson } from './call-wire.ts';
import { currentEventJson } from './current-wire.ts';
import type { Change } from './journal.ts';
import { personQueue } from './person-queue.ts';
import type { Scheduler } from './scheduler.ts';
import { currentHeaders, legacyHeaders, postWebhook } from './webhook-post.ts';
import { eventJson } from './wire.ts';
import { endpointFor, type Message, messageById, type SandboxCall, type WebhookEvent, type World } from './world.ts';

/** Waits between the eight attempts. */
const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  10 * HOUR_MS,
];

export interface WebhookDispatcher {
  /** Takes over an event; does nothing for one that has no attempt ahead. */
  schedule(event: WebhookEvent): void;
  /** Posts under way or waiting for their turn. */
  readonly active: number;
  /** Nothing further is started or recorded; what is under way is cut off, and comes again after a restart. */
  stop(): void;
}

/**
 * Events of one person go out one after the other, those of different people side by side. A failed attempt does not hold back
 * the next event of that person: order is never promised.
 */
export function startWebhookDispatcher(options: {
  readonly clock: Clock;
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly record: (change: Change) => void;
  readonly inFlightMax: number;
  readonly answerTimeoutMs: number;
  readonly afterEach: () => void;
}): WebhookDispatcher {
  const { clock, world, scheduler, answerTimeoutMs } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: options.inFlightMax });
  const queue = personQueue(options);
  let stopped = false;

  const post = async (event: WebhookEvent): Promise<boolean> => {
    const told = toldBy(world, event);
    const endpoint = endpointFor(world, { account: event.account, type: event.type, laneRef: told.laneRef });
    if (endpoint === undefined) return false;
    const { url, key, newest } = endpoint;
    const body = JSON.stringify(newest === true ? currentEventJson(event, told) : legacyJson(event, told));
    const signed = { key, body, atMs: clock.now().epochMilliseconds };
    const headers =
      newest === true ? currentHeaders({ ...signed, deliveryId: `msg_${event.id}` }) : legacyHeaders(signed);
    return postWebhook({ url, headers, body, answerTimeoutMs, agent });
  };

  const attempt = async (event: WebhookEvent): Promise<void> => {
    const ok = await post(event);
    if (stopped) return;
    const atMs = clock.now().epochMilliseconds;
    const delayMs = ok ? undefined : RETRY_DELAYS_MS[event.attempts];
    const next = delayMs === undefined ? {} : { nextAttemptAtMs: atMs + delayMs };
    options.record([{ kind: 'attempted', eventId: event.id, atMs, ok, ...next }]);
    scheduleAttempt(event);
  };

  const scheduleAttempt = (event: WebhookEvent): void => {
    if (event.nextAttemptAtMs !== undefined)
      scheduler.at(event.nextAttemptAtMs, () => queue.add(event.phone, () => attempt(event)));
  };

  /** The second copy that every provider sends now and then; nobody minds what becomes of it. */
  const scheduleCopy = (event: WebhookEvent): void => {
    const { duplicateAfterMs, firstAttemptAtMs } = event;
    if (duplicateAfterMs === undefined || firstAttemptAtMs === undefined || event.attempts > 0) return;
    scheduler.at(firstAttemptAtMs + duplicateAfterMs, () =>
      queue.add(event.phone, async () => {
        await post(event);
      }),
    );
  };

  return {
    schedule: (event) => {
      scheduleAttempt(event);
      scheduleCopy(event);
    },
    get active() {
      return queue.active;
    },
    stop: () => {
      stopped = true;
      queue.stop();
      agent.destroy();
    },
  };
}

/** What an event tells of, and at which of our numbers it happened. */
type Told =
  | { readonly laneRef: string; readonly call: SandboxCall }
  | { readonly laneRef: string; readonly message: Message };

function toldBy(world: World, event: WebhookEvent): Told {
  const call = world.calls.get(event.messageId);
  if (call !== undefined) return { laneRef: call.laneRef, call };
  const message = messageById(world, event.messageId);
  if (message === undefined) throw new Error(`sandbox: event ${event.id} of an unknown message`);
  return { laneRef: message.laneRef, message };
}

const legacyJson = (event: WebhookEvent, told: Told): unknown =>
  'call' in told ? callEventJson(event, told.call) : eventJson(event, told.message);
