import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { Page } from '../../../src/http/contract/shared.ts';
import { inboxKeys, type Message, sendReply, type ThreadItem } from '../api/inbox.ts';
import { isProblem } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { setDraft } from './drafts.ts';

/**
 * A reply between the click and the server's word. It is shown in the thread at once, but never as more than it is: `posting` until the
 * server has it, `unconfirmed` when no answer came. One at a time for each conversation, so that replies keep their order; and outside
 * of the components, so that leaving the thread neither loses it nor sends it twice.
 */
export interface OutboxReply {
  readonly conversationId: string;
  readonly text: string;
  /** Name of the intended effect: trying again with it sends the text once. */
  readonly key: string;
  readonly at: string;
  readonly state: 'posting' | 'unconfirmed';
}
interface Outbox {
  readonly reply: OutboxReply | undefined;
  /** Why the last one was not taken; its text is back in the box. */
  readonly refusal: unknown;
}

const EMPTY: Outbox = { reply: undefined, refusal: undefined };
const outboxes = new Map<string, Outbox>();
const listeners = new Set<() => void>();

function put(conversationId: string, outbox: Outbox): void {
  if (outbox === EMPTY) outboxes.delete(conversationId);
  else outboxes.set(conversationId, outbox);
  for (const listener of listeners) listener();
}

export function useOutbox(conversationId: string) {
  const queryClient = useQueryClient();
  const outbox = useSyncExternalStore(
    (call) => {
      listeners.add(call);
      return () => listeners.delete(call);
    },
    () => outboxes.get(conversationId) ?? EMPTY,
  );
  const action = useAction({
    run: (reply: OutboxReply) => sendReply(reply.conversationId, { text: reply.text }, reply.key),
    touches: [inboxKeys.counts, ['inbox', 'one'], ['inbox', 'messages']],
    onDone: (message, reply) => {
      addMessage(queryClient, reply.conversationId, message);
      put(reply.conversationId, EMPTY);
    },
    onProblem: (error, reply) => {
      if (isProblem(error) && error.outcomeUnknown) {
        put(reply.conversationId, { reply: { ...reply, state: 'unconfirmed' }, refusal: undefined });
        return;
      }
      setDraft(reply.conversationId, reply.text);
      put(reply.conversationId, { reply: undefined, refusal: error });
    },
  });
  const post = (reply: OutboxReply): void => {
    put(conversationId, { reply, refusal: undefined });
    action.mutate(reply);
  };
  return {
    reply: outbox.reply,
    refusal: outbox.refusal,
    send: (given: { readonly text: string; readonly at: string }) => {
      setDraft(conversationId, '');
      post({ ...given, conversationId, key: crypto.randomUUID(), state: 'posting' });
    },
    /** Again with the same name: if the first try arrived after all, nothing is sent a second time. */
    retry: () => {
      if (outbox.reply !== undefined) post({ ...outbox.reply, state: 'posting' });
    },
    forgetRefusal: () => {
      if (outbox.refusal !== undefined) put(conversationId, EMPTY);
    },
  };
}

/** The server's message takes the place of the outbox's bubble in the same moment. */
function addMessage(queryClient: QueryClient, conversationId: string, message: Message): void {
  queryClient.setQueryData<InfiniteData<Page<ThreadItem>, string | null>>(
    inboxKeys.messages(conversationId),
    (data) => {
      const [first, ...others] = data?.pages ?? [];
      if (data === undefined || first === undefined || first.data.some((known) => known.id === message.id)) return data;
      return { ...data, pages: [{ ...first, data: [message, ...first.data] }, ...others] };
    },
  );
}
