import { describe, expect, it } from 'vitest';
import { timeParts } from './forecast-waits.tsx';
import { turnParts } from './linked-waits.tsx';

const moment = { zone: 'America/New_York', nowMs: Date.parse('2026-11-17T11:00:00Z') };
const wait = (people: number, until: string | null) => ({
  reason: 'quiet_hours' as const,
  sentence: 'Quiet hours where they are',
  until,
  people,
});
const opening = (hour: number, people: number) => wait(people, `2026-11-17T${hour}:00:30Z`);

describe('times at which it goes on', () => {
  it.each([
    ['one is told without its people, who stand in front', [opening(14, 44)], 'From today 09:00 EST'],
    ['several with theirs', [opening(14, 44), opening(16, 7)], '44 from today 09:00 EST · 7 from today 11:00 EST'],
    [
      'many are cut short',
      [14, 15, 16, 17, 19, 20].map((hour) => opening(hour, 1_000)),
      '1,000 from today 09:00 EST · 1,000 from today 10:00 EST · 1,000 from today 11:00 EST · 1,000 from today 12:00 EST · 2,000 later',
    ],
  ])('%s', (_, waits, words) =>
    expect(
      timeParts(waits, moment)
        .map((part) => part.words)
        .join(' · '),
    ).toBe(words),
  );
});

describe('people whom nothing but rates and limits holds back', () => {
  it('are one line that tells who comes today', () =>
    expect(
      turnParts(
        [
          { reason: 'turn', sentence: 'Next in turn today', until: null, people: 125 },
          { reason: 'cap', sentence: 'The texts a day are used up', until: '2026-11-18T13:00:30Z', people: 5_000 },
        ],
        moment,
      ).map((part) => part.words),
    ).toEqual(['125: next in turn today', '5,000: the texts a day are used up, from tomorrow 08:00 EST']));
});
