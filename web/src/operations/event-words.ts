import type { EventFilters, EventReplay, WebhookEvent } from '../api/webhook-events.ts';
import { formatCount, looksLikePhone, plural } from '../patterns/format.ts';

const WORDS: Readonly<Record<string, string>> = {
  'message.received': 'Text received',
  'message.queued': 'Text queued',
  'message.sent': 'Text sent',
  'message.delivered': 'Text delivered',
  'message.undelivered': 'Text not delivered',
  'message.failed': 'Text failed',
  'call.ringing': 'Call ringing',
  'call.answered': 'Call answered',
  'call.forwarded': 'Call forwarded',
  'call.missed': 'Call missed',
  'call.completed': 'Call ended',
  'call.recording.completed': 'Call recording',
  'call.summary.completed': 'Call summary',
  'call.transcript.completed': 'Call transcript',
  'call.voicemail.completed': 'Voicemail',
  'contact.updated': 'Contact updated',
  'contact.deleted': 'Contact deleted',
  unreadable: 'Unreadable',
};

export const EVENT_TYPES: readonly string[] = Object.keys(WORDS);

/** The type in words of the trade; one that is not known here as the gateway calls it. */
export const typeWords = (type: string): string => WORDS[type] ?? type;

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** "85 ms", "1.2 s", "3 min": a length that is usually far below a second. */
export function lagWords(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)}\u00a0ms`;
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(1).replace(/\.0$/, '')}\u00a0s`;
  return `${formatCount(Math.round(ms / MINUTE_MS))}\u00a0min`;
}

/** How long an event took from its receipt until it was applied; of one that was replayed that says nothing. */
export function tookMs(event: Pick<WebhookEvent, 'receivedAt' | 'appliedAt' | 'attempts'>): number | undefined {
  const { receivedAt, appliedAt, attempts } = event;
  return appliedAt === null || attempts > 1 ? undefined : Math.max(0, Date.parse(appliedAt) - Date.parse(receivedAt));
}

/** What is typed into the search: a number when it looks like one, else a part of an error. */
export function searchFilters(search: string): Pick<EventFilters, 'phone' | 'error'> {
  const typed = search.trim();
  if (typed === '') return {};
  return looksLikePhone(typed) ? { phone: typed } : { error: typed };
}

/** What a replay is for: "Failed events of +1 617 ... with “no lane”". */
export function selectionWords({ eventIds, filter }: Pick<EventReplay, 'eventIds' | 'filter'>): string {
  if (eventIds !== null) return plural(eventIds.length, 'event, chosen by hand', 'events, chosen by hand');
  const { state, type, phone, error, from, until, accountId } = filter ?? {};
  if ([state, type, phone, error, from, until, accountId].every((one) => one === undefined)) return 'All events';
  const state_ = state === undefined ? 'Events' : `${state.charAt(0).toUpperCase()}${state.slice(1)} events`;
  return [
    state_,
    ...(type === undefined ? [] : [`“${typeWords(type)}”`]),
    ...(phone === undefined ? [] : [`about ${phone}`]),
    ...(accountId === undefined ? [] : ['of one account']),
    ...(error === undefined ? [] : [`with “${error}” in their error`]),
    ...(from === undefined && until === undefined ? [] : ['of a time']),
  ].join(' ');
}

const REASONS: Readonly<Record<string, string>> = {
  unknown_account: 'no such account',
  signature_missing: 'not signed',
  signature_unsupported: 'signed in an unknown way',
  signature_malformed: 'signature unreadable',
  signature_wrong: 'wrong signature',
  timestamp_outside_window: 'too old or too new',
  too_many: 'too many at once',
  too_large: 'too large',
  away: 'database away, kept on the disk',
};

/** Why webhooks were refused, the most frequent first: "40 not signed, 2 too large". */
export const refusedWords = (refused: Readonly<Record<string, number>>): string =>
  Object.entries(refused)
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${formatCount(count)} ${REASONS[reason] ?? reason}`)
    .join(', ');

export const refusedCount = (refused: Readonly<Record<string, number>>): number =>
  Object.values(refused).reduce((sum, count) => sum + count, 0);
