import type { Campaign, updateCampaign } from '../api/campaigns.ts';
import { formatInstant, type Moment, plural } from '../patterns/format.ts';

type Body = Parameters<typeof updateCampaign>[1];

/** How a campaign sends, as its fields hold it and as the API takes it. */
export interface SendingForm {
  readonly window: Campaign['window'];
  readonly pace: Campaign['pace'];
  readonly priority: number;
  readonly pointless: NonNullable<Body['pointless']> | null;
}

export const sendingOf = ({ window, pace, priority, pointless }: Campaign): SendingForm => ({
  window,
  pace,
  priority,
  pointless: pointless === null ? null : pointlessForm(pointless),
});

/** Of a launched campaign the instant counts, whatever it was worked out from. */
function pointlessForm({ after, hoursAfterWindow, action }: NonNullable<Campaign['pointless']>) {
  return after === null ? { hoursAfterWindow: hoursAfterWindow ?? 0, action } : { after, action };
}

/** Why these hours cannot be saved. */
export const windowProblem = ({ start, end }: SendingForm['window']): string | undefined =>
  start < end ? undefined : `These hours never open: ${start} must be before ${end}, on one day`;

/** "08:00 to 21:00 where people are". */
export const hoursWords = ({ start, end }: SendingForm['window']): string => `${start} to ${end} where people are`;

export function paceWords({ maxPerHour, maxPerDay, finishBy }: SendingForm['pace'], moment: Moment): string {
  const limits = [
    ...(maxPerHour === null ? [] : [`at most ${plural(maxPerHour, 'text', 'texts')} an hour`]),
    ...(maxPerDay === null ? [] : [`at most ${plural(maxPerDay, 'text', 'texts')} a day`]),
    ...(finishBy === null ? [] : [`spread evenly until ${formatInstant(finishBy, moment)}`]),
  ];
  return limits.length === 0 ? 'as fast as the numbers allow' : limits.join(', ');
}

/** What happens to whoever still waits then, as a choice. */
export const POINTLESS_ACTIONS = {
  ask: 'Pause and ask me',
  drop: 'Leave out who still waits',
  go_on: 'Text them all the same',
} as const;

const ACTION_WORDS = {
  ask: 'then you are asked about who still waits',
  drop: 'who still waits then is left out',
  go_on: 'who still waits then is texted all the same',
} as const;

export function pointlessWords(
  { after, hoursAfterWindow, action }: NonNullable<SendingForm['pointless']>,
  moment: Moment,
): string {
  const when =
    after === undefined
      ? `${plural(hoursAfterWindow ?? 0, 'hour', 'hours')} after the hours of the launch day`
      : `after ${formatInstant(after, moment)}`;
  return `${when}, ${ACTION_WORDS[action]}`;
}

export const NORMAL_PRIORITY = 5;
export const priorityWords = (priority: number): string =>
  priority === NORMAL_PRIORITY ? 'normal' : `${priority}, ${priority < NORMAL_PRIORITY ? 'before' : 'after'} others`;

/** What may be changed of a launched campaign. */
export interface LaunchedForm extends SendingForm {
  readonly laneIds: readonly string[];
}
export const launchedForm = (campaign: Campaign): LaunchedForm => ({
  ...sendingOf(campaign),
  laneIds: campaign.laneIds,
});

/** The body of the PATCH: only what differs, so that what is past meanwhile and not touched stands in nobody's way. */
export function changedSending(before: LaunchedForm, after: LaunchedForm): Omit<Body, 'revision'> {
  const plain = (form: LaunchedForm) => ({ ...form, laneIds: form.laneIds.toSorted() });
  const [was, is] = [plain(before), plain(after)];
  return {
    ...(same(was.window, is.window) ? {} : { window: is.window }),
    ...(same(was.pace, is.pace) ? {} : { pace: paceChange(was.pace, is.pace) }),
    ...(was.priority === is.priority ? {} : { priority: is.priority }),
    ...(same(was.pointless, is.pointless) ? {} : { pointless: is.pointless }),
    ...(same(was.laneIds, is.laneIds) ? {} : { laneIds: is.laneIds }),
  };
}

const paceChange = (was: SendingForm['pace'], is: SendingForm['pace']): NonNullable<Body['pace']> => ({
  ...(was.maxPerHour === is.maxPerHour ? {} : { maxPerHour: is.maxPerHour }),
  ...(was.maxPerDay === is.maxPerDay ? {} : { maxPerDay: is.maxPerDay }),
  ...(was.finishBy === is.finishBy ? {} : { finishBy: is.finishBy }),
});

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
