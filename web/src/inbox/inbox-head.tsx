import { Link, useNavigate } from '@tanstack/react-router';
import type { Ref } from 'react';
import type { ConversationView, inboxCountsQuery } from '../api/inbox.ts';
import { useProductClock } from '../api/product-clock.ts';
import { formatCount, formatDuration, plural } from '../patterns/format.ts';
import { PageHeader } from '../patterns/page.tsx';
import { SearchBox } from '../patterns/search-box.tsx';
import classes from './inbox.module.css';
import { VIEW_WORDS, VIEWS } from './inbox-views.ts';

type Counts = Awaited<ReturnType<NonNullable<(typeof inboxCountsQuery)['queryFn']>>>;

interface InboxHeadProps {
  readonly view: ConversationView;
  readonly search: string;
  readonly counts: Counts | undefined;
  /** Since when the person at the top has waited, where that is known. */
  readonly longest: string | undefined;
  readonly searchBox: Ref<HTMLInputElement>;
}

/** How many wait and for how long, the views, and the search. */
export function InboxHead({ view, search, counts, longest, searchBox }: InboxHeadProps) {
  const navigate = useNavigate();
  return (
    <div className={classes.head}>
      <PageHeader title="Inbox" summary={<Waiting counts={counts} longest={longest} />} />
      <SearchBox
        label="Search names and numbers"
        width="100%"
        inputRef={searchBox}
        value={search}
        onChange={(text) => void navigate({ to: '.', search: (prev) => ({ ...prev, search: text }), replace: true })}
      />
      <nav className={classes.views} aria-label="Views">
        {VIEWS.filter((name) => isOffered(name, view, counts)).map((name) => (
          <Link
            key={name}
            to="/inbox"
            search={(prev) => ({ ...prev, view: name })}
            className={classes.view}
            data-active={name === view || undefined}
            aria-current={name === view ? 'page' : undefined}
          >
            {VIEW_WORDS[name].label}
            <ViewCount count={countOf(name, counts)} />
          </Link>
        ))}
      </nav>
    </div>
  );
}

function Waiting({ counts, longest }: Pick<InboxHeadProps, 'counts' | 'longest'>) {
  const clock = useProductClock(10_000);
  if (counts === undefined) return '\u00a0';
  if (counts.waiting === 0) return 'Nobody waits for an answer.';
  const since = longest === undefined ? '' : `, the longest ${formatDuration(clock.nowMs - Date.parse(longest))}`;
  return `${plural(counts.waiting, 'person waits', 'people wait')}${since}.`;
}

/** Nobody needs a place for missed calls, or answers that are held up, before there is one. */
const isOffered = (name: ConversationView, view: ConversationView, counts: Counts | undefined): boolean =>
  (name !== 'missed' && name !== 'held') || name === view || countOf(name, counts) > 0;

const countOf = (view: ConversationView, counts: Counts | undefined): number =>
  view === 'waiting' || view === 'missed' || view === 'held' || view === 'review' ? (counts?.[view] ?? 0) : 0;

function ViewCount({ count }: { readonly count: number }) {
  return count === 0 ? null : <span className={classes.viewCount}>{formatCount(count)}</span>;
}
