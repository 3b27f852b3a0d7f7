import { createHash } from 'node:crypto';
import { z } from 'zod';
import { err, ok, type Result } from '../../platform/result.ts';
import type { Instant } from '../../platform/time.ts';
import type { GatewayEvent, WebhookEdge } from '../gateway.ts';
import { verifyQuoSignature } from './quo-signature.ts';
import { CALL_READERS } from './quo-webhook-calls.ts';
import { CONTACT_READERS } from './quo-webhook-contacts.ts';
import type { EventReader, Happened, WireEvent } from './quo-webhook-event.ts';
import { MESSAGE_READERS } from './quo-webhook-messages.ts';
import { note, parseStorable, plausibleTime, type Reading, readLeniently } from './quo-webhook-repairs.ts';

/** Events of all payload generations: v2, v3, v4 (`data.object`) and 2026-03-30 (`data.resource` with `data.context`). */
export const quoWebhookEdge: WebhookEdge = { verify: verifyQuoSignature, parse: parseQuoEvent };

/** Whatever is not here (tasks, menus, integrations, types of next year) is kept without effect. */
const READERS: ReadonlyMap<string, EventReader> = new Map([...MESSAGE_READERS, ...CALL_READERS, ...CONTACT_READERS]);

const TYPE_LENGTH_MAX = 100;

/** Without a type it is no event; everything else can be missing. */
const envelope = z.object({
  type: z.string().min(1),
  id: z.string().min(1).nullish(),
  createdAt: z.string().nullish(),
  data: z.record(z.string(), z.unknown()).nullish(),
});

type Parsed<T> = Result<T, { readonly message: string }>;

function parseQuoEvent(rawBody: Uint8Array, receivedAt: Instant): Parsed<GatewayEvent> {
  const reading: Reading = { receivedAt, repairs: new Set() };
  const json = decodeJson(rawBody, reading);
  if (!json.ok) return json;
  const read = readLeniently(envelope, { json: json.value, path: 'envelope' }, reading);
  if (read === undefined) return err({ message: [...reading.repairs].at(-1) ?? 'envelope: unreadable' });
  const eventId = read.id ?? idOfBody(rawBody, reading);
  const event = wireEvent(read, eventId, reading);
  const reader = READERS.get(event.type);
  const happened = reader === undefined ? withoutEffect(event) : (reader(event, reading) ?? unusable(event, reading));
  const repairs = [...reading.repairs];
  return ok({ ...happened, eventId, ...(repairs.length > 0 ? { repairs } : {}) });
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

function decodeJson(rawBody: Uint8Array, reading: Reading): Parsed<unknown> {
  try {
    return ok(parseStorable(UTF_8.decode(rawBody), reading));
  } catch {
    return err({ message: 'body: not JSON in UTF-8' });
  }
}

/** The same in every repetition of the event, as its own id would be. */
function idOfBody(rawBody: Uint8Array, reading: Reading): string {
  note(reading, 'id: missing, so the SHA-256 of the body');
  return `sha256:${createHash('sha256').update(rawBody).digest('hex')}`;
}

function wireEvent(read: z.output<typeof envelope>, id: string, reading: Reading): WireEvent {
  const data = read.data ?? {};
  const isCurrent = Object.hasOwn(data, 'resource');
  return {
    type: read.type.slice(0, TYPE_LENGTH_MAX),
    id,
    at: envelopeTime(read.createdAt, reading),
    subject: isCurrent ? data['resource'] : data['object'],
    path: isCurrent ? 'data.resource' : 'data.object',
    context: data['context'],
  };
}

function envelopeTime(createdAt: string | null | undefined, reading: Reading): Instant {
  const at = plausibleTime('createdAt', createdAt, reading);
  if (at === undefined) note(reading, 'createdAt: replaced by the time of receipt');
  return at ?? reading.receivedAt;
}

const withoutEffect = ({ type, at }: WireEvent) => ({ type: 'other', name: type, at }) as const;

const unusable = (event: WireEvent, { repairs }: Reading): Happened => ({
  ...withoutEffect(event),
  unusable: [...repairs].join('; '),
});
