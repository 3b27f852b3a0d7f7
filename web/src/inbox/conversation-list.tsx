import { Button, Loader } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowUp, IconSearch } from '@tabler/icons-react';
import type { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { Conversation, ConversationView } from '../api/inbox.ts';
import { useDensity } from '../patterns/density.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatCount } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { rowAfterKey } from '../patterns/row-keys.ts';
import { type Density, ICON_STROKE, PHONE_QUERY } from '../theme.ts';
import classes from './conversation-list.module.css';
import { ConversationRow } from './conversation-row.tsx';
import { VIEW_WORDS } from './inbox-views.ts';

interface ConversationListProps {
  readonly query: Pick<
    ReturnType<typeof useInfiniteQuery>,
    'data' | 'error' | 'refetch' | 'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'fetchNextPage'
  >;
  readonly rows: readonly Conversation[];
  /** How many came above while the list was scrolled down; `some` when they were not counted. */
  readonly fresh: number | 'some';
  /** They are wanted now; the list goes to its top by itself. */
  readonly onFresh: () => void;
  readonly openId: string | undefined;
  readonly view: ConversationView;
  readonly search: string;
  readonly onScrolled: (scrolled: boolean) => void;
}

export function ConversationList(props: ConversationListProps) {
  const { query, rows, view, search } = props;
  const retry = (): void => void query.refetch();
  if (query.data === undefined)
    return query.error === null ? (
      <LoadingSkeleton shape="pairs" />
    ) : (
      <ErrorState error={query.error} what="The conversations could not be loaded" onRetry={retry} />
    );
  return (
    <>
      {query.error === null || query.isFetchNextPageError ? null : (
        <ErrorState compact error={query.error} what="Not up to date" onRetry={retry} />
      )}
      {rows.length === 0 ? <NoConversations view={view} search={search} /> : <Rows {...props} />}
    </>
  );
}

function NoConversations({ view, search }: Pick<ConversationListProps, 'view' | 'search'>) {
  if (search !== '')
    return (
      <EmptyState
        icon={IconSearch}
        title={`Nobody matches “${search}”${view === 'all' ? '' : ' here'}`}
        actions={
          view === 'all' ? null : (
            <Button
              variant="default"
              renderRoot={(props) => <Link to="/inbox" search={{ view: 'all', search }} {...props} />}
            >
              Search all conversations
            </Button>
          )
        }
      >
        Names, companies and any part of a number are searched.
      </EmptyState>
    );
  const { icon, empty } = VIEW_WORDS[view];
  return (
    <EmptyState
      icon={icon}
      title={empty.title}
      actions={
        view === 'all' ? null : (
          <Button variant="default" renderRoot={(props) => <Link to="/inbox" search={{ view: 'all' }} {...props} />}>
            All conversations
          </Button>
        )
      }
    >
      {empty.sentence}
    </EmptyState>
  );
}

const ROW_PX: Readonly<Record<Density, number>> = { comfortable: 62, compact: 52 };
/** A finger wants its own size, whatever the density. */
const PHONE_ROW_PX = 66;
const OVERSCAN_ROWS = 8;
/** The next page is asked for this many rows before the end. */
const AHEAD_ROWS = 15;
/** Scrolled further than this, the list stands still and counts what comes in above. */
const STILL_FROM_PX = 24;

function Rows({ query, rows, fresh, onFresh, openId, onScrolled }: ConversationListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });
  const density = useDensity();
  const rowHeight = phone ? PHONE_ROW_PX : ROW_PX[density];
  // Constant while the rows are, or all of them would be measured again at every step of the scrolling.
  const idAt = useCallback((index: number) => rows[index]?.id ?? index, [rows]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
    getItemKey: idAt,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured sizes are those of the row height they were measured with.
  useEffect(() => virtualizer.measure(), [rowHeight]);
  const openIndex = rows.findIndex((row) => row.id === openId);
  const focus = useLinkFocus({ scroller, rows, rowHeight, openIndex, scrollTo: virtualizer.scrollToIndex });

  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const items = virtualizer.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (!hasNextPage || isFetchingNextPage || isFetchNextPageError) return;
    if (lastIndex >= rows.length - AHEAD_ROWS) void fetchNextPage();
  }, [lastIndex, rows.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  useEffect(() => {
    onScrolled(false);
    return () => onScrolled(false);
  }, [onScrolled]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only opening another one brings it into sight, not a list that changed.
  useEffect(() => {
    if (openIndex >= 0) virtualizer.scrollToIndex(openIndex, { align: 'auto' });
  }, [openId]);

  return (
    <div className={classes.frame}>
      {fresh === 0 ? null : (
        <Button
          size="xs"
          className={classes.fresh}
          leftSection={<IconArrowUp size={14} stroke={ICON_STROKE} aria-hidden />}
          onClick={() => {
            virtualizer.scrollToIndex(0);
            onFresh();
          }}
        >
          {fresh === 'some' ? 'New texts' : `${formatCount(fresh)} new`}
        </Button>
      )}
      <div
        ref={scroller}
        className={classes.scroller}
        onScroll={(event) => onScrolled(event.currentTarget.scrollTop > STILL_FROM_PX)}
      >
        <ul
          className={classes.rows}
          style={{ height: virtualizer.getTotalSize() }}
          aria-label="Conversations"
          onKeyDown={focus.onKeyDown}
        >
          {items.map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              <li
                key={row.id}
                className={classes.row}
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
                aria-setsize={hasNextPage ? -1 : rows.length}
                aria-posinset={item.index + 1}
              >
                <ConversationRow
                  conversation={row}
                  active={row.id === openId}
                  tabStop={item.index === focus.index}
                  onFocus={() => focus.set(row.id)}
                />
              </li>
            );
          })}
        </ul>
        <MoreRows query={query} />
      </div>
    </div>
  );
}

