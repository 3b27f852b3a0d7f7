import { z } from 'zod';
import { type Instant, instant } from '../../platform/time.ts';

/** The parts of Quo's JSON that more than one file reads. Extra fields are ignored: the provider adds some every few months. */

export const instantField = z.string().transform((text, context): Instant => {
  try {
    return instant(text);
  } catch {
    context.addIssue({ code: 'custom', message: `expected an ISO 8601 instant, got "${text.slice(0, 40)}"` });
    return z.NEVER;
  }
});

/** Sources disagree: a string, one comma-joined string for a group, or an array. All three become an array. */
export const recipientsField = z.union([z.string(), z.array(z.string())]).transform((value) =>
  (typeof value === 'string' ? [value] : value)
    .flatMap((part) => part.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

export const restMessage = z.object({
  id: z.string().min(1),
  from: z.string(),
  to: recipientsField,
  text: z
    .string()
    .nullish()
    .transform((text) => text ?? ''),
  direction: z.enum(['incoming', 'outgoing']),
  status: z.string(),
  createdAt: instantField,
});
export type RestMessage = z.output<typeof restMessage>;

export const sendAnswer = z.object({
  data: z.object({ id: z.string().min(1), status: z.string().nullish() }),
});
export const messageAnswer = z.object({ data: restMessage });
export const messagePage = z.object({ data: z.array(restMessage), nextPageToken: z.string().nullish() });

/** Of 2026-03-30, and later listings of v1. The rest of it goes on as it came. */
export const recordedMessage = restMessage.extend({
  updatedAt: instantField.nullish(),
  phoneNumberId: z.string().nullish(),
});
export type RecordedMessage = z.output<typeof recordedMessage>;

export const recordedCall = z.object({
  id: z.string().min(1),
  phoneNumberId: z.string().nullish(),
  direction: z.enum(['incoming', 'outgoing']).nullish(),
  /** Objects in 2026-03-30. */
  participants: z
    .array(z.union([z.string(), z.object({ phoneNumber: z.string() }).transform(({ phoneNumber }) => phoneNumber)]))
    .nullish(),
  createdAt: instantField,
  answeredAt: instantField.nullish(),
  completedAt: instantField.nullish(),
});
export type RecordedCall = z.output<typeof recordedCall>;

export const recordedConversation = z.object({
  phoneNumberId: z.string(),
  participants: z.array(z.string()),
  lastActivityAt: instantField.nullish(),
  lastActivityId: z.string().nullish(),
  updatedAt: instantField.nullish(),
});

/** A page of which each entry is read by itself, and also kept as it came. */
export const rawPage = z.object({
  data: z.array(z.unknown()),
  nextCursor: z.string().nullish(),
  nextPageToken: z.string().nullish(),
});
export const rawAnswer = z.object({ data: z.record(z.string(), z.unknown()) });
export const rawRecordings = z.object({ data: z.array(z.record(z.string(), z.unknown())) });

/** Generation 2026-03-30. */
export const newestPage = z.object({ data: z.array(restMessage), nextCursor: z.string().nullish() });

export const numbersAnswer = z.object({
  data: z.array(
    z.object({
      id: z.string().min(1),
      number: z.string().optional(),
      /** Name of the same field in the generation of 2026-03-30. */
      phoneNumber: z.string().optional(),
      name: z.string().nullish(),
      restrictions: z.object({ messaging: z.object({ US: z.string().nullish() }).nullish() }).nullish(),
    }),
  ),
});

/** Numeric in the newest generation, `WH...` in the first. */
const refField = z.union([z.string().min(1), z.int()]).transform(String);

export const webhookAnswer = z.object({ data: z.object({ id: refField, key: z.string().min(1) }) });
/** The key comes only with the answers that make one. */
export const changedWebhook = z.object({ data: z.object({ id: refField }) });

const registration = z.object({
  id: refField,
  url: z.string(),
  status: z.string().nullish(),
  events: z
    .array(z.string())
    .nullish()
    .transform((events) => events ?? []),
  resourceIds: z.array(z.string()).nullish(),
  /** The first generation lists it, too. */
  key: z.string().nullish(),
  deletedAt: z.string().nullish(),
});
export type RestWebhook = z.output<typeof registration>;
export const webhookList = z.object({ data: z.array(registration), nextCursor: z.string().nullish() });
