import { unreachable } from '../../platform/result.ts';
import type {
  CallEntry,
  CallStage,
  Change,
  Entry,
  EventEntry,
  InboundEntry,
  OutboundEntry,
  PlannedReply,
  WebhookEntry,
} from './journal.ts';
import type { SandboxAccount, SandboxNumber } from './options.ts';
import { providerKeyword } from './people.ts';

/**
 * What the provider knows at one moment: nothing but the sum of the journal's entries. `applyChange` is the only writer, in a
 * live run and when a journal is read again.
 */
export interface World {
  readonly accounts: readonly SandboxAccount[];
  readonly laneByRef: ReadonlyMap<string, Lane>;
  readonly laneByPhone: ReadonlyMap<string, Lane>;
  startedAtMs: number;
  readonly outbound: Map<string, OutboundMessage>;
  readonly inbound: Map<string, InboundMessage>;
  /** Messages of one sender number with one person, oldest first. */
  readonly threads: Map<string, Message[]>;
  /** Messages of each account, oldest first. */
  readonly messagesOf: readonly Message[][];
  /** By account and number. */
  readonly people: Map<string, PersonState>;
  readonly calls: Map<string, SandboxCall>;
  readonly events: Map<string, WebhookEvent>;
  readonly webhooks: Map<string, WebhookEntry>;
  /** Removed ones included. */
  webhooksCreated: number;
  readonly spontaneousDone: Set<number>;
}

export interface Lane extends SandboxNumber {
  readonly account: number;
}

export interface OutboundMessage extends OutboundEntry {
  /** Place in the order of all messages; what page tokens are made of. */
  readonly position: number;
  status: 'queued' | 'sent' | 'delivered' | 'undelivered';
  updatedAtMs: number;
  pendingReply: PlannedReply | undefined;
}

export interface InboundMessage extends InboundEntry {
  readonly position: number;
  readonly status: 'received';
  readonly updatedAtMs: number;
  /** When a webhook for it was first answered 2xx. */
  answeredAtMs: number | undefined;
}

export interface SandboxCall extends CallEntry {
  stage: CallStage;
}

export type Message = OutboundMessage | InboundMessage;

export interface PersonState {
  /** Texts that this account has sent to them. */
  textsSent: number;
  /** Calls that they have made to this account. */
  calls: number;
  /** Webhook events about them, both ways. */
  events: number;
  /** By the provider's own opt-out: what is sent now ends as undelivered. */
  blocked: boolean;
  /** Has asked to be left alone in whatever words, and answers no more. */
  wantsNoMore: boolean;
  /** Or called. */
  lastTextedAtMs: number;
}

export interface WebhookEvent extends EventEntry {
  attempts: number;
  nextAttemptAtMs: number | undefined;
}

export function emptyWorld(accounts: readonly SandboxAccount[]): World {
  const lanes = accounts.flatMap(({ numbers }, account) => numbers.map((number): Lane => ({ ...number, account })));
  return {
    accounts,
    laneByRef: new Map(lanes.map((lane) => [lane.id, lane])),
    laneByPhone: new Map(lanes.map((lane) => [lane.phone, lane])),
    startedAtMs: 0,
    outbound: new Map(),
    inbound: new Map(),
    threads: new Map(),
    messagesOf: accounts.map(() => []),
    people: new Map(),
    calls: new Map(),
    events: new Map(),
    webhooks: new Map(),
    webhooksCreated: 0,
    spontaneousDone: new Set(),
  };
}

export function applyChange(world: World, change: Change): void {
  for (const entry of change) applyEntry(world, entry);
}

function applyEntry(world: World, entry: Entry): void {
  switch (entry.kind) {
    case 'started':
      world.startedAtMs = entry.atMs;
      return;
    case 'outbound':
      applyOutbound(world, entry);
      return;
    case 'sent': {
      const message = outboundById(world, entry.messageId);
      message.status = 'sent';
      message.updatedAtMs = entry.atMs;
      return;
    }
    case 'finished': {
      const message = outboundById(world, entry.messageId);
      message.status = entry.outcome;
      message.updatedAtMs = entry.atMs;
      message.pendingReply = entry.reply;
      return;
    }
    case 'inbound':
      applyInbound(world, entry);
      return;
    case 'call':
      applyCall(world, entry);
      return;
    case 'call_moved':
      callById(world, entry.callId).stage = entry.to;
      return;
    case 'event':
      world.events.set(entry.id, { ...entry, attempts: 0, nextAttemptAtMs: entry.firstAttemptAtMs });
      personState(world, entry).events += 1;
      return;
    case 'attempted':
      applyAttempt(world, entry);
      return;
    case 'webhook':
      world.webhooks.set(entry.id, entry);
      world.webhooksCreated += 1;
      return;
    case 'webhook_removed':
      world.webhooks.delete(entry.webhookId);
      return;
    default:
      unreachable(entry);
  }
}