function MoreRows({ query }: Pick<ConversationListProps, 'query'>) {
  if (query.isFetchNextPageError)
    return (
      <div className={classes.more} role="alert">
        The next ones could not be loaded.
        <Button size="xs" variant="default" onClick={() => void query.fetchNextPage()}>
          Try again
        </Button>
      </div>
    );
  return query.isFetchingNextPage ? (
    <div className={classes.more}>
      <Loader size="xs" color="gray" /> Loading more
    </div>
  ) : null;
}

/** The list is one stop of the Tab key; arrows move inside. The stop follows its row, not its place. */
function useLinkFocus(options: {
  readonly scroller: { readonly current: HTMLElement | null };
  readonly rows: readonly Conversation[];
  readonly rowHeight: number;
  readonly openIndex: number;
  readonly scrollTo: (index: number) => void;
}) {
  const { scroller, rows, rowHeight, openIndex, scrollTo } = options;
  const [focusedId, setFocusedId] = useState<string>();
  const wanted = useRef<string | undefined>(undefined);
  const focused = rows.findIndex((row) => row.id === focusedId);
  const index = focused >= 0 ? focused : Math.max(0, openIndex);
  useEffect(() => {
    if (wanted.current === undefined) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(wanted.current)}"]`);
    if (link === null || link === undefined) return;
    wanted.current = undefined;
    link.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    // j and k open; they belong to the whole page.
    if (event.key.length === 1) return;
    const height = scroller.current?.clientHeight ?? 0;
    const pageRows = Math.max(1, Math.floor(height / rowHeight) - 1);
    const target = rowAfterKey(event.key, { index, count: rows.length, pageRows });
    const id = target === undefined ? undefined : rows[target]?.id;
    if (target === undefined || id === undefined) return;
    event.preventDefault();
    wanted.current = id;
    setFocusedId(id);
    scrollTo(target);
  };
  return { index, set: setFocusedId, onKeyDown };
}
