import type { Message } from '../api/inbox.ts';
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
  | { readonly kind: 'note'; readonly key: string; readonly note: ThreadNote };

/** How an inbound text was understood, where that had an effect. */
export type ThreadNote = 'opt_out' | 'opt_in' | 'help' | 'review';

interface Reading {
  readonly zone: string;
  readonly nowMs: number;
  /** The first text that had not been read when the thread was opened. */
  readonly firstUnreadId: string | undefined;
}

const DAY_MS = 24 * 60 * 60_000;

/** Texts (oldest first) with a rule at every new day and notes where something was understood. */
export function threadEntries(messages: readonly Message[], reading: Reading): readonly ThreadEntry[] {
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
  return messages.flatMap((message): readonly ThreadEntry[] => {
    const day = dayOf(Date.parse(message.at));
    const entries: ThreadEntry[] = [];
    if (day !== before) entries.push({ kind: 'day', key: `day ${day} ${message.id}`, label: label(day) });
    if (message.id === reading.firstUnreadId) entries.push({ kind: 'new', key: 'new' });
    before = day;
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

/** The oldest of the last `unread` inbound texts (oldest first), where reading goes on. Opt-outs and opt-ins are never unread. */
export function firstUnread(messages: readonly Message[], unread: number): string | undefined {
  if (unread <= 0) return undefined;
  return messages
    .filter(({ direction, understoodAs }) => direction === 'inbound' && !dealtWith(understoodAs))
    .at(-unread)?.id;
}

const dealtWith = (understoodAs: Message['understoodAs']): boolean =>
  understoodAs === 'opt_out' || understoodAs === 'opt_in';
