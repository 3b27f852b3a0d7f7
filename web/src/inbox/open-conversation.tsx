import { useDocumentVisibility, useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { contactKeys, contactQuery } from '../api/contacts.ts';
import { type Conversation, messagesQuery } from '../api/inbox.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ContactFacts } from './contact-facts.tsx';
import classes from './conversation-pane.module.css';
import { useInboxNavigation } from './inbox-context.ts';
import { OptOutOf } from './opt-out-of.tsx';
import { useOutbox } from './outbox.ts';
import { ReplyArea } from './reply-area.tsx';
import { Thread } from './thread.tsx';
import { ThreadHead } from './thread-head.tsx';
import { useConversationActions } from './use-conversation-actions.ts';

const PersonDrawer = lazy(() => import('./person-drawer.tsx').then((file) => ({ default: file.PersonDrawer })));

interface OpenConversationProps {
  readonly conversation: Conversation;
  /** There is room for the person beside the thread. */
  readonly wide: boolean;
}

/** One thread with its person. Mounted anew for every conversation. */
export function OpenConversation({ conversation, wide }: OpenConversationProps) {
  const { data: me } = useSuspenseQuery(meQuery);
  const mayAnswer = mayAct(me.user.role, 'agent');
  const navigation = useInboxNavigation();
  const actions = useConversationActions();
  const outbox = useOutbox(conversation.id);
  const replyBox = useRef<HTMLTextAreaElement>(null);
  const sideBySide = useMediaQuery(SIDE_BY_SIDE_QUERY, undefined, { getInitialValueInEffect: false });
  const facts = useLazyDialog();
  const optOut = useLazyDialog();

  const { contactId } = conversation;
  const contact = useQuery({ ...contactQuery(contactId ?? ''), enabled: contactId !== null });
  const texts = useInfiniteQuery(messagesQuery(conversation.id));
  const items = useMemo(() => rowsOf(texts.data).toReversed(), [texts.data]);
  const messages = useMemo(() => items.filter((item) => item.kind === 'text'), [items]);
  const lastSaid = messages.findLast(({ direction }) => direction === 'inbound')?.text;
  useLive('contacts', [contactKeys.one(contactId ?? ''), contactKeys.timeline(contactId ?? '')]);
  useMarkRead({ conversation, enabled: mayAnswer && texts.data !== undefined, markRead: actions.markRead });

  const toggleDone = (): void => {
    const done = conversation.state !== 'done';
    actions.setState(conversation, done ? 'done' : 'open');
    if (!done) return;
    if (!sideBySide || !navigation.step(1)) navigation.close();
  };
  useShortcuts('Conversation', [
    ...(mayAnswer
      ? [
          { keys: 'r', label: 'Reply', run: () => replyBox.current?.focus() },
          { keys: 'e', label: conversation.state === 'done' ? 'Open again' : 'Done', run: toggleDone },
        ]
      : []),
    { keys: 'Escape', label: 'Close the conversation', run: navigation.close },
  ]);

  const person = <ContactFacts conversation={conversation} contact={contact} mayAdd={mayAnswer} />;
  return (
    <>
      <div className={classes.thread}>
        <ThreadHead
          conversation={conversation}
          contact={contact.data}
          alone={!sideBySide}
          onDone={mayAnswer ? toggleDone : undefined}
          busy={actions.busy}
          // Whose text waits to be decided on has the question, with this answer, below.
          onOptOut={mayAnswer && !conversation.optedOut && !conversation.needsReview ? optOut.open : undefined}
          onFacts={wide ? undefined : facts.open}
        />
        {texts.data === undefined ? (
          <div className={classes.loading}>
            {texts.error === null ? (
              <LoadingSkeleton shape="lines" count={6} />
            ) : (
              <ErrorState
                error={texts.error}
                what="The texts could not be loaded"
                onRetry={() => void texts.refetch()}
              />
            )}
          </div>
        ) : (
          <Thread conversation={conversation} items={items} texts={texts} outbox={outbox} />
        )}
        <ReplyArea
          conversation={conversation}
          contact={contact.data}
          messages={messages}
          mayAnswer={mayAnswer}
          outbox={outbox}
          onReviewed={() => actions.markReviewed(conversation)}
          boxRef={replyBox}
        />
        <OptOutOf conversation={conversation} wrote={lastSaid} dialog={optOut} />
      </div>
      {wide ? (
        <aside className={classes.facts} aria-label="Person">
          {person}
        </aside>
      ) : (
        <Suspense fallback={null}>
          {facts.wanted ? (
            <PersonDrawer opened={facts.opened} onClose={facts.close}>
              {person}
            </PersonDrawer>
          ) : null}
        </Suspense>
      )}
    </>
  );
}

/** From here on list and thread stand side by side, so the next conversation can follow at once. */
export const SIDE_BY_SIDE_QUERY = '(min-width: 60.01em)';
/** Stepping through the list with j and k is not reading. */
const READ_AFTER_MS = 700;

/** What is on screen for a moment counts as read; so does what arrives while it is. */
function useMarkRead(given: {
  readonly conversation: Conversation;
  readonly enabled: boolean;
  readonly markRead: (conversation: Conversation) => void;
}): void {
  const { conversation, enabled } = given;
  const latest = useRef(given);
  latest.current = given;
  const visible = useDocumentVisibility() === 'visible';
  const unread = enabled && visible && conversation.unread > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further text of the same thread is read again.
  useEffect(() => {
    if (!unread) return undefined;
    const timer = setTimeout(() => latest.current.markRead(latest.current.conversation), READ_AFTER_MS);
    return () => clearTimeout(timer);
  }, [unread, conversation.unread]);
}
