import { Button, Kbd, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { OptOutReview, ReviewDecision } from '../api/opt-out-reviews.ts';
import { useProductClock } from '../api/product-clock.ts';
import { formatPhone, plural } from '../patterns/format.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { decisionWords, piecesOf, timeLeft } from './review-words.ts';
import classes from './reviews.module.css';

/** What each key decides; the buttons say the same. */
export const CHOICES: readonly {
  readonly decision: ReviewDecision;
  readonly key: string;
  readonly label: string;
}[] = [
  { decision: 'opt_out', key: 'o', label: 'Opt out' },
  { decision: 'not_opt_out', key: 'n', label: 'Not an opt-out' },
  { decision: 'wrong_number', key: 'w', label: 'Wrong number' },
];

interface OpenReviewProps {
  readonly review: OptOutReview;
  readonly current: boolean;
  /** Absent for somebody who may only look. */
  readonly onDecide: ((decision: ReviewDecision) => void) | undefined;
  readonly onChoose: () => void;
}

/** One reply on which somebody has to decide; the current one shows the texts around it. */
export function OpenReview({ review, current, onDecide, onChoose }: OpenReviewProps) {
  const { nowMs } = useProductClock(10_000);
  const left = timeLeft(review.dueAt, nowMs);
  return (
    <li
      className={classes.row}
      data-review={review.id}
      aria-current={current || undefined}
      tabIndex={current ? 0 : -1}
      onFocus={onChoose}
    >
      <Who review={review}>
        <Text span size="sm" c="dimmed" className={classes.left} data-soon={left.soon || undefined}>
          {left.words}
        </Text>
      </Who>
      <Said review={review} />
      <Text size="sm" c="dimmed">
        {review.why}.{' '}
        {review.waiting === 0 ? '' : `${plural(review.waiting, 'campaign text waits', 'campaign texts wait')}.`}
      </Text>
      {current && review.recent.length > 0 ? <Recent review={review} /> : null}
      {onDecide === undefined ? null : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row.
        <div className={classes.acts} role="group" aria-label={`Decide on ${formatPhone(review.name)}`}>
          {CHOICES.map(({ decision, key, label }) => (
            <Button
              key={decision}
              size="xs"
              variant={decision === 'opt_out' ? 'light' : 'default'}
              {...(decision === 'opt_out' ? { color: 'red' } : {})}
              rightSection={current ? <Kbd size="xs">{key.toUpperCase()}</Kbd> : undefined}
              onClick={() => onDecide(decision)}
            >
              {label}
            </Button>
          ))}
        </div>
      )}
    </li>
  );
}

/** One that has been decided. */
export const DecidedReview = ({ review }: { readonly review: OptOutReview }) => (
  <li className={classes.row}>
    <Who review={review}>
      <Text span size="sm" c="dimmed">
        {review.decidedAt === null ? null : <TimeText at={review.decidedAt} look="when" />}
      </Text>
    </Who>
    <Said review={review} />
    <Text size="sm" c="dimmed">
      {decisionWords(review)}.
    </Text>
  </li>
);

function Who({ review, children }: { readonly review: OptOutReview; readonly children: React.ReactNode }) {
  const { name, conversationId, saidAt } = review;
  return (
    <div className={classes.head}>
      <span>
        {conversationId === null ? (
          <span className={classes.who}>{formatPhone(name)}</span>
        ) : (
          <Link className={classes.who} to="/inbox/$conversationId" params={{ conversationId }}>
            {formatPhone(name)}
          </Link>
        )}{' '}
        <Text span size="sm" c="dimmed">
          wrote <TimeText at={saidAt} look="when" />
        </Text>
      </span>
      {children}
    </div>
  );
}

const Said = ({ review }: { readonly review: OptOutReview }) => (
  <p className={classes.said} dir="auto">
    {piecesOf(review).map(({ text, marked }) => (marked ? <mark key={text}>{text}</mark> : text))}
  </p>
);

const Recent = ({ review: { recent } }: { readonly review: OptOutReview }) => (
  <ul className={classes.recent} aria-label="Newest texts">
    {recent.map(({ direction, text, at }) => (
      <li key={`${at} ${text}`} dir="auto">
        <span>
          {direction === 'inbound' ? 'They' : 'We'}, <TimeText at={at} look="when" />:
        </span>{' '}
        {text}
      </li>
    ))}
  </ul>
);
