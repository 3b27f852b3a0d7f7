import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../../platform/result.ts';
import type { Instant } from '../../platform/time.ts';
import { deliveryStatus } from '../delivery-status.ts';
import type { GatewayEvent, WebhookEdge } from '../gateway.ts';
import { callEvent, recordingEvent } from './twilio-calls.ts';
import { addressIn, codeIn, type Fields, readFields, saidAt } from './twilio-form.ts';
import { isOutbound, plainPhone } from './twilio-message.ts';
import { verifyTwilioSignature } from './twilio-signature.ts';

/**
 * Texts of people, receipts of texts and states of calls, all posted to one address: what a request is shows in its fields.
 *
 * Nothing numbers the events. A text comes in once, and one text or call has each status once, so that the resource and its status
 * name the event, the same in every repetition. Posts of texts and receipts say no time of their own: they are of the time of receipt.
 */
export const twilioWebhookEdge: WebhookEdge = { verify: verifyTwilioSignature, parse: parseTwilioEvent };

type Parsed<T> = Result<T, { readonly message: string }>;

function parseTwilioEvent(rawBody: Uint8Array, receivedAt: Instant): Parsed<GatewayEvent> {
  const fields = readFields(rawBody);
  if (fields === undefined) return err({ message: 'body: neither a form nor a JSON object in UTF-8' });
  // Whatever the provider posts says for which account.
  if (fields.get('AccountSid') === undefined) return err({ message: 'AccountSid: missing' });
  const event =
    messageEvent(fields, rawBody, receivedAt) ??
    recordingEvent(fields, receivedAt) ??
    callEvent(fields, receivedAt) ??
    other(fields, rawBody, receivedAt);
  return ok(fields.repairs.length === 0 ? event : { ...event, repairs: fields.repairs });
}

function messageEvent(fields: Fields, rawBody: Uint8Array, receivedAt: Instant): GatewayEvent | undefined {
  const id =
    fields.get('MessageSid') ?? fields.get('SmsSid') ?? fields.get('SmsMessageSid') ?? idOfWords(fields, rawBody);
  if (id === undefined) return undefined;
  if (isOutbound(fields.get(LISTED_FIELD) ?? '')) return sentEvent(id, fields, receivedAt);
  const status = (fields.get('MessageStatus') ?? fields.get('SmsStatus'))?.toLowerCase();
  if (status === undefined || INBOUND.has(status))
    return receivedEvent(id, fields, receivedAt) ?? { ...other(fields, rawBody, receivedAt), unusable: NO_SENDER };
  if (!OUTBOUND.has(status)) return undefined;
  const { get } = fields;
  return {
    type: 'message_status',
    eventId: `${id}:${status}`,
    gatewayMessageId: id,
    to: phoneIn(fields, 'To'),
    status: deliveryStatus(status),
    errorCode: codeIn(fields),
    at: saidAt(get('Timestamp'), receivedAt),
  };
}

const NO_SENDER = 'From: missing, so a received text is of nobody';

/** Words are a person's: a text that does not say which one it is may be a STOP, and the same body is the same text. */
const idOfWords = ({ get }: Fields, rawBody: Uint8Array): string | undefined =>
  get('Body') === undefined ? undefined : `sha256:${hashOf(rawBody)}`;

const hashOf = (rawBody: Uint8Array): string => createHash('sha256').update(rawBody).digest('hex');

/** No field of the provider: its records tell with it of a text that we may not have sent, which is never posted. */
export const LISTED_FIELD = 'ListedDirection';

function sentEvent(id: string, fields: Fields, receivedAt: Instant): GatewayEvent | undefined {
  const { get } = fields;
  const [from, to] = [phoneIn(fields, 'From'), phoneIn(fields, 'To')];
  if (from === undefined || to === undefined) return undefined;
  return {
    type: 'message_sent',
    eventId: `${id}:listed`,
    gatewayMessageId: id,
    from,
    to: [to],
    laneRef: from,
    text: get('Body') ?? '',
    media: [],
    at: saidAt(get('Timestamp'), receivedAt),
  };
}

const INBOUND: ReadonlySet<string> = new Set(['received', 'receiving']);
const OUTBOUND: ReadonlySet<string> = new Set([
  'accepted',
  'scheduled',
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled',
  'read',
  'partially_delivered',
]);

function receivedEvent(id: string, fields: Fields, receivedAt: Instant): GatewayEvent | undefined {
  const { get } = fields;
  const [from, to] = [phoneIn(fields, 'From'), phoneIn(fields, 'To')];
  if (from === undefined) return undefined;
  const keyword = KEYWORDS.get(get('OptOutType')?.toUpperCase() ?? '');
  return {
    type: 'message_received',
    eventId: `${id}:received`,
    gatewayMessageId: id,
    from,
    // One number: the provider does not pass on group chats, but splits them.
    to: to === undefined ? [] : [to],
    laneRef: to,
    text: get('Body') ?? '',
    media: mediaOf(get),
    ...(keyword === undefined ? {} : { keyword }),
    at: saidAt(get('Timestamp'), receivedAt),
  };
}

/** Of Advanced Opt-Out, which answers these words, and those that the owner added to them, by itself. */
const KEYWORDS: ReadonlyMap<string, 'opt_out' | 'opt_in' | 'help'> = new Map([
  ['STOP', 'opt_out'],
  ['START', 'opt_in'],
  ['HELP', 'help'],
]);

/** More than a text can carry; a bound on what a false count can ask for. */
const MEDIA_MAX = 20;

function mediaOf(get: Fields['get']) {
  const count = Math.min(Number(get('NumMedia') ?? 0) || 0, MEDIA_MAX);
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const url = get(`MediaUrl${index}`);
    return url === undefined ? [] : [{ url, type: get(`MediaContentType${index}`) }];
  });
}

function phoneIn(fields: Fields, name: 'From' | 'To'): string | undefined {
  const address = addressIn(fields, name);
  return address === undefined ? undefined : plainPhone(address);
}

/** Kept under what it is about, as far as that can be seen; the same body is the same event. */
function other({ get, names }: Fields, rawBody: Uint8Array, receivedAt: Instant) {
  const about = get('Level') ?? get('MessageStatus') ?? get('SmsStatus') ?? get('CallStatus') ?? get('RecordingStatus');
  const resource = names.find((name) => name.endsWith('Sid') && name !== 'AccountSid') ?? 'Account';
  const name = `twilio.${resource.replace(/Sid$/, '') || 'Resource'}${about === undefined ? '' : `.${about}`}`;
  return { type: 'other', eventId: `other:${hashOf(rawBody)}`, name: name.slice(0, 100), at: receivedAt } as const;
}
