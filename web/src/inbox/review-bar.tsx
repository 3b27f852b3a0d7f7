import { Button, Text } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import type { Conversation, Message } from '../api/inbox.ts';
import { formatPhone } from '../patterns/format.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import { OptOutOf } from './opt-out-of.tsx';
import classes from './reply.module.css';

interface ReviewBarProps {
  readonly conversation: Conversation;
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly onReviewed: () => void;
}

/** A text may be an opt-out: asks a person, who decides with the text before their eyes. */
export function ReviewBar({ conversation, messages, onReviewed }: ReviewBarProps) {
  const dialog = useLazyDialog();
  const who = formatPhone(conversation.name);
  const doubtful =
    messages.findLast((message) => message.understoodAs === 'review')?.text ?? conversation.lastMessagePreview;
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
      <OptOutOf conversation={conversation} wrote={doubtful} dialog={dialog} />
    </section>
  );
}
