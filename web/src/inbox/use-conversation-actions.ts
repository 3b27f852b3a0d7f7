import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import type { Page } from '../../../src/http/contract/shared.ts';
import { type Conversation, inboxKeys, updateConversation } from '../api/inbox.ts';
import { operationKeys } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { toastDone, toastProblem } from '../patterns/toast.tsx';

type Change = Parameters<typeof updateConversation>[1];
interface Input {
  readonly conversation: Conversation;
  readonly change: Change;
}

/** What can be done with a conversation besides answering. */
export function useConversationActions() {
  const queryClient = useQueryClient();
  const run = ({ conversation, change }: Input) => updateConversation(conversation.id, change);
  // The lists are told by the live line; reading every page of them again here would be much for a click.
  const touches = [operationKeys.status, inboxKeys.counts];
  const change = useAction({
    run,
    touches,
    onDone: (after, { conversation, change: made }) => {
      showConversation(queryClient, after);
      const undone = undoOf(made);
      toastDone(
        doneWords(conversation, made),
        undone === undefined ? undefined : () => change.mutate({ conversation: after, change: undone }),
      );
    },
    onProblem: (error, { conversation }) =>
      toastProblem(`The conversation with ${conversation.name} was not changed`, error),
  });
  const read = useAction({
    run,
    touches,
    onDone: (after) => showConversation(queryClient, after),
  });
  return {
    setState: (conversation: Conversation, state: Conversation['state']) =>
      change.mutate({ conversation, change: { state } }),
    markReviewed: (conversation: Conversation) => change.mutate({ conversation, change: { reviewed: true } }),
    /** Fails quietly: the dot stays, and the next visit tries again. */
    markRead: (conversation: Conversation) => read.mutate({ conversation, change: { read: true } }),
    busy: change.isPending,
  };
}

function doneWords({ name }: Conversation, change: Change): string {
  if (change.reviewed === true) return `Not an opt-out: ${name} can be texted again`;
  return change.state === 'done' ? `Done with ${name}` : `The conversation with ${name} is open again`;
}

/** A decided review is kept in the audit log and not taken back. */
function undoOf(change: Change): Change | undefined {
  if (change.state === undefined) return undefined;
  return { state: change.state === 'done' ? 'open' : 'done' };
}

/** Puts a conversation that the server just answered with everywhere it is shown. */
function showConversation(queryClient: QueryClient, conversation: Conversation): void {
  queryClient.setQueryData(inboxKeys.one(conversation.id), conversation);
  queryClient.setQueriesData<InfiniteData<Page<Conversation>, string | null>>(
    { queryKey: ['inbox', 'list'] },
    (data) =>
      data === undefined
        ? data
        : {
            ...data,
            pages: data.pages.map((page) => ({
              ...page,
              data: page.data.map((row) => (row.id === conversation.id ? conversation : row)),
            })),
          },
  );
}
