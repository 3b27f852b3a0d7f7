/**
 * Intake of provider events: signature on raw bytes, stored, then answered. What was answered 2xx is committed; what comes together
 * is committed together.
 *
 * The fast path: a text that asks to stop is applied in the very transaction that stores it, so that the suppression is in
 * force before the webhook is answered. Everything else is applied afterwards, in order per number.
 *
 * While the database is away events are put down on the disk and answered with 503: the provider sends them again, and one that never
 * does has lost nothing.
 */
import { createHash } from 'node:crypto';
import { isCanadian } from '../contacts/area-codes.ts';
import { classifyReceived } from '../conversations/classify-received.ts';
import type { InboundText } from '../conversations/inbound.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import type { AccountRow } from '../gateways/account.ts';
import { webhookUrl } from '../gateways/connect-account.ts';
import type { GatewayEvent, WebhookRefusal } from '../gateways/gateway.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { isDatabaseAway, runTx } from '../platform/database.ts';
import { type GroupCommit, groupCommit } from '../platform/group-commit.ts';
import type { Uuid } from '../platform/ids.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { addMs, isBefore, MINUTE_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import { describeEvent } from './describe-event.ts';
import { type Endpoint, type Endpoints, openEndpoints } from './endpoints.ts';
import { insertEvents, markApplied, type NewEvent } from './event-store.ts';
import { type IntakeLimit, intakeLimit } from './intake-limit.ts';
import type { Spool } from './spool.ts';

export type IntakeServices = Pick<
  Services,
  'database' | 'clock' | 'newUuid' | 'secrets' | 'webhookEdge' | 'log' | 'publicUrl' | 'localUrl'
>;

export type IntakeRefusal =
  | { readonly kind: 'unknown_account'; readonly message: string }
  | { readonly kind: 'too_many'; readonly message: string; readonly retryAfterSeconds: number }
  | { readonly kind: 'signature'; readonly message: string; readonly reason: WebhookRefusal['reason'] }
  /** Not in the database; on the disk, unless that fails too. */
  | { readonly kind: 'away'; readonly message: string };

/** The address to which a webhook came. */
export interface WebhookTarget {
  readonly kind: AccountRow['kind'];
  /** `only`: the one account of this kind. */
  readonly accountId: Uuid | 'only';
  readonly sandboxOnly: boolean;
}

/** By their names in lower case. */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface IncomingWebhook extends WebhookTarget {
  /** From `?` on, empty without. */
  readonly query: string;
  readonly rawBody: Uint8Array;
  readonly headers: IncomingHeaders;
  /** Address of whoever sends it. */
  readonly source: string;
}

export interface Intake {
  receive(incoming: IncomingWebhook): Promise<Result<{ readonly repeated: boolean }, IntakeRefusal>>;
  /** Brings in what waits on the disk; how many events were there. Throws while the database is away. */
  drainSpool(): Promise<number>;
}

/** Older or newer deliveries are refused: a recorded one must not be played back later. */
const TOLERANCE_MS = 5 * MINUTE_MS;
const GROUP_MAX = 500;
/** One is being flushed to the disk while the next is being written. */
const GROUPS_AT_ONCE = 2;

interface IntakeContext {
  readonly services: IntakeServices;
  readonly spool: Spool;
  readonly endpoints: Endpoints;
  readonly limit: IntakeLimit;
  readonly stored: GroupCommit<NewEvent, boolean>;
  readonly spooled: GroupCommit<NewEvent, true>;
}

export function openIntake(
  services: IntakeServices,
  options: { readonly spool: Spool; readonly perSecond: number },
): Intake {
  const { spool } = options;
  const { db } = services.database;
  const context: IntakeContext = {
    services,
    spool,
    endpoints: openEndpoints({ ...services, db }),
    limit: intakeLimit(services.clock, options.perSecond),
    stored: groupCommit({
      sizeMax: GROUP_MAX,
      atOnce: GROUPS_AT_ONCE,
      async commit(events) {
        const stored = await inTime(services.clock, insertEvents(db, events));
        return events.map(({ id }) => stored.has(id));
      },
    }),
    spooled: groupCommit({
      sizeMax: GROUP_MAX,
      atOnce: 1,
      async commit(events) {
        await spool.write(services.newUuid(), events);
        return events.map(() => true as const);
      },
    }),
  };
  return {
    receive: (incoming) => receive(context, incoming),
    drainSpool: () => drainSpool(context),
  };
}

const UNKNOWN_ACCOUNT: IntakeRefusal = {
  kind: 'unknown_account',
  message: 'no such webhook address: compare it with the one in the settings of the account',
};

async function receive(
  context: IntakeContext,
  incoming: IncomingWebhook,
): Promise<Result<{ readonly repeated: boolean }, IntakeRefusal>> {
  const retryAfterSeconds = context.limit.take(incoming.source, incoming.accountId);
  if (retryAfterSeconds !== undefined)
    return err({ kind: 'too_many', retryAfterSeconds, message: 'too many webhooks from this address: send it later' });
  const endpoint = await endpointOf(context, incoming);
  const verified = await verify(context, incoming, endpoint);
  if (!verified.ok) return verified;
  return store(context, readEvent(context.services, incoming, verified.value));
}

