import { Kbd } from '@mantine/core';
import { IconMessages } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
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
/** Somebody who has read on this far does not wait for all of it to be read again at every text that comes in. */
const LIVE_PAGES_MAX = 6;

/** List, thread, person: three panes on a wide window, two steps on a phone. */
export function InboxPage() {
  const { view = 'waiting', search = '' } = route.useSearch();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const openId = useParams({ strict: false, select: (params) => params.conversationId });
  const [scrolled, setScrolled] = useState(false);
  const searchBox = useRef<HTMLInputElement>(null);

  const query = useInfiniteQuery(conversationsQuery({ view, search }));
  const counts = useQuery(inboxCountsQuery);
  const deep = (query.data?.pages.length ?? 0) > LIVE_PAGES_MAX;
  useLive('inbox', [inboxKeys.counts, ['inbox', 'one'], ['inbox', 'messages']]);
  const list = useLive('inbox', [['inbox', 'list']], { hold: deep });
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
  useFocusAfterClose(openId);
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
            fresh={list.held > 0 ? 'some' : fresh}
            onFresh={() => {
              if (list.held === 0) return;
              void queryClient.resetQueries({ queryKey: inboxKeys.list({ view, search }) });
              list.release();
            }}
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

/** A thread that closes gives the focus back to its row, or to the list's current one when the row is gone. */
function useFocusAfterClose(openId: string | undefined): void {
  const before = useRef(openId);
  useEffect(() => {
    const closed = before.current;
    before.current = openId;
    if (closed === undefined || openId !== undefined || document.activeElement !== document.body) return;
    const row = document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(closed)}"]`);
    const current = document.querySelector<HTMLElement>('[data-conversation][tabindex="0"]');
    (row ?? current)?.focus({ preventScroll: true });
  }, [openId]);
}

/** The view of all who wait begins with who has waited longest. */
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
