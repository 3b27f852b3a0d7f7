import type { CampaignForecast } from '../campaigns/forecast.ts';
import { noFinishSentence, waitSentence } from '../campaigns/forecast-sentences.ts';
import type { CampaignCost } from '../campaigns/live-campaign.ts';
import { localTime } from '../platform/calendar.ts';
import type { Uuid } from '../platform/ids.ts';
import { count, money } from './words.ts';

type Fact = readonly [string, string];

const DAYS_SHOWN = 7;

/** When it ends, what goes out on which day from which number, and who waits for what. */
export function forecastFacts(
  { finishAt, noFinish, perDay, waits }: CampaignForecast,
  lanes: readonly { readonly id: Uuid; readonly name: string }[],
  zone: string,
): readonly Fact[] {
  const nameOf = (id: Uuid): string => lanes.find((lane) => lane.id === id)?.name ?? id;
  const days = perDay.slice(0, DAYS_SHOWN).map((day): Fact => {
    const parts = day.lanes.map((lane) => `${nameOf(lane.laneId)} ${lane.count}`);
    return [`On ${day.day}`, parts.length > 1 ? `${day.count} (${parts.join(', ')})` : String(day.count)];
  });
  const later = perDay.slice(DAYS_SHOWN);
  return [
    ['Ends about', finishAt === null ? `cannot be said: ${noFinishWords(noFinish)}` : localTime(finishAt, zone)],
    ...days,
    ...(later.length === 0
      ? []
      : [
          ['Later', `${later.reduce((sum, day) => sum + day.count, 0)} on ${count(later.length, 'more day')}`] as const,
        ]),
    ...waits.map(
      ({ reason, until, people }): Fact => [
        'Waiting',
        `${people}: ${waitSentence(reason)}${until === null ? '' : `, until ${localTime(until, zone)}`}`,
      ],
    ),
  ];
}

const noFinishWords = (reason: CampaignForecast['noFinish']): string =>
  reason === null ? 'nobody waits' : noFinishSentence(reason);

export const costWords = ({ soFarCents, toComeCents }: CampaignCost): string =>
  toComeCents === 0 ? `about ${money(soFarCents)}` : `about ${money(soFarCents)} so far, ${money(toComeCents)} to come`;