function applyOutbound(world: World, entry: OutboundEntry): void {
  const message: OutboundMessage = {
    ...entry,
    position: nextPosition(world),
    status: 'queued',
    updatedAtMs: entry.atMs,
    pendingReply: undefined,
  };
  world.outbound.set(entry.id, message);
  threadOf(world, { laneRef: entry.laneRef, phone: entry.to }).push(message);
  world.messagesOf[entry.account]?.push(message);
  personState(world, { account: entry.account, phone: entry.to }).textsSent += 1;
}

function applyInbound(world: World, entry: InboundEntry): void {
  const message: InboundMessage = {
    ...entry,
    position: nextPosition(world),
    status: 'received',
    updatedAtMs: entry.atMs,
    answeredAtMs: undefined,
  };
  world.inbound.set(entry.id, message);
  threadOf(world, { laneRef: entry.laneRef, phone: entry.from }).push(message);
  world.messagesOf[entry.account]?.push(message);
  if (entry.cause.kind === 'reply') outboundById(world, entry.cause.to).pendingReply = undefined;
  if (entry.cause.kind === 'spontaneous') world.spontaneousDone.add(entry.cause.index);
  applyWish(world, entry);
}

function applyCall(world: World, entry: CallEntry): void {
  world.calls.set(entry.id, { ...entry, stage: 'ringing' });
  const person = personState(world, { account: entry.account, phone: entry.from });
  person.calls += 1;
  person.lastTextedAtMs = entry.atMs;
  if (entry.answers !== undefined) outboundById(world, entry.answers).pendingReply = undefined;
}

function applyWish(world: World, entry: InboundEntry): void {
  const person = personState(world, { account: entry.account, phone: entry.from });
  const keyword = providerKeyword(entry.text);
  const mood = entry.cause.kind === 'reply' ? entry.cause.mood : undefined;
  person.lastTextedAtMs = entry.atMs;
  if (keyword === 'block') person.blocked = true;
  if (keyword === 'block' || mood === 'stop' || mood === 'wrong_number') person.wantsNoMore = true;
  if (keyword === 'unblock') {
    person.blocked = false;
    person.wantsNoMore = false;
  }
}

function applyAttempt(world: World, entry: Extract<Entry, { kind: 'attempted' }>): void {
  const event = world.events.get(entry.eventId);
  if (event === undefined) throw new Error(`sandbox: attempt for unknown event ${entry.eventId}`);
  event.attempts += 1;
  event.nextAttemptAtMs = entry.nextAttemptAtMs;
  const received = world.inbound.get(event.messageId);
  if (entry.ok && received !== undefined) received.answeredAtMs ??= entry.atMs;
}

export function outboundById(world: World, id: string): OutboundMessage {
  const message = world.outbound.get(id);
  if (message === undefined) throw new Error(`sandbox: unknown message ${id}`);
  return message;
}

export function inboundById(world: World, id: string): InboundMessage {
  const message = world.inbound.get(id);
  if (message === undefined) throw new Error(`sandbox: unknown inbound message ${id}`);
  return message;
}

export function callById(world: World, id: string): SandboxCall {
  const call = world.calls.get(id);
  if (call === undefined) throw new Error(`sandbox: unknown call ${id}`);
  return call;
}

/** Calls count too, so that no two ids are the same. */
export const nextPosition = (world: World): number => world.outbound.size + world.inbound.size + world.calls.size;

export const threadKey = (ends: { readonly laneRef: string; readonly phone: string }): string =>
  `${ends.laneRef}|${ends.phone}`;

function threadOf(world: World, ends: { readonly laneRef: string; readonly phone: string }): Message[] {
  const key = threadKey(ends);
  const known = world.threads.get(key);
  if (known !== undefined) return known;
  const thread: Message[] = [];
  world.threads.set(key, thread);
  return thread;
}

export function personState(world: World, who: { readonly account: number; readonly phone: string }): PersonState {
  const key = `${who.account}|${who.phone}`;
  const known = world.people.get(key);
  if (known !== undefined) return known;
  const fresh: PersonState = {
    textsSent: 0,
    calls: 0,
    events: 0,
    blocked: false,
    wantsNoMore: false,
    lastTextedAtMs: Number.NEGATIVE_INFINITY,
  };
  world.people.set(key, fresh);
  return fresh;
}

export const messageById = (world: World, id: string): Message | undefined =>
  world.outbound.get(id) ?? world.inbound.get(id);

/**
 * The endpoint that takes the account's events: the newest one that asked for them. Looked up at each attempt, so that what is
 * still undelivered follows a business that comes back under another address.
 */
export function endpointFor(
  world: World,
  event: { account: number; type: string; laneRef: string },
): WebhookEntry | undefined {
  let newest: WebhookEntry | undefined;
  for (const webhook of world.webhooks.values()) {
    const wants = webhook.events.includes(event.type) && takesLane(webhook, event.laneRef);
    if (webhook.account === event.account && webhook.enabled && wants) newest = webhook;
  }
  return newest;
}

const takesLane = ({ resourceIds }: WebhookEntry, laneRef: string): boolean =>
  resourceIds.length === 0 || resourceIds.includes('*') || resourceIds.includes(laneRef);
