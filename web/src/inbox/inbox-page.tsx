import { Kbd } from '@mantine/core';
import { IconMessages } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { type Conversation, conversationQuery, conversationsQuery, inboxCountsQuery, inboxKeys } from '../api/inbox.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { ConversationList } from './conversation-list.tsx';
import classes from './inbox.module.css';
import { type InboxNavigation, InboxNavigationContext } from './inbox-context.ts';
import { InboxHead } from './inbox-head.tsx';
import { neighbour, steadyRows } from './steady-rows.ts';

const route = getRouteApi('/shell/inbox');

/** List, thread, person: three panes on a wide window, two steps on a phone. */
export function InboxPage() {
  const { view = 'waiting', search = '' } = route.useSearch();
  const navigate = useNavigate();
  const openId = useParams({ strict: false, select: (params) => params.conversationId });
  const [scrolled, setScrolled] = useState(false);
  const searchBox = useRef<HTMLInputElement>(null);

  const query = useInfiniteQuery(conversationsQuery({ view, search }));
  const counts = useQuery(inboxCountsQuery);
  useLive('inbox', [inboxKeys.all]);
  const now = useMemo(() => rowsOf(query.data), [query.data]);
  const opened = useQuery({ ...conversationQuery(openId ?? ''), enabled: openId !== undefined });
  const { rows, fresh } = useSteadyRows(now, {
    list: `${view} ${search}`,
    hold: scrolled,
    openId,
    opened: opened.data,
  });

  const open = (conversationId: string): void =>
    void navigate({ to: '/inbox/$conversationId', params: { conversationId }, search: true });
  const close = (): void => void navigate({ to: '/inbox', search: true });
  const step = (by: 1 | -1): boolean => {
    const next = neighbour(rows, openId, by);
    if (next === undefined) return false;
    open(next);
    return true;
  };
  const latest = useRef<InboxNavigation>({ step, close });
  latest.current = { step, close };
  const navigation = useMemo<InboxNavigation>(
    () => ({ step: (by) => latest.current.step(by), close: () => latest.current.close() }),
    [],
  );
  useShortcuts('Inbox', [
    { keys: 'j', label: 'Next conversation', run: () => step(1) },
    { keys: 'k', label: 'Previous conversation', run: () => step(-1) },
    { keys: '/', label: 'Search conversations', run: () => searchBox.current?.focus() },
  ]);

  return (
    <InboxNavigationContext value={navigation}>
      <div className={classes.inbox} data-open={openId !== undefined || undefined}>
        <div className={classes.list}>
          <InboxHead
            view={view}
            search={search}
            counts={counts.data}
            longest={search === '' ? longestOf(view, now) : undefined}
            searchBox={searchBox}
          />
          <ConversationList
            key={`${view} ${search}`}
            query={query}
            rows={rows}
            fresh={fresh}
            openId={openId}
            view={view}
            search={search}
            onScrolled={setScrolled}
          />
        </div>
        <Outlet />
        {openId === undefined ? <NothingOpen some={rows.length > 0} /> : null}
      </div>
    </InboxNavigationContext>
  );
}

/** The view of the waiting begins with who has waited longest. */
const longestOf = (view: string, rows: readonly Conversation[]): string | undefined =>
  view === 'waiting' ? (rows[0]?.waitingSince ?? undefined) : undefined;

function useSteadyRows(
  now: readonly Conversation[],
  options: {
    readonly list: string;
    readonly hold: boolean;
    readonly openId: string | undefined;
    /** The open conversation as it is now, also when the list does not have it any more. */
    readonly opened: Conversation | undefined;
  },
) {
  const { list, hold, openId, opened } = options;
  const shown = useRef<{ readonly list: string; readonly rows: readonly Conversation[] }>({ list, rows: [] });
  const before = shown.current.list === list ? shown.current.rows : [];
  const steady = useMemo(() => {
    const renewed = before.map((row) => (row.id === opened?.id ? opened : row));
    return steadyRows({ before: renewed, now, hold, keepId: openId });
  }, [before, now, hold, openId, opened]);
  useEffect(() => {
    shown.current = { list, rows: steady.rows };
  });
  return steady;
}

/** Beside the list while no conversation is open; only wide windows have the room. */
function NothingOpen({ some }: { readonly some: boolean }) {
  return (
    <div className={classes.nothing}>
      {some ? (
        <EmptyState icon={IconMessages} title="Choose a conversation">
          <Kbd>J</Kbd> and <Kbd>K</Kbd> go through the list, <Kbd>?</Kbd> shows all keys.
        </EmptyState>
      ) : null}
    </div>
  );
}
