import type { Clock } from '../../platform/clock.ts';
import { DAY_MS } from '../../platform/time.ts';
import { nextStep, planCall } from './calls.ts';
import { drawsFor } from './draws.ts';
import { planPost } from './faults.ts';
import type { Change, Entry, EventEntry, InboundCause, OutboundEntry, PlannedReply } from './journal.ts';
import type { Faults, SpontaneousText } from './options.ts';
import { type PeopleModel, planDelivery, planReply, providerKeyword } from './people.ts';
import { OPT_OUT_CONFIRMATION, SPONTANEOUS_TEXTS } from './people-texts.ts';
import type { Scheduler } from './scheduler.ts';
import type { WebhookDispatcher } from './webhook-dispatcher.ts';
import {
  callById,
  endpointFor,
  type InboundMessage,
  inboundById,
  type Lane,
  nextPosition,
  type OutboundMessage,
  outboundById,
  personState,
  type SandboxCall,
  type World,
} from './world.ts';

/**
 * What happens to a text after the API has taken it: queued, sent, delivered or not, read, answered. Each step is recorded in one
 * change together with the webhooks that it causes, and what comes next can always be told from the world alone; that is how a
 * restarted sandbox goes on.
 */
export interface Carrier {
  readonly clock: Clock;
  readonly seed: number;
  readonly world: World;
  readonly model: PeopleModel;
  readonly record: (change: Change) => void;
  readonly scheduler: Scheduler;
  readonly dispatcher: WebhookDispatcher;
  readonly faults: () => Faults;
  readonly providerSendsOptOutConfirmation: boolean;
}

/** Whoever wrote within this time is in a conversation, and does not take the next text for one that needs an answer. */
const CONVERSATION_MS = DAY_MS;

/** From one number of the provider to another there is no handset in between. */
const OWN_TEXT_MS_MAX = 3_000;

export interface TextToSend {
  readonly lane: Lane;
  readonly to: string;
  readonly text: string;
}

/** Takes a text that the API has found good. */
export const acceptText = (carrier: Carrier, text: TextToSend): OutboundMessage =>
  send(carrier, { ...text, origin: 'api' });

/** Somebody of the business writes in the provider's own app. */
export const writeInApp = (carrier: Carrier, text: TextToSend): OutboundMessage =>
  send(carrier, { ...text, origin: 'app' });

/** Somebody texts one of our numbers now. */
export function receiveText(
  carrier: Carrier,
  received: { readonly lane: Lane; readonly from: string; readonly text: string; readonly cause: InboundCause },
): InboundMessage {
  const { world } = carrier;
  const { lane, from, text, cause } = received;
  const id = newId(world, { prefix: 'AC', count: nextPosition(world) });
  const ends = { account: lane.account, laneRef: lane.id, from, to: lane.phone };
  commit(
    carrier,
    [{ kind: 'inbound', id, ...ends, text, atMs: nowMs(carrier), cause }],
    eventsFor(carrier, { type: 'message.received', messageId: id, lane, phone: from }),
  );
  if (carrier.providerSendsOptOutConfirmation && providerKeyword(text) === 'block')
    send(carrier, { lane, to: from, text: OPT_OUT_CONFIRMATION, origin: 'provider' });
  return inboundById(world, id);
}

/** Somebody calls one of our numbers now. */
export function receiveCall(
  carrier: Carrier,
  received: { readonly lane: Lane; readonly from: string; readonly answers?: string },
): SandboxCall {
  const { world, seed, model } = carrier;
  const { lane, from, answers } = received;
  const atMs = nowMs(carrier);
  const { calls: nth } = personState(world, { account: lane.account, phone: from });
  const id = newId(world, { prefix: 'AC', count: nextPosition(world) });
  const ends = { account: lane.account, laneRef: lane.id, from, to: lane.phone };
  const plan = planCall({ seed, phone: from, nth, atMs, model });
  commit(
    carrier,
    [{ kind: 'call', id, ...ends, atMs, ...(answers === undefined ? {} : { answers }), ...plan }],
    eventsFor(carrier, { type: 'call.ringing', messageId: id, lane, phone: from }),
  );
  const call = callById(world, id);
  scheduleCall(carrier, call);
  return call;
}

