import { z } from 'zod';
import type { Uuid } from '../platform/ids.ts';

export const EVENT_STATES = ['received', 'retrying', 'applied', 'failed', 'discarded'] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** Which stored events: all conditions together; none at all is every event. */
const filterSchema = z.strictObject({
  /** Received at or after, and before: ISO 8601. */
  from: z.string().optional(),
  until: z.string().optional(),
  type: z.string().optional(),
  accountId: z.string().optional(),
  /** Of the person whom it is about, as it is stored. */
  phone: z.string().optional(),
  state: z.enum(EVENT_STATES).optional(),
  /** A part of the text of the error, in any case. */
  error: z.string().optional(),
});
export type EventFilter = Readonly<z.infer<typeof filterSchema>>;

/** What a replay is for. */
const selectionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('events'), ids: z.array(z.string()).readonly() }),
  z.strictObject({ kind: z.literal('filter'), filter: filterSchema }),
]);
export type EventSelection = Readonly<z.infer<typeof selectionSchema>>;

/** As a replay keeps it. */
const storedSelection = z.strictObject({ version: z.literal(1), selection: selectionSchema });
export const storeSelection = (selection: EventSelection): string => JSON.stringify({ version: 1, selection });
export const readSelection = (stored: unknown): EventSelection => storedSelection.parse(stored).selection;

export const oneEvent = (id: Uuid): EventSelection => ({ kind: 'events', ids: [id] });
