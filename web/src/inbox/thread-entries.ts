import type { Message, ThreadCall, ThreadItem } from '../api/inbox.ts';
import { formatDay } from '../patterns/format.ts';

/** What a thread shows, from top to bottom. */
export type ThreadEntry =
  | { readonly kind: 'day'; readonly key: string; readonly label: string }
  | { readonly kind: 'new'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: Message;
      /** It is the first answer to its campaign. */
      readonly answersFirst: boolean;
    }
  | { readonly kind: 'call'; readonly key: string; readonly call: ThreadCall }
  | { readonly kind: 'note'; readonly key: string; readonly note: ThreadNote };

/** How an inbound text was understood, where that had an effect or asks for one. */
export type ThreadNote = 'opt_out' | 'opt_in' | 'opt_in_wish' | 'help' | 'review';

interface Reading {
  readonly zone: string;
  readonly nowMs: number;
  /** The first text or call that had not been read when the thread was opened. */
  readonly firstUnreadId: string | undefined;
}

const DAY_MS = 24 * 60 * 60_000;

/** Texts and calls (oldest first) with a rule at every new day and notes where something was understood. */
export function threadEntries(items: readonly ThreadItem[], reading: Reading): readonly ThreadEntry[] {
  const dayOf = dayReader(reading.zone);
  const today = dayOf(reading.nowMs);
  const yesterday = dayOf(reading.nowMs - DAY_MS);
  const label = (day: string): string => {
    if (day === today) return 'Today';
    if (day === yesterday) return 'Yesterday';
    const year = day.slice(0, 4);
    return year === today.slice(0, 4) ? formatDay(day) : `${formatDay(day)} ${year}`;
  };
  let before = '';
  let answered: string | undefined;
  return items.flatMap((item): readonly ThreadEntry[] => {
    const day = dayOf(Date.parse(item.at));
    const entries: ThreadEntry[] = [];
    if (day !== before) entries.push({ kind: 'day', key: `day ${day} ${item.id}`, label: label(day) });
    if (item.id === reading.firstUnreadId) entries.push({ kind: 'new', key: 'new' });
    before = day;
    if (item.kind === 'call') return [...entries, { kind: 'call', key: item.id, call: item }];
    const message = item;
    const answers = message.direction === 'inbound' ? message.campaign?.id : undefined;
    entries.push({
      kind: 'message',
      key: message.id,
      message,
      answersFirst: answers !== answered && answers !== undefined,
    });
    answered = answers ?? answered;
    const { understoodAs } = message;
    if (understoodAs !== null && understoodAs !== 'none')
      entries.push({ kind: 'note', key: `note ${message.id}`, note: understoodAs });
    return entries;
  });
}

/** The calendar day of an instant there, `2026-11-17`. */
function dayReader(zone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (atMs) => format.format(atMs);
}

/**
 * The oldest of the last `unread` texts of theirs and calls that ask for an answer (oldest first), where reading goes on. Opt-outs and
 * opt-ins are never unread.
 */
export function firstUnread(items: readonly ThreadItem[], unread: number): string | undefined {
  if (unread <= 0) return undefined;
  return items
    .filter((item) =>
      item.kind === 'call' ? asksForAnswer(item) : item.direction === 'inbound' && !dealtWith(item.understoodAs),
    )
    .at(-unread)?.id;
}

/** It was missed, or there is a voicemail. */
export const asksForAnswer = (call: Pick<ThreadCall, 'state' | 'direction' | 'voicemail'>): boolean =>
  call.direction !== 'outbound' && (call.state === 'missed' || call.voicemail !== null);

const dealtWith = (understoodAs: Message['understoodAs']): boolean =>
  understoodAs === 'opt_out' || understoodAs === 'opt_in';
