import type { Campaign } from '../campaigns/campaign.ts';
import { minuteText } from '../campaigns/sending-options.ts';
import { askedConsent, policyWords } from '../compliance/consent-policy.ts';
import { localTime } from '../platform/calendar.ts';
import { systemClock } from '../platform/clock.ts';
import { count } from './words.ts';

/** How a campaign sends, as rows of names and words. */
export function sendingFacts(campaign: Campaign, zone: string): readonly (readonly [string, string])[] {
  const { pace, pointless } = campaign;
  const asked = askedConsent(campaign.consent, { now: systemClock.now(), waived: false });
  const limits = [
    ...(pace.maxPerHour === null ? [] : [`at most ${count(pace.maxPerHour, 'text')} an hour`]),
    ...(pace.maxPerDay === null ? [] : [`at most ${count(pace.maxPerDay, 'text')} a day`]),
    ...(pace.finishBy === null ? [] : [`spread evenly until ${localTime(pace.finishBy, zone)}`]),
  ];
  return [
    ['Hours', `${minuteText(campaign.windowStartMinute)} to ${minuteText(campaign.windowEndMinute)} where people are`],
    ['Pace', limits.length === 0 ? 'as fast as the numbers allow' : limits.join(', ')],
    ['Consent', asked === null ? 'none is asked for' : policyWords(asked)],
    ['Priority', `${campaign.priority} of 1 (first) to 9 (last)`],
    ...(pointless === null ? [] : [['Pointless', pointlessWords(pointless, zone)] as const]),
  ];
}

const ACTS = {
  drop: 'who still waits then is left out',
  ask: 'then a person is asked',
  go_on: 'who still waits then is texted all the same',
} as const;

function pointlessWords({ after, hoursAfterWindow, action }: NonNullable<Campaign['pointless']>, zone: string): string {
  const when =
    after === null
      ? `${count(hoursAfterWindow ?? 0, 'hour')} after the window of the day of the launch`
      : `after ${localTime(after, zone)}`;
  return `${when}; ${ACTS[action]}`;
}
