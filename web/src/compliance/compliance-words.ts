import type { ComplianceStatus, OptOutRate } from '../api/compliance.ts';
import { formatCount, formatDay, formatDuration, formatRate, plural } from '../patterns/format.ts';
import type { Tone } from '../theme.ts';

type Levels = ComplianceStatus['levels'];
type Alarm = OptOutRate['alarm'];
type Way = ComplianceStatus['optOuts']['byWay'][number]['how'];

const percent = (share: number): string => formatRate(Math.round(share * 1_000), 1_000);

/** What providers and carriers make of a rate; nothing of one that is fine. */
export function alarmWords(alarm: Alarm, levels: Levels): { readonly words: string; readonly tone: Tone } | undefined {
  switch (alarm) {
    case 'fine':
      return undefined;
    case 'few':
      return { words: `Fewer than ${formatCount(levels.textsMin)} texts: too few to say`, tone: 'grey' };
    case 'warning':
      return { words: `${percent(levels.warning)} or more: providers warn`, tone: 'amber' };
    case 'flagged':
      return { words: `${percent(levels.flagged)} or more: carriers flag the number`, tone: 'red' };
    case 'suspended':
      return { words: `${percent(levels.suspended)} or more: carriers stop the number`, tone: 'red' };
    default:
      return alarm satisfies never;
  }
}

const RANK: readonly Alarm[] = ['suspended', 'flagged', 'warning'];

/** The page's question, answered: is anything at a level? Whatever the page shows is asked. */
export function complianceAnswer({ optOuts, days, levels }: ComplianceStatus): string {
  const { texts, optOuts: count } = optOuts.total;
  const counts =
    texts === 0
      ? `No campaign text in ${days} days`
      : `${plural(count, 'opt-out', 'opt-outs')} from ${plural(texts, 'text', 'texts')} in ${days} days, ${formatRate(count, texts)}`;
  const { byLane, byCampaign, byVariant, byDay } = optOuts;
  const worst = [...byLane, ...byCampaign, ...byVariant, ...byDay]
    .filter(({ alarm }) => RANK.includes(alarm))
    .toSorted((a, b) => RANK.indexOf(a.alarm) - RANK.indexOf(b.alarm))[0];
  if (worst === undefined) {
    if (texts === 0) return counts;
    return `${counts}: ${optOuts.total.alarm === 'few' ? 'too few texts to say' : 'below every level of the carriers'}`;
  }
  return `${counts}. ${worst.name ?? formatDay(worst.key)} has ${alarmWords(worst.alarm, levels)?.words ?? ''}`;
}

const WAYS: Readonly<Record<Way, string>> = {
  keyword: 'A word like STOP',
  free_text: 'In their own words',
  erasure: 'Erased at their request',
  review: 'Decided in a review',
  link: 'The link in a text',
  provider: 'Told by a provider',
  person: 'Recorded by a person',
  import: 'A list',
  api: 'Another system',
};
export const wayWords = (how: Way): string => WAYS[how];

/** "12 ms", "1.4 s", "3 h"; nothing while nothing was timed. */
export function latencyWords(ms: number | null): string {
  if (ms === null) return 'not timed';
  if (ms < 1_000) return `${Math.round(ms)}\u00a0ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)}\u00a0s` : formatDuration(ms);
}

/** What a row of a rate is called. */
export function rateName(rate: Pick<OptOutRate, 'key' | 'name'>, by: string): string {
  if (rate.name !== null) return rate.name;
  if (by === 'hour') return `${rate.key}:00`;
  if (by === 'day') return formatDay(rate.key);
  if (by === 'state') return rate.key === '' ? 'Place not known' : rate.key.replaceAll(',', ' or ');
  return rate.key;
}
