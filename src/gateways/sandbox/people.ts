import { addMs, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../platform/time.ts';
import { drawsFor, longTailMs, pickWeighted } from './draws.ts';
import { type Language, REPLY_TEXTS, type ReplyKind } from './people-texts.ts';

/**
 * The people behind the numbers and the carriers between. Pure: everything follows from the seed, the number and how many texts
 * it has had, so that the same number behaves the same whatever happens around it.
 */
export interface PeopleModel {
  readonly landlineShare: number;
  readonly unreachableShare: number;
  readonly spanishShare: number;
  /** Of delivered texts that do not come in the middle of a conversation. */
  readonly replyShare: number;
  readonly replyMix: Readonly<Record<ReplyKind, number>>;
  /** Of those who would write a question or that they are interested: they call instead. */
  readonly callShare: number;
  /** Of calls: somebody of the business takes it. */
  readonly callTakenShare: number;
  /** Of missed calls. */
  readonly voicemailShare: number;
  /** Handset reports; also what a carrier takes to give up. */
  readonly delivery: { readonly medianMs: number; readonly spread: number; readonly maxMs: number };
  readonly reply: { readonly medianMs: number; readonly spread: number; readonly maxMs: number };
  /** Local time in which almost everybody answers; the rest of them wait for the morning. */
  readonly wakingHours: { readonly zone: string; readonly from: number; readonly to: number };
  readonly nightOwlShare: number;
}

export const DEFAULT_PEOPLE: PeopleModel = {
  landlineShare: 0.02,
  unreachableShare: 0.02,
  spanishShare: 0.08,
  replyShare: 0.14,
  replyMix: { question: 30, interest: 30, reaction: 4, not_interested: 13, wrong_number: 4, stop: 19 },
  callShare: 0.08,
  callTakenShare: 0.5,
  voicemailShare: 0.6,
  delivery: { medianMs: 4 * SECOND_MS, spread: 1.2, maxMs: 10 * MINUTE_MS },
  reply: { medianMs: 12 * MINUTE_MS, spread: 1.5, maxMs: 20 * HOUR_MS },
  wakingHours: { zone: 'America/New_York', from: 8, to: 22 },
  nightOwlShare: 0.05,
};

export type Line = 'mobile' | 'landline' | 'unreachable';

export interface Person {
  readonly line: Line;
  readonly language: Language;
  readonly nightOwl: boolean;
}

export function personOf(who: { readonly seed: number; readonly phone: string; readonly model: PeopleModel }): Person {
  const { seed, phone, model } = who;
  const random = drawsFor(seed, 'person', phone);
  const lineDraw = random.next();
  const line =
    lineDraw < model.landlineShare
      ? 'landline'
      : lineDraw < model.landlineShare + model.unreachableShare
        ? 'unreachable'
        : 'mobile';
  return {
    line,
    language: random.next() < model.spanishShare ? 'es' : 'en',
    nightOwl: random.next() < model.nightOwlShare,
  };
}

/** The `nth` text (from 0) that one number gets from one account. */
export interface TextToPerson {
  readonly seed: number;
  readonly phone: string;
  readonly nth: number;
  readonly model: PeopleModel;
}

export interface DeliveryPlan {
  readonly outcome: 'delivered' | 'undelivered';
  readonly sentAfterMs: number;
  readonly finalAfterMs: number;
}

const SENT_AFTER_MS_MIN = 200;
const SENT_AFTER_MS_MAX = 1_500;

export function planDelivery(text: TextToPerson): DeliveryPlan {
  const random = drawsFor(text.seed, 'delivery', text.phone, text.nth);
  const sentAfterMs = random.int(SENT_AFTER_MS_MIN, SENT_AFTER_MS_MAX);
  return {
    outcome: personOf(text).line === 'mobile' ? 'delivered' : 'undelivered',
    sentAfterMs,
    finalAfterMs: sentAfterMs + longTailMs(random, text.model.delivery),
  };
}

export interface ReplyPlan {
  readonly kind: ReplyKind;
  /** On the phone instead; then the text stays unwritten. */
  readonly byPhone: boolean;
  readonly text: string;
  readonly at: Instant;
}

/** What this person answers to this text, if anything. */
export function planReply(
  text: TextToPerson & { readonly original: string; readonly deliveredAt: Instant },
): ReplyPlan | undefined {
  const { seed, phone, nth, model } = text;
  const random = drawsFor(seed, 'reply', phone, nth);
  if (random.next() >= model.replyShare) return undefined;
  const person = personOf(text);
  const kind = pickWeighted(random, [
    ['question', model.replyMix.question],
    ['interest', model.replyMix.interest],
    ['reaction', model.replyMix.reaction],
    ['not_interested', model.replyMix.not_interested],
    ['wrong_number', model.replyMix.wrong_number],
    ['stop', model.replyMix.stop],
  ] satisfies [[ReplyKind, number], ...[ReplyKind, number][]]);
  const wording = pickWeighted(random, REPLY_TEXTS[kind][person.language]);
  const readAt = addMs(text.deliveredAt, longTailMs(random, model.reply));
  const sleepsInMs = random.int(0, 90 * MINUTE_MS);
  const at = person.nightOwl ? readAt : inWakingHours(readAt, { hours: model.wakingHours, sleepsInMs });
  const byPhone = WORTH_A_CALL.has(kind) && drawsFor(seed, 'by phone', phone, nth).next() < model.callShare;
  return { kind, byPhone, text: wording.replace('{text}', () => text.original), at };
}

const WORTH_A_CALL: ReadonlySet<ReplyKind> = new Set(['question', 'interest']);

/** Night texts are answered some time after the next morning begins. */
function inWakingHours(
  at: Instant,
  morning: { readonly hours: PeopleModel['wakingHours']; readonly sleepsInMs: number },
): Instant {
  const { zone, from, to } = morning.hours;
  const local = at.toZonedDateTimeISO(zone);
  if (local.hour >= from && local.hour < to) return at;
  const day = local.hour >= to ? local.add({ days: 1 }) : local;
  const opens = day.toPlainDate().toZonedDateTime({ timeZone: zone, plainTime: { hour: from } });
  return addMs(opens.toInstant(), morning.sleepsInMs);
}

/**
 * The provider's own opt-out: the exact single words of its support article, in any case. Anything longer reaches the business
 * as a normal text.
 */
const BLOCK_WORDS = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT']);
const UNBLOCK_WORDS = new Set(['START', 'UNSTOP']);

export function providerKeyword(text: string): 'block' | 'unblock' | undefined {
  const word = text.trim().toUpperCase();
  if (BLOCK_WORDS.has(word)) return 'block';
  return UNBLOCK_WORDS.has(word) ? 'unblock' : undefined;
}
