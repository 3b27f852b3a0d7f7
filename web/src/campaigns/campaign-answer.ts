import type { CampaignLive } from '../api/campaigns.ts';
import { formatCount, formatWhen, type Moment, plural } from '../patterns/format.ts';
import { peopleOf, textedOf, waitingOf } from './campaign-counts.ts';

/** How a campaign stands: the first line of its page, and what belongs to it in smaller print. */
export interface CampaignAnswer {
  readonly sentence: string;
  readonly more: string | null;
}

type Standing = Pick<CampaignLive, 'ratePerMinute'> & {
  readonly waiting: Pick<NonNullable<CampaignLive['waiting']>, 'code' | 'sentence'> | null;
  readonly campaign: Pick<
    CampaignLive['campaign'],
    'state' | 'stateReason' | 'pointless' | 'totals' | 'launchedAt' | 'finishedAt' | 'expectedFinishAt'
  >;
};

export function campaignAnswer(live: Standing, moment: Moment): CampaignAnswer {
  const { state, stateReason, pointless, totals, finishedAt } = live.campaign;
  const texted = textedOf(totals);
  const ended = finishedAt === null ? '' : ` ${formatWhen(finishedAt, moment)}`;
  switch (state) {
    case 'draft':
      return { sentence: 'A draft: nobody is texted before it is launched', more: null };
    case 'running':
      return runningAnswer(live, moment);
    case 'paused':
      return {
        // The question itself stands below, with its answers.
        sentence: pointless?.asks ? 'Paused: it needs your answer' : pausedSentence(stateReason),
        more: `${progressWords(live)}; ${plural(waitingOf(totals), 'person waits', 'people wait')}`,
      };
    case 'completed':
      return {
        sentence: `Completed${ended}: ${plural(texted, 'person', 'people')} texted, ${formatCount(totals.replied)} replied`,
        more: endWords(live),
      };
    case 'cancelled':
      return {
        sentence: `Cancelled${ended}: ${plural(texted, 'person was', 'people were')} texted, the others were not`,
        more: joined([customReason(stateReason), takingOffWords(totals.pending), endWords(live)]),
      };
    default:
      return state satisfies never;
  }
}

function runningAnswer(live: Standing, moment: Moment): CampaignAnswer {
  const { expectedFinishAt } = live.campaign;
  const finish = expectedFinishAt === null ? null : `done about ${formatWhen(expectedFinishAt, moment)}`;
  if (live.waiting === null) {
    const { totals } = live.campaign;
    const counts = `Sending: ${formatCount(textedOf(totals))} of ${formatCount(peopleOf(totals))}`;
    return { sentence: finish === null ? counts : `${counts}, ${finish}`, more: paceWords(live.ratePerMinute) };
  }
  return { sentence: waitingSentence(live.waiting.sentence), more: joined([progressWords(live), finish]) };
}

/** "Quiet hours: goes on at Wed 08:00 EST" becomes "Waiting: quiet hours, goes on at Wed 08:00 EST". */
const waitingSentence = (sentence: string): string =>
  `Waiting: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(': ', ', ')}`;

const pausedSentence = (reason: string | null): string => {
  if (reason === null || reason === '') return 'Paused';
  return reason.startsWith('Paused') ? reason : `Paused: ${reason}`;
};

/** Nothing when nothing went out in the ten minutes that the server looks at. */
function paceWords(perMinute: number): string | null {
  if (perMinute <= 0) return null;
  const rounded = perMinute < 10 ? perMinute.toFixed(1).replace(/\.0$/, '') : formatCount(perMinute);
  return `${rounded} ${rounded === '1' ? 'text' : 'texts'} a minute over the last ten`;
}

/** What a person wrote; the server's own words say no more than the state does. */
const customReason = (reason: string | null): string | null => (reason === 'Cancelled by a person' ? null : reason);

/** Nobody is texted any more, but of many thousands the last are still being counted off. */
const takingOffWords = (people: number): string | null =>
  people === 0 ? null : `${formatCount(people)} still being taken off the list`;

const progressWords = ({ campaign: { totals } }: Standing): string =>
  `${formatCount(textedOf(totals))} of ${formatCount(peopleOf(totals))} texted`;

/** What became of the others, without the zeros. */
function endWords({ campaign: { totals } }: Standing): string | null {
  const counted = [
    [totals.delivered, 'delivered'],
    [totals.failed, 'failed'],
    [totals.opted_out, 'opted out'],
    [totals.skipped, 'left out'],
  ] as const;
  return joined(counted.map(([count, word]) => (count === 0 ? null : `${formatCount(count)} ${word}`)));
}

function joined(parts: readonly (string | null)[]): string | null {
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? null : said.join(' · ');
}

/**
 * What a screen reader is told when it changes: the state, and the kind of waiting without its numbers, which change all the time.
 */
export function campaignAnnouncement(
  live: Pick<Standing, 'waiting'> & { readonly campaign: { readonly state: string } },
): string {
  const { state } = live.campaign;
  if (state !== 'running') return `The campaign is ${state}`;
  return live.waiting === null
    ? 'The campaign is sending'
    : (waitingSentence(live.waiting.sentence).split(/[,;]/)[0] ?? '');
}
