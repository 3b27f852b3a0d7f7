import { Button, Text } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { contactKeys, createContact, optOutContact } from '../api/contacts.ts';
import { type Conversation, inboxKeys, type Message } from '../api/inbox.ts';
import { operationKeys } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { formatPhone } from '../patterns/format.ts';
import { toastDone } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './reply.module.css';

const ConfirmDialog = lazy(() =>
  import('../patterns/confirm-dialog.tsx').then((file) => ({ default: file.ConfirmDialog })),
);

interface ReviewBarProps {
  readonly conversation: Conversation;
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly onReviewed: () => void;
}

const QUOTED_MAX = 300;

/** A text may be an opt-out: asks a person, who decides with the text before their eyes. */
export function ReviewBar({ conversation, messages, onReviewed }: ReviewBarProps) {
  const dialog = useLazyDialog();
  const who = formatPhone(conversation.name);
  const doubtful =
    messages.findLast((message) => message.understoodAs === 'review')?.text ?? conversation.lastMessagePreview;
  const optOut = useAction({
    run: (text: string, key) => optOutPerson(conversation, text, key),
    touches: [inboxKeys.all, contactKeys.all, operationKeys.status],
    onDone: () => {
      dialog.close();
      toastDone(`${who} is opted out`);
    },
  });
  return (
    <section className={classes.review} aria-label="Review">
      <IconHandStop size={20} stroke={ICON_STROKE} aria-hidden />
      <div className={classes.question}>
        <Text size="sm" fw={600} c="inherit">
          Did {who} ask not to be texted?
        </Text>
        <Text size="xs" c="inherit" lineClamp={2}>
          “{doubtful}” is not clear. No campaign texts {who} until you have decided.
        </Text>
      </div>
      <div className={classes.answers}>
        <Button variant="default" onClick={onReviewed}>
          No, keep texting
        </Button>
        <Button color="red" onClick={dialog.open}>
          Yes, opt out
        </Button>
      </div>
      <Suspense fallback={null}>
        {dialog.wanted ? (
          <ConfirmDialog
            opened={dialog.opened}
            onClose={dialog.close}
            title={`Opt ${who} out?`}
            confirmLabel={`Opt ${who} out`}
            tone="red"
            busy={optOut.isPending}
            error={optOut.error}
            onConfirm={() => optOut.mutate(doubtful)}
          >
            No text goes to {formatPhone(conversation.phone)} any more, neither from campaigns nor as a reply. You
            cannot take this back: only the person can, by texting START.
          </ConfirmDialog>
        ) : null}
      </Suspense>
    </section>
  );
}

/** A stranger becomes a contact first: an opt-out is recorded with the person who asked for it. */
async function optOutPerson(conversation: Conversation, text: string, key: string) {
  const contactId = conversation.contactId ?? (await createContact({ phone: conversation.phone }, `${key}-contact`)).id;
  return optOutContact(contactId, { note: `Wrote: “${text.slice(0, QUOTED_MAX)}”` }, key);
}
