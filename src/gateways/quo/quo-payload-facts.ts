import type { Random } from '../../platform/random.ts';
import { addMs, type Instant, SECOND_MS } from '../../platform/time.ts';
import { ERROR_CODES, madeId, madeNumber, OUR_TEXTS, THEIR_TEXTS } from '../made-facts.ts';

/** Which generations tell of what. Everything else that exists is unknown to the older ones. */
const ALL = ['v2', 'v3', 'v4', '2026-03-30'] as const;
const SINCE_V3 = ['v3', 'v4', '2026-03-30'] as const;
const IN_THE_APP = ['v3', '2026-03-30'] as const;
const CURRENT = ['2026-03-30'] as const;

export const QUO_GENERATIONS = ALL;
export type QuoGeneration = (typeof ALL)[number];

export const QUO_EVENT_TYPES = {
  'message.received': ALL,
  'message.delivered': ALL,
  'message.failed': CURRENT,
  'message.undelivered': CURRENT,
  'call.ringing': ALL,
  'call.answered': CURRENT,
  'call.completed': ALL,
  'call.missed': CURRENT,
  'call.forwarded': CURRENT,
  'call.menu.selected': CURRENT,
  'call.recording.completed': ALL,
  'call.summary.completed': SINCE_V3,
  'call.transcript.completed': SINCE_V3,
  'call.voicemail.completed': CURRENT,
  'contact.updated': IN_THE_APP,
  'contact.deleted': IN_THE_APP,
  'task.created': CURRENT,
  'task.updated': CURRENT,
  'task.deleted': CURRENT,
  'task.completed': CURRENT,
  'task.reopened': CURRENT,
  'task.assigned': CURRENT,
  'task.unassigned': CURRENT,
  'task.overdue': CURRENT,
  'task.linked': CURRENT,
  'task.unlinked': CURRENT,
  'task.duedate.updated': CURRENT,
  'task.duedate.removed': CURRENT,
  'integration.created': CURRENT,
  'integration.updated': CURRENT,
  'integration.deleted': CURRENT,
} as const satisfies Readonly<Record<string, readonly QuoGeneration[]>>;

export type QuoEventType = keyof typeof QUO_EVENT_TYPES;

export const isQuoEventType = (text: string): text is QuoEventType => Object.hasOwn(QUO_EVENT_TYPES, text);
export const generationsOf = (type: QuoEventType): readonly QuoGeneration[] => QUO_EVENT_TYPES[type];

/** What a made event is to say; what is left open is drawn. */
export interface QuoPayloadInput {
  readonly type: QuoEventType;
  /** One of those that have the type. */
  readonly generation: QuoGeneration;
  /** When it happens. */
  readonly at: Instant;
  readonly random: Random;
  readonly from?: string | undefined;
  /** Several make a group. */
  readonly to?: readonly string[] | undefined;
  readonly text?: string | undefined;
  /** The gateway's own id of our number. */
  readonly laneRef?: string | undefined;
  readonly eventId?: string | undefined;
  /** Of the message, call, contact or task. */
  readonly subjectId?: string | undefined;
  /** Of what failed; drawn from the usual ones. */
  readonly errorCode?: string | undefined;
  readonly media?: readonly { readonly url: string; readonly type: string }[] | undefined;
  /** False: a call that ended without an answer, with a voicemail. */
  readonly answered?: boolean | undefined;
}

/** The same with nothing left open. */
export interface QuoFacts {
  readonly type: QuoEventType;
  readonly generation: QuoGeneration;
  readonly eventId: string;
  readonly deliveryId: string;
  readonly subjectId: string;
  readonly orgId: string;
  readonly userId: string;
  readonly laneRef: string;
  readonly conversationId: string;
  readonly recordingId: string;
  readonly voicemailId: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly errorCode: string;
  readonly media: readonly { readonly url: string; readonly type: string }[];
  readonly answered: boolean;
  readonly callSeconds: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly at: string;
  /** When the text was written, the call began, the contact or task was made. */
  readonly begunAt: string;
  readonly answeredAt: string;
}

const MESSAGE_SECONDS = 4;
const RING_SECONDS = 5;

export function quoFacts(input: QuoPayloadInput): QuoFacts {
  const { type, generation, random, at } = input;
  const newId = (prefix: string): string => madeId(prefix, random);
  const isMessage = type.startsWith('message.');
  const outgoing = isMessage && type !== 'message.received';
  const answered = input.answered ?? !['call.missed', 'call.voicemail.completed'].includes(type);
  const callSeconds = random.int(20, 600);
  const begunAt = addMs(at, -SECOND_MS * (type.startsWith('call.') ? callSeconds + RING_SECONDS : MESSAGE_SECONDS));
  return {
    type,
    generation,
    eventId: input.eventId ?? newId('EV'),
    deliveryId: newId('msg_'),
    subjectId: input.subjectId ?? newId(subjectPrefix(type)),
    orgId: newId('OR'),
    userId: newId('US'),
    laneRef: input.laneRef ?? newId('PN'),
    conversationId: newId('CN'),
    recordingId: newId('CR'),
    voicemailId: newId('VM'),
    direction: outgoing ? 'outgoing' : 'incoming',
    from: input.from ?? madeNumber(random),
    to: input.to ?? [madeNumber(random)],
    text: input.text ?? random.pick(outgoing ? OUR_TEXTS : THEIR_TEXTS),
    errorCode: input.errorCode ?? random.pick(ERROR_CODES),
    media: input.media ?? [],
    answered,
    callSeconds,
    firstName: random.pick(FIRST_NAMES),
    lastName: random.pick(LAST_NAMES),
    at: iso(at),
    begunAt: iso(begunAt),
    answeredAt: iso(addMs(begunAt, RING_SECONDS * SECOND_MS)),
  };
}

/** The provider always writes milliseconds. */
const iso = (at: Instant): string => at.toString({ smallestUnit: 'millisecond' });

function subjectPrefix(type: QuoEventType): string {
  if (type.startsWith('contact.')) return 'CT';
  if (type.startsWith('task.')) return 'TK';
  return type.startsWith('integration.') ? 'IN' : 'AC';
}

const FIRST_NAMES = ['Sam', 'Renée', 'José', 'Aiko', 'Priya', 'Tom'] as const;
const LAST_NAMES = ['Rivera', "O'Brien", 'Nguyen', 'Smith', 'Øst'] as const;
