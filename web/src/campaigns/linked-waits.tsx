import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount, formatWhen, type Moment } from '../patterns/format.ts';
import classes from './forecast-days.module.css';
import { peopleIn, type TimePart, timeParts, type Wait, type WaitLine } from './forecast-waits.tsx';
import { WAITS_IN_TURN, waitsOf } from './wait-reasons.ts';

/** Of a campaign that was launched: each count leads to its people. */
export const linkedLines = (waits: readonly Wait[], moment: Moment): readonly WaitLine[] =>
  [...Map.groupBy(waits, ({ reason }) => waitsOf(reason))].map(([reason, same]) => {
    // People whom nothing but rates and limits holds back are one line, however many of these there are.
    const several = new Set(same.map((wait) => wait.reason)).size > 1;
    const parts = several ? turnParts(same, moment) : timeParts(same, moment);
    return {
      reason,
      people: peopleIn(same),
      what: <ToPeople search={{ waits: reason }}>{several ? WAITS_IN_TURN : same[0]?.sentence}</ToPeople>,
      times: parts.map(({ words, until }) => [
        words,
        until !== null && parts.length > 1 ? (
          <ToPeople key={words} search={{ waits: reason, until }}>
            {words}
          </ToPeople>
        ) : (
          words
        ),
      ]),
    };
  });

interface ToPeopleProps {
  readonly search: { readonly waits: Wait['reason']; readonly until?: string };
  readonly children: ReactNode;
}

const ToPeople = ({ search, children }: ToPeopleProps) => (
  <Link from="/campaigns/$campaignId" to="people" search={search} className={classes.people}>
    {children}
  </Link>
);

/** "125 next in turn today" and "5,000 the texts a day are used up before, from Wed 08:00": who of them is first is not decided yet. */
export const turnParts = (waits: readonly Wait[], moment: Moment): readonly TimePart[] =>
  waits.map(({ people, sentence, until }) => ({
    words: `${formatCount(people)}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}${until === null ? '' : `, from ${formatWhen(until, moment)}`}`,
    until: null,
  }));
