import { IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { inboxKeys } from '../api/inbox.ts';
import { useLive } from '../api/live.ts';
import { operationKeys } from '../api/operations.ts';
import {
  decideReview,
  type OptOutReview,
  type ReviewDecision,
  reviewKeys,
  reviewsQuery,
} from '../api/opt-out-reviews.ts';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ComplianceTabs } from '../compliance/compliance-tabs.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatPhone, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { CHOICES, DecidedReview, OpenReview } from './review-row.tsx';
import { DONE_WORDS } from './review-words.ts';
import classes from './reviews.module.css';

/** Replies that may be opt-outs: no campaign texts their numbers until somebody has decided. */
export function ReviewsPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const open = useInfiniteQuery(reviewsQuery('open'));
  useLive('opt-out-reviews', [reviewKeys.all]);
  const rows = rowsOf(open.data);
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader
        title="Unclear replies"
        summary={open.data === undefined ? '\u00a0' : answer(rows, open.hasNextPage)}
      />
      <Loaded
        query={open}
        what="The replies could not be loaded"
        skeleton={<LoadingSkeleton shape="pairs" count={3} />}
      >
        {() =>
          rows.length === 0 ? (
            <EmptyState icon={IconCircleCheck} title="Nothing to decide">
              A reply that may ask for no more texts, such as “no” or “who is this?”, appears here. Campaigns leave its
              number alone until somebody has decided.
            </EmptyState>
          ) : (
            <>
              <Queue reviews={rows} decides={mayAct(role, 'agent')} />
              <MoreButton list={open} />
            </>
          )
        }
      </Loaded>
      {open.data === undefined ? null : <Decided />}
    </Page>
  );
}

const answer = (rows: readonly OptOutReview[], more: boolean): string =>
  rows.length === 0
    ? 'No number is held.'
    : `${more ? `More than ${rows.length} numbers are` : plural(rows.length, 'number is', 'numbers are')} held until somebody decides. Without a decision in time, a reply counts as an opt-out.`;

/** What is decided leaves at once, and comes back when it could not be: whoever goes by keys does not wait for the server. */
function Queue({ reviews: all, decides }: { readonly reviews: readonly OptOutReview[]; readonly decides: boolean }) {
  const [chosen, choose] = useState(0);
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const reviews = all.filter(({ id }) => !gone.has(id));
  const index = Math.min(chosen, reviews.length - 1);
  const current = reviews[index];
  const list = useRef<HTMLUListElement>(null);
  const byKey = useRef(false);
  const decide = useAction({
    run: ({ review, decision }: { readonly review: OptOutReview; readonly decision: ReviewDecision }, key) =>
      decideReview(review.id, decision, key),
    touches: [reviewKeys.all, inboxKeys.all, operationKeys.status],
    onDone: (_, { review, decision }) => toastDone(`${formatPhone(review.name)} ${DONE_WORDS[decision]}`),
    onProblem: (error, { review }) => {
      setGone((before) => new Set([...before].filter((id) => id !== review.id)));
      toastProblem('Not decided', error);
    },
  });
  const settle = (review: OptOutReview, decision: ReviewDecision): void => {
    setGone((before) => new Set([...before, review.id]));
    decide.mutate({ review, decision });
  };
  const move = (step: number): void => {
    byKey.current = true;
    choose(Math.max(0, Math.min(reviews.length - 1, index + step)));
  };
  const decideCurrent = (decision: ReviewDecision): void => {
    if (current === undefined) return;
    byKey.current = true;
    settle(current, decision);
  };
  useShortcuts('Unclear replies', [
    { keys: 'j', label: 'Next reply', run: () => move(1) },
    { keys: 'k', label: 'Reply before', run: () => move(-1) },
    ...(decides
      ? CHOICES.map(({ decision, key, label }) => ({ keys: key, label, run: () => decideCurrent(decision) }))
      : []),
  ]);
  const currentId = current?.id;
  useEffect(() => {
    if (!byKey.current || currentId === undefined) return;
    list.current?.querySelector<HTMLElement>(`[data-review="${currentId}"]`)?.focus();
  }, [currentId]);
  return (
    <ul ref={list} className={classes.list} aria-label="Replies to decide on">
      {reviews.map((review, at) => (
        <OpenReview
          key={review.id}
          review={review}
          current={at === index}
          onChoose={() => choose(at)}
          onDecide={decides ? (decision) => settle(review, decision) : undefined}
        />
      ))}
    </ul>
  );
}

function Decided() {
  const decided = useInfiniteQuery(reviewsQuery('decided'));
  const rows = rowsOf(decided.data);
  if (decided.data !== undefined && rows.length === 0) return null;
  return (
    <Section title="Decided">
      <Loaded
        query={decided}
        what="Past decisions could not be loaded"
        skeleton={<LoadingSkeleton shape="pairs" count={2} />}
      >
        {() => (
          <>
            <ul className={classes.list} aria-label="Decided replies">
              {rows.map((review) => (
                <DecidedReview key={review.id} review={review} />
              ))}
            </ul>
            <MoreButton list={decided} />
          </>
        )}
      </Loaded>
    </Section>
  );
}
