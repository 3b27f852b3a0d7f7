import type { Call } from '../calls/call.ts';
import { outcomeText } from '../messages/outcome-sentences.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { HeldBy } from './held-text.ts';

/** The thread of texts between one lane and one number. `done` leaves the inbox until the person writes again. */
export interface Conversation {
  readonly id: Uuid;
  /** Of the contact that has the number now; null for a stranger. */
  readonly contactId: Uuid | null;
  readonly name: string;
  readonly phone: string;
  readonly laneId: Uuid;
  readonly laneName: string;
  readonly state: 'open' | 'done';
  readonly unread: number;
  /** Since when the person has had no answer. */
  readonly waitingSince: Instant | null;
  /** A text may be an opt-out and a person has to decide. */
  readonly needsReview: boolean;
  /** Any active suppression of the number: no reply can be sent. */
  readonly optedOut: boolean;
  readonly lastMessageAt: Instant;
  readonly lastMessagePreview: string;
  /** Of a call, `inbound` when it asks for an answer: it was missed, or there is a voicemail. */
  readonly lastMessageDirection: 'inbound' | 'outbound';
  readonly lastMessageKind: 'text' | 'call';
  /** Who else got the newest text of this person, which went to a group. A reply goes to this person alone. */
  readonly groupOthers: readonly string[];
}

/** `missed`: of those who wait, who called and was not answered. `held`: an answer to them cannot go out. */
export type InboxView = 'waiting' | 'missed' | 'held' | 'open' | 'review' | 'done' | 'all';

/** The person who has waited longest comes first in these. */
export const sortsByAge = (view: InboxView): boolean => view === 'waiting' || view === 'missed';

export interface ConversationMessage {
  readonly id: Uuid;
  readonly direction: 'inbound' | 'outbound';
  readonly purpose:
    | 'campaign'
    | 'reply'
    | 'opt_out_confirmation'
    | 'opt_in_confirmation'
    | 'opt_in_request'
    | 'help'
    | 'inbound'
    | 'elsewhere';
  readonly body: string;
  readonly state: 'pending' | 'handing_over' | 'unknown' | 'sent' | 'delivered' | 'failed' | 'received' | 'cancelled';
  readonly failureCode: string | null;
  readonly createdAt: Instant;
  readonly sentAt: Instant | null;
  readonly deliveredAt: Instant | null;
  readonly createdBy: string | null;
  readonly understoodAs: 'opt_out' | 'opt_in' | 'opt_in_wish' | 'help' | 'review' | 'none' | null;
  /** The campaign that this text belongs to, or answers. */
  readonly campaignId: Uuid | null;
  readonly campaignName: string | null;
  /** Who else got it, when it went to a group. */
  readonly groupOthers: readonly string[];
  /** It waits for a person: its number is switched off, or its account paused. */
  readonly heldBy: HeldBy | null;
}

/** What a thread is made of. */
export type ThreadEntry =
  | { readonly kind: 'text'; readonly message: ConversationMessage }
  | { readonly kind: 'call'; readonly call: Call };

/** Why a text is not with the person, in words; null while nothing is wrong. */
export function whyNotThere(message: Pick<ConversationMessage, 'state' | 'failureCode'>): string | null {
  switch (message.state) {
    case 'failed':
      return outcomeText(message.failureCode ?? 'failed');
    case 'cancelled':
      return `Not sent. ${outcomeText(message.failureCode ?? 'cancelled')}`;
    case 'unknown':
      return outcomeText('unknown');
    default:
      return null;
  }
}

const PREVIEW_LENGTH = 160;

/** The beginning of a text on one line. */
export const previewOf = (text: string): string =>
  [...text.replace(/\s+/g, ' ').trim()].slice(0, PREVIEW_LENGTH).join('');
