import { z } from 'zod';
import { err, ok, type Result } from '../../platform/result.ts';
import type { Instant } from '../../platform/time.ts';
import type { GatewayEvent, WebhookEdge } from '../gateway.ts';
import { firstIssue, instantField, recipientsField } from './quo-schemas.ts';
import { verifyQuoSignature } from './quo-signature.ts';
import { parseRepaired, type RepairedJson } from './quo-webhook-repairs.ts';

/** Events of all payload generations: v2, v3, v4 (`data.object`) and 2026-03-30 (`data.resource` with `data.context`). */
export const quoWebhookEdge: WebhookEdge = { verify: verifyQuoSignature, parse: parseQuoEvent };

type Parsed<T> = Result<T, { readonly message: string }>;

const envelope = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  createdAt: instantField.nullish(),
  data: z
    .object({ object: z.unknown().optional(), resource: z.unknown().optional(), context: z.unknown().optional() })
    .optional()
    .catch(undefined),
});
interface Envelope extends z.output<typeof envelope> {
  readonly createdAt: Instant;
}

const mediaField = z
  .array(z.object({ url: z.string(), type: z.string().nullish() }))
  .nullish()
  .transform((media) => (media ?? []).map(({ url, type }) => ({ url, type: type ?? undefined })));

/** The text is `body` up to v3 and `text` since v4; a picture without words has neither. */
const messageFields = {
  id: z.string().min(1),
  direction: z.enum(['incoming', 'outgoing']).optional(),
  text: z.string().nullish(),
  body: z.string().nullish(),
  media: mediaField,
  createdAt: instantField.nullish(),
};

const legacyMessage = z.object({
  ...messageFields,
  from: z.string(),
  to: recipientsField,
  phoneNumberId: z.string().nullish(),
});

const currentMessage = z.object({ ...messageFields, errorCode: z.string().nullish() });

const currentContext = z.object({
  phoneNumberId: z.string().nullish(),
  senderIdentifier: z.string().nullish(),
  recipientIdentifiers: recipientsField.nullish(),
});

interface Message extends z.output<typeof currentMessage> {
  readonly from: string;
  readonly to: readonly string[];
  readonly laneRef: string | undefined;
}

function parseQuoEvent(rawBody: Uint8Array, receivedAt: Instant): Parsed<GatewayEvent> {
  const decoded = decodeJson(rawBody, receivedAt);
  if (!decoded.ok) return decoded;
  const parsed = envelope.safeParse(decoded.value.json);
  if (!parsed.success) return err({ message: firstIssue(parsed.error) });
  const { createdAt } = parsed.data;
  const event = eventOf({ ...parsed.data, createdAt: createdAt ?? receivedAt });
  const repairs = [
    ...decoded.value.repairs,
    ...(createdAt === null || createdAt === undefined ? ['createdAt: missing, so the time of receipt'] : []),
  ];
  return event.ok && repairs.length > 0 ? ok({ ...event.value, repairs }) : event;
}

function decodeJson(rawBody: Uint8Array, receivedAt: Instant): Parsed<RepairedJson> {
  try {
    return ok(parseRepaired(new TextDecoder('utf-8', { fatal: true }).decode(rawBody), receivedAt));
  } catch {
    return err({ message: 'body: not JSON in UTF-8' });
  }
}

/** A number has 16 characters at most, a name as sender 11; nobody can be answered or suppressed under more. */
const SENDER_LENGTH_MAX = 64;

function eventOf(event: Envelope): Parsed<GatewayEvent> {
  switch (event.type) {
    case 'message.received':
      return withMessage(event, 'incoming', (message) => {
        if (message.from === '') return err({ message: 'no sender' });
        return ok(message.from.length > SENDER_LENGTH_MAX ? otherEvent(event) : receivedEvent(event, message));
      });
    case 'message.delivered':
      return withMessage(event, 'outgoing', (message) => ok(statusEvent(event, { message, status: 'delivered' })));
    case 'message.undelivered':
      return withMessage(event, 'outgoing', (message) => ok(statusEvent(event, { message, status: 'undelivered' })));
    case 'message.failed':
      return withMessage(event, 'outgoing', (message) => ok(statusEvent(event, { message, status: 'failed' })));
    default:
      return ok(otherEvent(event));
  }
}

/** A direction that contradicts the type (vendor samples call incoming texts "delivered") makes the event one without effect. */
function withMessage(
  event: Envelope,
  direction: 'incoming' | 'outgoing',
  build: (message: Message) => Parsed<GatewayEvent>,
): Parsed<GatewayEvent> {
  const message = messageOf(event.data);
  if (!message.ok) return message;
  const contradicts = message.value.direction !== undefined && message.value.direction !== direction;
  return contradicts ? ok(otherEvent(event)) : build(message.value);
}

const otherEvent = (event: Envelope): GatewayEvent => ({
  type: 'other',
  eventId: event.id,
  name: event.type,
  at: event.createdAt,
});

const receivedEvent = (event: Envelope, message: Message): GatewayEvent => ({
  type: 'message_received',
  eventId: event.id,
  gatewayMessageId: message.id,
  from: message.from,
  to: message.to,
  laneRef: message.laneRef,
  text: message.text ?? message.body ?? '',
  media: message.media,
  at: message.createdAt ?? event.createdAt,
});

const statusEvent = (
  event: Envelope,
  report: { readonly message: Message; readonly status: 'delivered' | 'undelivered' | 'failed' },
): GatewayEvent => ({
  type: 'message_status',
  eventId: event.id,
  gatewayMessageId: report.message.id,
  to: report.message.to[0],
  status: report.status,
  errorCode: report.message.errorCode ?? undefined,
  // The envelope is stamped when it happened; the message keeps the time at which it was written.
  at: event.createdAt,
});

function messageOf(data: Envelope['data']): Parsed<Message> {
  if (data?.resource === undefined) return legacyMessageOf(data?.object);
  const resource = currentMessage.safeParse(data.resource);
  if (!resource.success) return err({ message: `data.resource.${firstIssue(resource.error)}` });
  const context = currentContext.safeParse(data.context);
  if (!context.success) return err({ message: `data.context.${firstIssue(context.error)}` });
  return ok({
    ...resource.data,
    from: context.data.senderIdentifier ?? '',
    to: context.data.recipientIdentifiers ?? [],
    laneRef: context.data.phoneNumberId ?? undefined,
  });
}

function legacyMessageOf(object: unknown): Parsed<Message> {
  const parsed = legacyMessage.safeParse(object);
  if (!parsed.success) return err({ message: `data.object.${firstIssue(parsed.error)}` });
  return ok({ ...parsed.data, laneRef: parsed.data.phoneNumberId ?? undefined });
}
