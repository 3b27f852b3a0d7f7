import { Button, Loader, VisuallyHidden } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import type { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Conversation, ThreadItem } from '../api/inbox.ts';
import { useProductClock } from '../api/product-clock.ts';
import { formatCount, formatPhone } from '../patterns/format.ts';
import { ICON_STROKE } from '../theme.ts';
import { Bubble, OutboxBubble } from './bubble.tsx';
import { CallEntry } from './call-entry.tsx';
import type { useOutbox } from './outbox.ts';
import classes from './thread.module.css';
import { firstUnread, type ThreadEntry, threadEntries } from './thread-entries.ts';
import { ThreadNoteLine } from './thread-note.tsx';
import { useThreadScroll } from './use-thread-scroll.ts';

interface ThreadProps {
  readonly conversation: Conversation;
  /** Oldest first. */
  readonly items: readonly ThreadItem[];
  readonly texts: Pick<
    ReturnType<typeof useInfiniteQuery>,
    'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'fetchNextPage'
  >;
  readonly outbox: ReturnType<typeof useOutbox>;
}

/** The texts and calls between a person and one of our numbers, newest at the bottom. What is being read does not move when one comes in. */
export function Thread({ conversation, items, texts, outbox }: ThreadProps) {
  const clock = useProductClock(60_000);
  // Of the moment in which the thread was opened; reading it makes them read.
  const [unread] = useState(conversation.unread);
  const [firstUnreadId] = useState(() => firstUnread(items, unread));
  const [lastAtStart] = useState(items.at(-1)?.id);
  const earlier = (): void => {
    if (texts.hasNextPage && !texts.isFetchingNextPage && !texts.isFetchNextPageError) void texts.fetchNextPage();
  };
  const ids = [...items.map((item) => item.id), ...(outbox.reply === undefined ? [] : [outbox.reply.key])];
  const scroll = useThreadScroll({ ids, ownKey: outbox.reply?.key, onNearTop: earlier });
  const entries = threadEntries(items, { zone: clock.zone, nowMs: clock.nowMs, firstUnreadId });
  const newest = items.at(-1);
  const who = formatPhone(conversation.name);
  return (
    <div className={classes.frame}>
      <section
        className={classes.scroller}
        ref={scroll.scroller}
        onScroll={scroll.onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        aria-label={`Texts with ${who}`}
      >
        <div className={classes.texts} ref={scroll.content}>
          <Earlier texts={texts} />
          {entries.map((entry) => (
            <Entry key={entry.key} entry={entry} who={who} conversation={conversation} />
          ))}
          {outbox.reply === undefined ? null : <OutboxBubble reply={outbox.reply} onRetry={outbox.retry} />}
        </div>
      </section>
      {scroll.below === 0 ? null : (
        <Button
          size="xs"
          className={classes.below}
          leftSection={<IconArrowDown size={14} stroke={ICON_STROKE} aria-hidden />}
          onClick={scroll.toEnd}
        >
          {formatCount(scroll.below)} new
        </Button>
      )}
      <VisuallyHidden aria-live="polite">
        {newest?.direction === 'inbound' && newest.id !== lastAtStart ? `${who}: ${saidIn(newest)}` : ''}
      </VisuallyHidden>
    </div>
  );
}

const saidIn = (item: ThreadItem): string => (item.kind === 'call' ? item.title : item.text);

function Entry({
  entry,
  who,
  conversation,
}: {
  readonly entry: ThreadEntry;
  readonly who: string;
  readonly conversation: Conversation;
}) {
  switch (entry.kind) {
    case 'day':
      return <div className={classes.day}>{entry.label}</div>;
    case 'new':
      return (
        <div className={classes.unread}>
          <span>New</span>
        </div>
      );
    case 'note':
      return <ThreadNoteLine note={entry.note} reviewing={conversation.needsReview} />;
    case 'call':
      return <CallEntry call={entry.call} who={who} />;
    case 'message':
      return (
        <Bubble
          message={entry.message}
          who={who}
          phone={formatPhone(conversation.phone)}
          answersFirst={entry.answersFirst}
        />
      );
    default:
      return entry satisfies never;
  }
}

function Earlier({ texts }: Pick<ThreadProps, 'texts'>) {
  if (!texts.hasNextPage) return null;
  if (texts.isFetchingNextPage)
    return (
      <div className={classes.earlier}>
        <Loader size="xs" color="gray" /> Earlier texts
      </div>
    );
  return (
    <div className={classes.earlier} role={texts.isFetchNextPageError ? 'alert' : undefined}>
      {texts.isFetchNextPageError ? 'Earlier texts could not be loaded.' : null}
      <Button size="xs" variant="subtle" color="gray" onClick={() => void texts.fetchNextPage()}>
        {texts.isFetchNextPageError ? 'Try again' : 'Earlier texts'}
      </Button>
    </div>
  );
}
