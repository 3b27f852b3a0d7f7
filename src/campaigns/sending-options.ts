import { type Instant, isBefore } from '../platform/time.ts';
import type { PaceLimits } from '../sending/decide-pace.ts';

/** What happens to whoever still waits when the texts have become pointless: left out, a person is asked, texted all the same. */
export type PointlessAction = 'drop' | 'ask' | 'go_on';

export interface Pointless {
  /** Null only in a draft that names hours instead. */
  readonly after: Instant | null;
  /** Hours after the campaign's window on the day of its launch. */
  readonly hoursAfterWindow: number | null;
  readonly action: PointlessAction;
}

/** How and when a campaign sends; may be changed until it is over. */
export interface SendingOptions {
  /** 1 goes first, 9 last. */
  readonly priority: number;
  /** Minutes of the day where the recipient is. */
  readonly windowStartMinute: number;
  readonly windowEndMinute: number;
  readonly pace: PaceLimits;
  readonly pointless: Pointless | null;
}

export const DEFAULT_SENDING: SendingOptions = {
  priority: 5,
  windowStartMinute: 8 * 60,
  windowEndMinute: 21 * 60,
  pace: { maxPerHour: null, maxPerDay: null, finishBy: null },
  pointless: null,
};

/** Whether the instant has passed and something is to be done about it; a question that was asked is not asked again. */
export function isPointless(
  { pointless, pointlessAsked }: { readonly pointless: Pointless | null; readonly pointlessAsked: Instant | null },
  now: Instant,
): boolean {
  if (pointless === null || pointless.after === null || isBefore(now, pointless.after)) return false;
  return pointless.action === 'drop' || (pointless.action === 'ask' && !wasAsked(pointless.after, pointlessAsked));
}

export const wasAsked = (after: Instant | null, asked: Instant | null): boolean =>
  after !== null && asked !== null && after.equals(asked);

/** The campaign is paused with a question: what becomes of those whose text has become pointless. */
export const asksWhatBecomes = (campaign: {
  readonly state: string;
  readonly pointless: Pointless | null;
  readonly pointlessAsked: Instant | null;
}): boolean =>
  campaign.state === 'paused' &&
  campaign.pointless?.action === 'ask' &&
  wasAsked(campaign.pointless.after, campaign.pointlessAsked);

/** `09:00`; the midnight that ends the day is `24:00`. */
export const minuteText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The minute that `HH:MM` names. */
export const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