function scheduleCall(carrier: Carrier, call: SandboxCall): void {
  const step = nextStep(call, call.stage);
  if (step === undefined) return;
  const lane = laneOf(carrier.world, call);
  carrier.scheduler.at(call.endedAtMs + step.afterEndMs, () => {
    commit(
      carrier,
      [{ kind: 'call_moved', callId: call.id, to: step.stage, atMs: nowMs(carrier) }],
      eventsFor(carrier, { type: step.event, messageId: call.id, lane, phone: call.from }),
    );
    scheduleCall(carrier, call);
  });
}

/** Schedules everything that is still ahead. Called once, after the journal was read. */
export function resumeCarrier(carrier: Carrier, spontaneous: readonly SpontaneousText[]): void {
  for (const message of carrier.world.outbound.values()) scheduleNext(carrier, message);
  for (const call of carrier.world.calls.values()) scheduleCall(carrier, call);
  for (const event of carrier.world.events.values()) carrier.dispatcher.schedule(event);
  for (const [index, text] of spontaneous.entries()) scheduleSpontaneous(carrier, { ...text, index });
}

function scheduleSpontaneous(carrier: Carrier, spontaneous: SpontaneousText & { readonly index: number }): void {
  const { world, seed } = carrier;
  const { from, to, index } = spontaneous;
  const lane = world.laneByPhone.get(to);
  if (lane === undefined) throw new Error(`sandbox: a spontaneous text goes to ${to}, which is no number of ours`);
  if (world.spontaneousDone.has(index)) return;
  const text = spontaneous.text ?? drawsFor(seed, 'spontaneous', from).pick(SPONTANEOUS_TEXTS);
  carrier.scheduler.at(world.startedAtMs + spontaneous.afterMs, () =>
    receiveText(carrier, { lane, from, text, cause: { kind: 'spontaneous', index } }),
  );
}

const nowMs = (carrier: Carrier): number => carrier.clock.now().epochMilliseconds;

/** Unique over restarts, being counted from the journal, and over sandboxes that follow each other. */
const newId = (world: World, id: { readonly prefix: string; readonly count: number }): string =>
  `${id.prefix}${world.startedAtMs.toString(36)}x${id.count.toString(36).padStart(5, '0')}`;

function commit(carrier: Carrier, change: Change, events: readonly EventEntry[]): void {
  carrier.record([...change, ...events]);
  for (const { id } of events) {
    const event = carrier.world.events.get(id);
    if (event !== undefined) carrier.dispatcher.schedule(event);
  }
}

/** Without an endpoint that wants it there is no event, now or later: what was missed can only be read. */
function eventsFor(
  carrier: Carrier,
  about: {
    readonly type: EventEntry['type'];
    readonly messageId: string;
    readonly lane: Lane;
    readonly phone: string;
  },
): readonly EventEntry[] {
  const { world, seed } = carrier;
  const { type, messageId, phone } = about;
  const { account, id: laneRef } = about.lane;
  if (endpointFor(world, { account, type, laneRef }) === undefined) return [];
  const id = newId(world, { prefix: 'EV', count: world.events.size });
  const atMs = nowMs(carrier);
  const { events: nth } = personState(world, { account, phone });
  const post = planPost({ seed, account, phone, nth, atMs, faults: carrier.faults() });
  return [{ kind: 'event', id, account, type, messageId, phone, atMs, ...post }];
}

