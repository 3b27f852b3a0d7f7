import { createHash } from 'node:crypto';
import type { GatewayEvent } from '../gateways/gateway.ts';
import type { Services } from '../services.ts';
import { describeEvent } from './describe-event.ts';
import type { Endpoint } from './endpoints.ts';
import type { NewEvent } from './event-store.ts';
import type { ReceivedWebhook } from './incoming.ts';
import type { Verified } from './verify-webhook.ts';

/** An event as it is stored, with what it says. */
export interface ReadEvent {
  readonly stored: NewEvent;
  readonly account: Endpoint['account'];
  /** Absent when a signed body cannot be read: it is kept, and fails where people see it. */
  readonly event: GatewayEvent | undefined;
}

export function readEvent(
  services: Pick<Services, 'newUuid' | 'webhookEdge' | 'log'>,
  incoming: ReceivedWebhook,
  { endpoint, secretIndex }: Verified,
): ReadEvent {
  const { account, ownNumbers } = endpoint;
  const { receivedAt, rawBody } = incoming;
  const parsed = services.webhookEdge(account.kind).parse(rawBody, receivedAt);
  const common = {
    id: services.newUuid(),
    accountId: account.id,
    headers: keptHeaders(incoming),
    receivedAt,
    source: 'webhook',
    signedBy: endpoint.signers()[secretIndex] ?? null,
  } as const;
  const payload = Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength).toString('utf8');
  if (!parsed.ok)
    return {
      account,
      event: undefined,
      stored: {
        ...common,
        eventId: eventIdOfBody(rawBody),
        type: 'unreadable',
        phone: null,
        orderKey: null,
        payload: storableText(payload),
        unreadable: storableReason(`a signed event that cannot be read: ${parsed.error.message}`),
      },
    };
  const event = parsed.value;
  const { eventId, repairs } = event;
  if (repairs !== undefined) services.log.warn({ account: account.id, eventId, repairs }, 'webhook repaired');
  return {
    account,
    event,
    // A form may hold a NUL, which no text here can: it is read again without, as it was read now.
    stored: {
      ...common,
      ...describeEvent(event, ownNumbers),
      eventId,
      payload: payload.replaceAll('\0', ''),
      unreadable: event.type === 'other' && event.unusable !== undefined ? unusableError(event.unusable) : null,
    },
  };
}

/** What an event rests with that has no effect though its type has one here. */
export const unusableError = (reason: string): string =>
  storableReason(`a signed event that says too little: ${reason}`);

/** One that was taken in by a key that is not the account's any more: somebody has to look whether it is the gateway's. */
export const withdrawnKey = (event: NewEvent): NewEvent => ({
  ...event,
  unreadable: `its key ${event.signedBy} was withdrawn while it waited on the disk: replay it if it is the gateway's`,
});

const REASON_LENGTH_MAX = 1_000;
/** A reason names parts of the body, whose names may be as broken as its values. */
const storableReason = (reason: string): string => storableText(reason.slice(0, REASON_LENGTH_MAX));
const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** The body, the key that signed it, and why the rest is missing. */
export const withoutWhatCannotBeStored = (event: NewEvent, error: unknown): NewEvent => ({
  ...event,
  eventId: eventIdOfBody(Buffer.from(event.payload)),
  type: 'unreadable',
  phone: null,
  orderKey: null,
  payload: storableText(event.payload),
  headers: {},
  unreadable: storableReason(
    `a signed event that cannot be stored as it is: ${error instanceof Error ? error.message : String(error)}`,
  ),
});

const eventIdOfBody = (body: Uint8Array): string => `body ${createHash('sha256').update(body).digest('hex')}`;

/** Those that say who sent it and how it was signed; the others tell nothing, or are secrets of whoever sits in between. */
const KEPT_HEADERS = /^(?:openphone-|webhook-|svix-|x-twilio-|content-type$|user-agent$|i-twilio-)/;
const HEADER_LENGTH_MAX = 1_000;

/** What else Twilio has signed: whoever is handed the event can check that, too. A query that nobody signs may be a secret. */
export const QUERY_HEADER = 'x-textwright-query';

function keptHeaders({ headers, kind, query }: ReceivedWebhook): Record<string, string> {
  const kept: Record<string, string> = kind === 'twilio' && query !== '' ? { [QUERY_HEADER]: query } : {};
  for (const name in headers)
    if (KEPT_HEADERS.test(name)) kept[name] = String(headers[name]).slice(0, HEADER_LENGTH_MAX);
  return kept;
}
