import { z } from 'zod';
import { recipientsField } from './quo-schemas.ts';
import {
  directionField,
  type EventReader,
  idField,
  partyField,
  type WireEvent,
  wordField,
} from './quo-webhook-event.ts';
import { note, plausibleTime, type Reading, readLeniently } from './quo-webhook-repairs.ts';

const partiesField = recipientsField.pipe(z.array(partyField));

/** The text is `body` up to v3 and `text` since v4; a picture without words has neither. */
const messageSchema = z.object({
  id: idField.nullish(),
  direction: directionField.nullish(),
  text: z.string().nullish(),
  body: z.string().nullish(),
  media: z.array(z.object({ url: z.string().min(1), type: z.string().nullish() })).nullish(),
  createdAt: z.string().nullish(),
  errorCode: z.union([wordField, z.number().transform(String)]).nullish(),
  // Up to v4; later they are in the context.
  from: partyField.nullish(),
  to: partiesField.nullish(),
  phoneNumberId: z.string().nullish(),
});

const contextSchema = z.object({
  phoneNumberId: z.string().nullish(),
  senderIdentifier: partyField.nullish(),
  recipientIdentifiers: partiesField.nullish(),
});

interface Message extends Pick<z.output<typeof messageSchema>, 'errorCode'> {
  readonly id: string;
  /** When it was written, where it says so; of receipts nobody asks. */
  readonly createdAt: () => ReturnType<typeof plausibleTime>;
  readonly from: string;
  readonly to: readonly string[];
  readonly laneRef: string | undefined;
  readonly text: string;
  readonly media: readonly { readonly url: string; readonly type: string | undefined }[];
  readonly mediaUntold: boolean;
}

const readReceived: EventReader = (event, reading) => {
  const message = messageOf(event, 'incoming', reading);
  if (message === undefined) return undefined;
  const { id, from, to, laneRef, text, media, mediaUntold, createdAt } = message;
  if (from === '') {
    note(reading, 'no sender, so without effect');
    return undefined;
  }
  return {
    type: 'message_received',
    gatewayMessageId: id,
    from,
    to,
    laneRef,
    text,
    media,
    ...(mediaUntold ? { mediaUntold } : {}),
    at: createdAt() ?? event.at,
  };
};

/** No webhook tells of it; what is listed is told in this form (quo-records.ts). */
const readSent: EventReader = (event, reading) => {
  const message = messageOf(event, 'outgoing', reading);
  if (message === undefined) return undefined;
  const { id, from, to, laneRef, text, media, createdAt } = message;
  return { type: 'message_sent', gatewayMessageId: id, from, to, laneRef, text, media, at: createdAt() ?? event.at };
};

const statusReader =
  (status: 'delivered' | 'undelivered' | 'failed'): EventReader =>
  (event, reading) => {
    const message = messageOf(event, 'outgoing', reading);
    if (message === undefined) return undefined;
    return {
      type: 'message_status',
      gatewayMessageId: message.id,
      to: message.to.length === 1 ? message.to[0] : undefined,
      status,
      errorCode: message.errorCode ?? undefined,
      // The envelope is stamped when it happened; the message keeps the time at which it was written.
      at: event.at,
    };
  };

export const MESSAGE_READERS: readonly (readonly [type: string, reader: EventReader])[] = [
  ['message.received', readReceived],
  ['message.sent', readSent],
  ['message.delivered', statusReader('delivered')],
  ['message.undelivered', statusReader('undelivered')],
  ['message.failed', statusReader('failed')],
];

/**
 * A direction that contradicts the type (vendor samples call incoming texts "delivered") leaves the event without effect. A text of a
 * person counts also when it does not say which one it is: it may be a STOP. What is told of a text of ours names it, or says nothing.
 */
function messageOf(event: WireEvent, direction: 'incoming' | 'outgoing', reading: Reading): Message | undefined {
  const message = readLeniently(messageSchema, { json: event.subject, path: event.path }, reading);
  const id = message?.id ?? (event.type === 'message.received' ? event.id : undefined);
  if (message === undefined || id === undefined) {
    note(reading, `${event.path}.id: no id of a text, so without effect`);
    return undefined;
  }
  if (id !== message.id) note(reading, `${event.path}.id: missing, so the id of the event`);
  if ((message.direction ?? direction) !== direction) {
    note(reading, `${event.path}.direction: ${message.direction} contradicts ${event.type}, so without effect`);
    return undefined;
  }
  const context = readLeniently(contextSchema, { json: event.context ?? {}, path: 'data.context' }, reading);
  return {
    id,
    errorCode: message.errorCode,
    createdAt: () => plausibleTime(`${event.path}.createdAt`, message.createdAt, reading),
    from: context?.senderIdentifier ?? message.from ?? '',
    to: context?.recipientIdentifiers ?? message.to ?? [],
    laneRef: context?.phoneNumberId ?? message.phoneNumberId ?? undefined,
    text: message.text ?? message.body ?? '',
    media: (message.media ?? []).map(({ url, type }) => ({ url, type: type ?? undefined })),
    // As all events of v4 are.
    mediaUntold: message.media == null,
  };
}