async function endpointOf(
  { endpoints }: IntakeContext,
  { kind, accountId, sandboxOnly }: WebhookTarget,
): Promise<Endpoint | undefined> {
  if (accountId === 'only') return endpoints.only(kind);
  const known = (await endpoints.get(accountId)) ?? (await endpoints.refreshed(accountId));
  if (known?.account.kind !== kind || (sandboxOnly && known.account.environment !== 'sandbox')) return undefined;
  return known;
}

interface Verified {
  readonly endpoint: Endpoint;
  readonly secretIndex: number;
}

/** A stranger learns nothing from the time that an answer takes: an address that nobody has is checked like any other. */
async function verify(
  context: IntakeContext,
  incoming: IncomingWebhook,
  endpoint: Endpoint | undefined,
): Promise<Result<Verified, IntakeRefusal>> {
  const first = verifyWith(context.services, incoming, endpoint);
  if (endpoint === undefined) return err(UNKNOWN_ACCOUNT);
  if (first.ok) return ok({ endpoint, ...first.value });
  // The secret may have been changed a moment ago, by another process.
  const fresh = await context.endpoints.refreshed(endpoint.account.id);
  const second = fresh === undefined || fresh === endpoint ? first : verifyWith(context.services, incoming, fresh);
  if (second.ok) return ok({ endpoint: fresh ?? endpoint, ...second.value });
  const third = await verifyOnceChanged(context, incoming, fresh ?? endpoint);
  return third ?? err({ kind: 'signature', ...second.error });
}

/** Together with storing less than a provider waits. */
const CHANGE_WAIT_MS = 4_000;
const LOOK_AGAIN_MS = 250;

/**
 * While registrations are being changed, the gateway may sign with a key that it has only just made and that is about to be kept here:
 * such an event is waited for, so that a change of keys refuses none.
 */
async function verifyOnceChanged(
  { services, endpoints }: IntakeContext,
  incoming: IncomingWebhook,
  endpoint: Endpoint,
): Promise<Result<Verified, IntakeRefusal> | undefined> {
  const { clock } = services;
  const giveUpAt = addMs(clock.now(), patience(clock, CHANGE_WAIT_MS));
  let latest: Endpoint | undefined = endpoint;
  while (latest !== undefined && isChanging(latest, clock) && isBefore(clock.now(), giveUpAt)) {
    await clock.sleep(patience(clock, LOOK_AGAIN_MS));
    const next = await endpoints.refreshed(endpoint.account.id);
    const verified = next === undefined || next === latest ? undefined : verifyWith(services, incoming, next);
    if (next !== undefined && verified?.ok === true) return ok({ endpoint: next, ...verified.value });
    latest = next;
  }
  return undefined;
}

const isChanging = ({ account: { webhookChangeUntil } }: Endpoint, clock: Clock): boolean =>
  webhookChangeUntil !== null && isBefore(clock.now(), webhookChangeUntil);

const NOBODYS_URL = 'https://nobody.invalid/';
const NOBODYS_SECRET = Buffer.alloc(32, 1).toString('base64');

function verifyWith(services: IntakeServices, incoming: IncomingWebhook, endpoint: Endpoint | undefined) {
  const { webhookEdge, clock } = services;
  return webhookEdge(incoming.kind).verify({
    // As the provider called it, whatever stands in between.
    url: (endpoint === undefined ? NOBODYS_URL : webhookUrl(services, endpoint.account)) + incoming.query,
    rawBody: incoming.rawBody,
    header: (name) => {
      const value = incoming.headers[name];
      return typeof value === 'string' ? value : value?.join(',');
    },
    secrets: endpoint?.secrets() ?? [NOBODYS_SECRET],
    now: clock.now(),
    toleranceMs: patience(clock, TOLERANCE_MS),
  });
}

interface ReadEvent {
  readonly stored: NewEvent;
  readonly account: AccountRow;
  /** Absent when a signed body cannot be read: it is kept, and fails where people see it. */
  readonly event: GatewayEvent | undefined;
}

