import {
  type Icon,
  IconBan,
  IconCheck,
  IconChecks,
  IconCircleCheck,
  IconClock,
  IconDropletDown,
  IconFileText,
  IconHandStop,
  IconMessage,
  IconMinus,
  IconOctagonMinusFilled,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPower,
  IconQuestionMark,
  IconRefresh,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import type { CampaignState, EnrollmentState } from '../../../src/http/contract/campaigns.ts';
import type { Import } from '../../../src/http/contract/contacts.ts';
import type { DncList, DncVersion } from '../../../src/http/contract/dnc-lists.ts';
import type { Message } from '../../../src/http/contract/inbox.ts';
import type { Lane } from '../../../src/http/contract/operations.ts';
import type { EventReplay, WebhookEvent } from '../../../src/http/contract/webhook-events.ts';
import type { Tone } from '../theme.ts';

/** Every state that the product shows: of campaigns, their recipients, texts, lanes, imports, events and their replays, do-not-call lists and their files, and what a person did. */
export type StateName =
  | CampaignState
  | EnrollmentState
  | Message['state']
  | Lane['state']
  | Import['state']
  | WebhookEvent['state']
  | EventReplay['state']
  | DncVersion['state']
  | DncList['age']
  | 'replied'
  | 'opted_out'
  | 'held'
  | 'retired';

export interface StateWord {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: Icon;
  /** In motion right now: drawn with a pulsing dot. */
  readonly moving?: true;
}

/** The one vocabulary (word, colour, icon), the same as in the API and on the command line. */
export const STATES: Readonly<Record<StateName, StateWord>> = {
  pending: { word: 'Pending', tone: 'grey', icon: IconClock },
  handing_over: { word: 'Sending', tone: 'blue', icon: IconPlayerPlay, moving: true },
  sent: { word: 'Sent', tone: 'teal', icon: IconCheck },
  delivered: { word: 'Delivered', tone: 'green', icon: IconChecks },
  replied: { word: 'Replied', tone: 'violet', icon: IconMessage },
  received: { word: 'Received', tone: 'violet', icon: IconMessage },
  failed: { word: 'Failed', tone: 'red', icon: IconX },
  skipped: { word: 'Skipped', tone: 'grey', icon: IconMinus },
  held: { word: 'Held', tone: 'amber', icon: IconHandStop },
  unknown: { word: 'Unknown', tone: 'amber', icon: IconQuestionMark },
  opted_out: { word: 'Opted out', tone: 'dark', icon: IconOctagonMinusFilled },
  draft: { word: 'Draft', tone: 'grey', icon: IconPencil },
  running: { word: 'Running', tone: 'blue', icon: IconPlayerPlay, moving: true },
  paused: { word: 'Paused', tone: 'amber', icon: IconPlayerPause },
  completed: { word: 'Completed', tone: 'green', icon: IconCircleCheck },
  cancelled: { word: 'Cancelled', tone: 'dark', icon: IconBan },
  active: { word: 'Active', tone: 'green', icon: IconCheck },
  draining: { word: 'Draining', tone: 'blue', icon: IconDropletDown },
  off: { word: 'Off', tone: 'grey', icon: IconPower },
  uploaded: { word: 'Uploaded', tone: 'grey', icon: IconFileText },
  retrying: { word: 'Retrying', tone: 'amber', icon: IconRefresh },
  applied: { word: 'Applied', tone: 'green', icon: IconCheck },
  discarded: { word: 'Discarded', tone: 'dark', icon: IconTrash },
  reading: { word: 'Reading', tone: 'blue', icon: IconRefresh, moving: true },
  in_force: { word: 'In force', tone: 'green', icon: IconCheck },
  superseded: { word: 'Superseded', tone: 'grey', icon: IconMinus },
  current: { word: 'In force', tone: 'green', icon: IconCheck },
  ageing: { word: 'Soon too old', tone: 'amber', icon: IconClock },
  stale: { word: 'Too old', tone: 'red', icon: IconX },
  missing: { word: 'No file', tone: 'grey', icon: IconQuestionMark },
  retired: { word: 'Retired', tone: 'dark', icon: IconBan },
  previewed: { word: 'Checked', tone: 'teal', icon: IconCheck },
};

/** The word for a state that arrives as plain text (timeline); an unknown one is shown as it is. */
export const stateWord = (state: string): StateWord =>
  (STATES as Readonly<Record<string, StateWord>>)[state] ?? { word: state, tone: 'grey', icon: IconMinus };