function send(carrier: Carrier, text: TextToSend & { readonly origin: OutboundEntry['origin'] }): OutboundMessage {
  const { world, seed, model } = carrier;
  const { lane, to, origin } = text;
  const atMs = nowMs(carrier);
  const { textsSent: nth, blocked } = personState(world, { account: lane.account, phone: to });
  const plan = planDelivery({ seed, phone: to, nth, model });
  const own = world.laneByPhone.has(to);
  const isReachable = own || plan.outcome === 'delivered';
  const id = newId(world, { prefix: 'AC', count: nextPosition(world) });
  const entry: OutboundEntry = {
    kind: 'outbound',
    id,
    account: lane.account,
    origin,
    laneRef: lane.id,
    from: lane.phone,
    to,
    text: text.text,
    atMs,
    nth,
    outcome: isReachable && (origin === 'provider' || !blocked) ? 'delivered' : 'undelivered',
    sentAtMs: atMs + plan.sentAfterMs,
    finalAtMs: atMs + (own ? Math.min(plan.finalAfterMs, plan.sentAfterMs + OWN_TEXT_MS_MAX) : plan.finalAfterMs),
  };
  commit(carrier, [entry], []);
  const message = outboundById(world, id);
  scheduleNext(carrier, message);
  return message;
}

function scheduleNext(carrier: Carrier, message: OutboundMessage): void {
  const { scheduler } = carrier;
  if (message.status === 'queued') scheduler.at(message.sentAtMs, () => markSent(carrier, message));
  else if (message.status === 'sent') scheduler.at(message.finalAtMs, () => finish(carrier, message));
  else if (message.pendingReply !== undefined) {
    const reply = message.pendingReply;
    scheduler.at(reply.atMs, () => giveReply(carrier, { message, reply }));
  }
}

function markSent(carrier: Carrier, message: OutboundMessage): void {
  commit(carrier, [{ kind: 'sent', messageId: message.id, atMs: nowMs(carrier) }], []);
  scheduleNext(carrier, message);
}

function finish(carrier: Carrier, message: OutboundMessage): void {
  const { id: messageId, outcome, to: phone } = message;
  const lane = laneOf(carrier.world, message);
  const own = carrier.world.laneByPhone.get(phone);
  const reply = own === undefined ? replyTo(carrier, message) : undefined;
  const planned = reply === undefined ? {} : { reply };
  const finished: Entry = { kind: 'finished', messageId, outcome, atMs: nowMs(carrier), ...planned };
  // Only webhooks of the newest generation are told of a text that fails.
  const events = eventsFor(carrier, { type: `message.${outcome}`, messageId, lane, phone });
  commit(carrier, [finished], events);
  if (own !== undefined)
    receiveText(carrier, { lane: own, from: lane.phone, text: message.text, cause: { kind: 'own_text', messageId } });
  scheduleNext(carrier, message);
}

function replyTo(carrier: Carrier, message: OutboundMessage): PlannedReply | undefined {
  const { world, clock, seed, model } = carrier;
  const { to: phone, nth, text: original } = message;
  const person = personState(world, { account: message.account, phone });
  const isInConversation = nowMs(carrier) - person.lastTextedAtMs < CONVERSATION_MS;
  if (message.outcome !== 'delivered' || isInConversation) return undefined;
  const reply = planReply({ seed, phone, nth, model, original, deliveredAt: clock.now() });
  if (reply === undefined) return undefined;
  const { kind, text, at, byPhone } = reply;
  return { kind, text, atMs: at.epochMilliseconds, ...(byPhone ? { byPhone } : {}) };
}

function giveReply(
  carrier: Carrier,
  { message, reply }: { readonly message: OutboundMessage; readonly reply: PlannedReply },
): void {
  const { world } = carrier;
  if (personState(world, { account: message.account, phone: message.to }).wantsNoMore) return;
  const lane = laneOf(world, message);
  if (reply.byPhone === true) {
    receiveCall(carrier, { lane, from: message.to, answers: message.id });
    return;
  }
  const cause: InboundCause = { kind: 'reply', to: message.id, mood: reply.kind };
  receiveText(carrier, { lane, from: message.to, text: reply.text, cause });
}

function laneOf(world: World, { laneRef }: Pick<OutboundMessage, 'laneRef'>): Lane {
  const lane = world.laneByRef.get(laneRef);
  if (lane === undefined) throw new Error(`sandbox: the journal speaks of ${laneRef}, which no account has`);
  return lane;
}