function readEvent(
  services: IntakeServices,
  incoming: IncomingWebhook,
  { endpoint, secretIndex }: Verified,
): ReadEvent {
  const { account, ownNumbers } = endpoint;
  const receivedAt = services.clock.now();
  const parsed = services.webhookEdge(account.kind).parse(incoming.rawBody, receivedAt);
  const common = {
    id: services.newUuid(),
    accountId: account.id,
    headers: keptHeaders(incoming.headers),
    receivedAt,
    source: 'webhook',
    signedBy: endpoint.signers()[secretIndex] ?? null,
  } as const;
  const payload = Buffer.from(incoming.rawBody).toString('utf8');
  if (!parsed.ok)
    return {
      account,
      event: undefined,
      stored: {
        ...common,
        eventId: `body ${createHash('sha256').update(incoming.rawBody).digest('hex')}`,
        type: 'unreadable',
        phone: null,
        orderKey: null,
        payload: payload.replaceAll('\0', '\uFFFD'),
        unreadable: `a signed event that cannot be read: ${parsed.error.message}`,
      },
    };
  const event = parsed.value;
  const { eventId, repairs } = event;
  if (repairs !== undefined) services.log.warn({ account: account.id, eventId, repairs }, 'webhook repaired');
  return {
    account,
    event,
    stored: { ...common, ...describeEvent(event, ownNumbers), eventId, payload, unreadable: null },
  };
}

async function store(
  context: IntakeContext,
  read: ReadEvent,
): Promise<Result<{ readonly repeated: boolean }, IntakeRefusal>> {
  try {
    return ok({ repeated: !(await storeNow(context, read)) });
  } catch (error) {
    if (!(error instanceof TooSlow) && !isDatabaseAway(error)) throw error;
    context.services.log.warn({ error, account: read.account.id }, 'webhook not stored: the database is away');
  }
  await context.spooled.add(read.stored);
  return err({ kind: 'away', message: 'the database is away; the event is kept on the disk, and may be sent again' });
}

/** A provider waits for ten seconds. */
const STORED_WITHIN_MS = 5_000;

class TooSlow extends Error {}

/** Throws `TooSlow` when it takes too long; the work may still succeed, which does no harm. */
async function inTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(patience(clock, STORED_WITHIN_MS), done.signal);
  try {
    return await Promise.race([work, late.then(() => Promise.reject(new TooSlow('not stored in time')))]);
  } finally {
    work.catch(() => undefined);
    late.catch(() => undefined);
    done.abort();
  }
}

/** False when it is there already. */
async function storeNow(context: IntakeContext, read: ReadEvent): Promise<boolean> {
  const { services } = context;
  const { event, stored } = read;
  if (event?.type !== 'message_received' || !asksToStop(event)) return storePlain(context, stored);
  try {
    return await inTime(services.clock, storeOptOut(services, read, event));
  } catch (error) {
    if (error instanceof TooSlow || isDatabaseAway(error)) throw error;
    // It is tried again like any other, and seen if that fails too.
    services.log.error({ error, account: stored.accountId, eventId: stored.eventId }, 'opt-out not applied at once');
    return storePlain(context, stored);
  }
}

async function storePlain({ services, stored }: IntakeContext, event: NewEvent): Promise<boolean> {
  try {
    return await stored.add(event);
  } catch (error) {
    if (error instanceof TooSlow || isDatabaseAway(error)) throw error;
    // One that cannot be stored must not take others of its group with it.
    return (await insertEvents(services.database.db, [event])).has(event.id);
  }
}

const asksToStop = (text: InboundText): boolean =>
  classifyReceived(text, { canadian: isCanadian(text.from) }).outcome === 'opt_out';

function storeOptOut(services: IntakeServices, { stored, account }: ReadEvent, text: InboundText): Promise<boolean> {
  return runTx(services.database.db, async (tx) => {
    const isNew = (await insertEvents(tx, [stored])).has(stored.id);
    if (!isNew) return false;
    await recordInbound(tx, services, account, text);
    await markApplied(tx, [stored.id], services.clock.now());
    return true;
  });
}

async function drainSpool(context: IntakeContext): Promise<number> {
  const { services, spool } = context;
  let drained = 0;
  for (const name of await spool.list()) {
    try {
      drained += await drainFile(context, name);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      services.log.error({ error, name }, 'a file of the spool cannot be brought in');
    }
  }
  return drained;
}

async function drainFile(context: IntakeContext, name: string): Promise<number> {
  const { services, spool, endpoints } = context;
  const events = await spool.read(name);
  const stored = events.map(async (event) => {
    const endpoint = await endpoints.get(event.accountId);
    if (endpoint === undefined) throw new Error(`spool file ${name}: there is no account ${event.accountId}`);
    const { account } = endpoint;
    const parsed = services.webhookEdge(account.kind).parse(Buffer.from(event.payload), event.receivedAt);
    return storeNow(context, { stored: event, account, event: parsed.ok ? parsed.value : undefined });
  });
  await Promise.all(stored);
  await spool.remove(name);
  return events.length;
}

/** Those that say who sent it and how it was signed; the others tell nothing, or are secrets of whoever sits in between. */
const KEPT_HEADERS = /^(?:openphone-|webhook-|svix-|x-twilio-|content-type$|user-agent$|i-twilio-)/;
const HEADER_LENGTH_MAX = 1_000;

function keptHeaders(headers: IncomingHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in headers)
    if (KEPT_HEADERS.test(name)) kept[name] = String(headers[name]).slice(0, HEADER_LENGTH_MAX);
  return kept;
}
