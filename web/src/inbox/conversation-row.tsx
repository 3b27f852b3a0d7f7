import { IconCornerUpLeft, IconPhone, IconPhoneOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Conversation } from '../api/inbox.ts';
import { formatPhone } from '../patterns/format.ts';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './conversation-list.module.css';

interface ConversationRowProps {
  readonly conversation: Conversation;
  readonly active: boolean;
  readonly tabStop: boolean;
  readonly onFocus: () => void;
}

/** Who, what was last, and how long they have waited. */
export function ConversationRow({ conversation, active, tabStop, onFocus }: ConversationRowProps) {
  const { id, name, unread, lastMessagePreview } = conversation;
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: id }}
      search={true}
      className={classes.link}
      data-conversation={id}
      data-active={active || undefined}
      data-unread={unread > 0 || undefined}
      aria-current={active ? 'true' : undefined}
      tabIndex={tabStop ? 0 : -1}
      onFocus={onFocus}
    >
      <span className={classes.name} dir="auto">
        {formatPhone(name)}
        {unread > 0 ? <span className={classes.spoken}>, unread</span> : null}
      </span>
      <Age conversation={conversation} />
      <span className={classes.second}>
        <span className={classes.preview} dir="auto">
          <Sign conversation={conversation} />
          {lastMessagePreview}
        </span>
        <Flag conversation={conversation} />
      </span>
    </Link>
  );
}

/** What the last entry is, where it is no text of theirs. */
function Sign({ conversation: { lastMessageKind, lastMessageDirection } }: Pick<ConversationRowProps, 'conversation'>) {
  const theirs = lastMessageDirection === 'inbound';
  if (lastMessageKind === 'call') {
    const CallIcon = theirs ? IconPhoneOff : IconPhone;
    return <CallIcon size={14} stroke={ICON_STROKE} aria-hidden data-missed={theirs || undefined} />;
  }
  return theirs ? null : (
    <>
      <IconCornerUpLeft size={14} stroke={ICON_STROKE} aria-hidden />
      <span className={classes.spoken}>You: </span>
    </>
  );
}

function Age({ conversation: { waitingSince, lastMessageAt } }: Pick<ConversationRowProps, 'conversation'>) {
  return waitingSince === null ? (
    <span className={classes.age}>
      <TimeText at={lastMessageAt} look="relative" />
    </span>
  ) : (
    <span className={classes.age} data-waiting>
      <span className={classes.spoken}>has waited </span>
      <TimeText at={waitingSince} look="age" />
    </span>
  );
}

/** The one thing that a person should know before opening it. */
function Flag({ conversation: { needsReview, optedOut, state } }: Pick<ConversationRowProps, 'conversation'>) {
  if (needsReview)
    return (
      <StateBadge state="held" look="plain">
        Review
      </StateBadge>
    );
  if (optedOut) return <StateBadge state="opted_out" look="plain" />;
  return state === 'done' ? (
    <StateBadge state="completed" look="plain">
      Done
    </StateBadge>
  ) : null;
}
