import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { type Conversation, inboxKeys, optOutConversation } from '../api/inbox.ts';
import { formatPhone } from '../patterns/format.ts';
import type { useLazyDialog } from '../patterns/use-lazy-dialog.ts';

const OptOutDialog = lazy(() => import('../patterns/opt-out-dialog.tsx'));

interface OptOutOfProps {
  readonly conversation: Conversation;
  /** The text by which they asked, where there is one. */
  readonly wrote: string | undefined;
  readonly dialog: ReturnType<typeof useLazyDialog>;
}

/** Stops all texts to whoever writes in this thread. */
export function OptOutOf({ conversation, wrote, dialog }: OptOutOfProps) {
  const queryClient = useQueryClient();
  return (
    <Suspense fallback={null}>
      {dialog.wanted ? (
        <OptOutDialog
          name={formatPhone(conversation.name)}
          phone={conversation.phone}
          wrote={wrote}
          record={async (note, key) => {
            const changed = await optOutConversation(conversation.id, { note }, key);
            queryClient.setQueryData(inboxKeys.one(changed.id), changed);
          }}
          opened={dialog.opened}
          onClose={dialog.close}
        />
      ) : null}
    </Suspense>
  );
}
