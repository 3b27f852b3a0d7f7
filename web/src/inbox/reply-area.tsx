import { IconLock, IconOctagonMinusFilled, IconPlugOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode, RefObject } from 'react';
import type { Contact } from '../api/contacts.ts';
import type { Conversation, Message } from '../api/inbox.ts';
import { type Account, accountsQuery } from '../api/operations.ts';
import { useProductClock } from '../api/product-clock.ts';
import { formatPhone } from '../patterns/format.ts';
import { rightSentence } from '../patterns/no-right.tsx';
import { ICON_STROKE } from '../theme.ts';
import type { useOutbox } from './outbox.ts';
import classes from './reply.module.css';
import { ReplyBox } from './reply-box.tsx';
import { ReviewBar } from './review-bar.tsx';
import { silenceSentence } from './silence.ts';

interface ReplyAreaProps {
  readonly conversation: Conversation;
  readonly contact: Contact | undefined;
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly mayAnswer: boolean;
  readonly outbox: ReturnType<typeof useOutbox>;
  readonly onReviewed: () => void;
  readonly boxRef: RefObject<HTMLTextAreaElement | null>;
}

/** The box to answer in, or the reason why there is none. */
export function ReplyArea(props: ReplyAreaProps) {
  const { conversation, contact, messages, mayAnswer, outbox, onReviewed, boxRef } = props;
  const clock = useProductClock(60_000);
  const accounts = useQuery(accountsQuery);
  const account = accounts.data?.data.find(({ lanes }) => lanes.some((lane) => lane.id === conversation.laneId));
  const lane = account?.lanes.find(({ id }) => id === conversation.laneId);
  const who = formatPhone(conversation.name);

  if (conversation.optedOut)
    return (
      <NoBox icon={<IconOctagonMinusFilled size={16} aria-hidden />}>
        {silenceSentence({ who, suppressed: contact?.suppressed, zone: clock.zone, nowMs: clock.nowMs })}
      </NoBox>
    );
  if (!mayAnswer)
    return (
      <NoBox icon={<IconLock size={16} stroke={ICON_STROKE} aria-hidden />}>
        {rightSentence('agent', 'answer people')}
      </NoBox>
    );
  if (lane?.state === 'off')
    return (
      <NoBox icon={<IconPlugOff size={16} stroke={ICON_STROKE} aria-hidden />}>
        A reply must come from the number that the person wrote to, and {lane.name} is switched off
        {lane.stateReason === null ? '' : `: ${lane.stateReason}`}. Switch it on under Settings, Numbers.
      </NoBox>
    );
  return (
    <div className={classes.area}>
      {conversation.needsReview ? (
        <ReviewBar conversation={conversation} messages={messages} onReviewed={onReviewed} />
      ) : null}
      <ReplyBox
        conversation={conversation}
        contact={contact}
        waitsFor={waitingSentence(account)}
        outbox={outbox}
        boxRef={boxRef}
      />
    </div>
  );
}

/** Replies pass a paused number and a general stop, but not a paused account. */
const waitingSentence = (account: Account | undefined): string | undefined =>
  account?.state === 'paused'
    ? `The account ${account.name} is paused${account.stateReason === null ? '' : `: ${account.stateReason}`}. A reply waits until it is resumed.`
    : undefined;

function NoBox({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <div className={classes.noBox}>
      {icon}
      <span>{children}</span>
    </div>
  );
}
