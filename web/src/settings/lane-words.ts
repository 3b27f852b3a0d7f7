import type { Lane } from '../api/operations.ts';
import { formatCount, plural } from '../patterns/format.ts';

/** As the server counts who still waits. */
const COUNTED_MAX = 1_000;

/** "At most 0.5 texts a second, 120 of 900 parts today"; empty without such limits. */
export function limitWords(
  lane: Pick<Lane, 'messagesPerSecond' | 'partsPerSecond' | 'partsPerDay' | 'partsUsedToday'>,
): string {
  const { messagesPerSecond, partsPerSecond, partsPerDay, partsUsedToday } = lane;
  const rates = [
    ...(messagesPerSecond === null ? [] : [`${messagesPerSecond} texts`]),
    ...(partsPerSecond === null ? [] : [`${partsPerSecond} parts`]),
  ];
  const words = [
    ...(rates.length === 0 ? [] : [`At most ${rates.join(' and ')} a second`]),
    ...(partsPerDay === null ? [] : [`${formatCount(partsUsedToday)} of ${formatCount(partsPerDay)} parts today`]),
  ];
  return words.join(', ');
}

/** What a number that drains still has to do. */
export function drainingWords(waitingPeople: number): string {
  if (waitingPeople === 0) return 'Nobody who knows it waits any more: it can be switched off.';
  const people =
    waitingPeople >= COUNTED_MAX
      ? `${formatCount(COUNTED_MAX)} or more people`
      : plural(waitingPeople, 'person', 'people');
  return `${people} who know${waitingPeople === 1 ? 's' : ''} it still wait${waitingPeople === 1 ? 's' : ''} in campaigns.`;
}
