import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Home } from '../api/operations.ts';
import { formatCount, formatPhone } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';
import classes from './home-lists.module.css';

/** Who has waited longest for an answer. */
export function WaitingPeople({ home }: { readonly home: Pick<Home, 'waiting' | 'waitingCount'> }) {
  const { waiting, waitingCount } = home;
  return (
    <Section
      title="Waiting for an answer"
      actions={
        waitingCount > waiting.length ? (
          <Anchor size="sm" renderRoot={(props) => <Link to="/inbox" {...props} />}>
            All {formatCount(waitingCount)}
          </Anchor>
        ) : null
      }
    >
      {waiting.length === 0 ? (
        <Text c="dimmed" size="sm">
          Nobody waits. Replies appear here by themselves.
        </Text>
      ) : (
        <ul className={classes.list}>
          {waiting.map(({ id, name, lastMessagePreview, waitingSince, needsReview }) => (
            <li key={id}>
              <Link to="/inbox/$conversationId" params={{ conversationId: id }} className={classes.row}>
                <TwoLines
                  first={<bdi>{formatPhone(name)}</bdi>}
                  second={<bdi>{lastMessagePreview}</bdi>}
                  aside={
                    <span className={classes.age}>
                      {needsReview ? (
                        <StateBadge state="held" look="plain">
                          Review
                        </StateBadge>
                      ) : null}
                      {waitingSince === null ? null : <TimeText at={waitingSince} look="age" />}
                    </span>
                  }
                />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
