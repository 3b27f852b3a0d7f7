import { Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { checksQuery, type HealthCheck } from '../api/health.ts';
import type { Account } from '../api/operations.ts';
import { rowsOf } from '../api/pages.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import classes from './check-history.module.css';
import { causeWords, outcomeOf, stepsWords } from './check-words.ts';

/** Every check of an account, the newest first, with how long each of its steps took. */
export function CheckHistory({ account }: { readonly account: Account }) {
  const query = useInfiniteQuery(checksQuery(account.id));
  return (
    <Loaded query={query} what="The checks could not be loaded" skeleton={<LoadingSkeleton shape="pairs" count={3} />}>
      {(data) => {
        const checks = rowsOf(data);
        if (checks.length === 0)
          return (
            <Text size="sm" c="dimmed">
              No check has been made yet.
            </Text>
          );
        return (
          <>
            <ul className={classes.checks} aria-label={`Checks of ${account.name}`}>
              {checks.map((check) => (
                <CheckRow key={check.id} check={check} />
              ))}
            </ul>
            <MoreButton list={query}>Show earlier checks</MoreButton>
          </>
        );
      }}
    </Loaded>
  );
}

function CheckRow({ check }: { readonly check: HealthCheck }) {
  const { word, tone } = outcomeOf(check);
  return (
    <li className={classes.check}>
      <span className={classes.outcome} style={toneStyle(tone)}>
        {word}
      </span>
      <span className={classes.said} data-tabular>
        {stepsWords(check)}
        {check.detail === null ? null : <span className={classes.detail}>{check.detail}</span>}
      </span>
      <span className={classes.cause}>{causeWords(check)}</span>
      <TimeText at={check.startedAt} look="when" />
    </li>
  );
}
