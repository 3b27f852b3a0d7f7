import { Button } from '@mantine/core';
import { IconRefresh, IconRobot, IconSend } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Message } from '../api/inbox.ts';
import { formatPhone } from '../patterns/format.ts';
import { StateBadge } from '../patterns/state-badge.tsx';
import { stateWord } from '../patterns/states.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { ICON_STROKE } from '../theme.ts';
import { HeldAnswer } from './held-answer.tsx';
import { LostAnswer } from './lost-answer.tsx';
import type { OutboxReply } from './outbox.ts';
import classes from './thread.module.css';

/** One text: ours at the right with its state, the person's at the left. */
export function Bubble(props: {
  readonly message: Message;
  readonly who: string;
  readonly phone: string;
  /** Names the campaign that it answers. */
  readonly answersFirst: boolean;
}) {
  const { message, who, phone, answersFirst } = props;
  const { direction, purpose, text, why, groupOthers } = message;
  const kind = direction === 'inbound' ? 'in' : (KINDS[purpose] ?? 'automatic');
  return (
    <article className={classes.message} data-kind={kind} aria-label={direction === 'inbound' ? who : 'Us'}>
      <p className={classes.bubble} dir="auto">
        {text}
      </p>
      <div className={classes.meta}>
        {direction === 'inbound' ? (
          <Received message={message} answersFirst={answersFirst} />
        ) : (
          <Sent message={message} />
        )}
      </div>
      {groupOthers.length === 0 ? null : (
        <p className={classes.why}>To a group: {groupOthers.map(formatPhone).join(', ')} got it too.</p>
      )}
      {why === null ? null : <p className={classes.why}>{why}.</p>}
      {message.state === 'unknown' ? <LostAnswer message={message} who={who} phone={phone} /> : null}
      {message.held === null ? null : <HeldAnswer message={message} held={message.held} />}
    </article>
  );
}

function Received({ message, answersFirst }: { readonly message: Message; readonly answersFirst: boolean }) {
  const { at, campaign } = message;
  return (
    <>
      <TimeText at={at} look="time" />
      {campaign === null || !answersFirst ? null : (
        <span>
          answers <CampaignLink campaign={campaign} />
        </span>
      )}
    </>
  );
}

/** A receipt that took longer than this says when it came; otherwise one time is enough. */
const RECEIPT_SOON_MS = 60_000;

function Sent({ message }: { readonly message: Message }) {
  const { state, at, sentAt, deliveredAt } = message;
  const late =
    sentAt !== null && deliveredAt !== null && Date.parse(deliveredAt) - Date.parse(sentAt) > RECEIPT_SOON_MS;
  return (
    <>
      <Origin message={message} />
      <TimeText at={sentAt ?? at} look="time" />
      <StateBadge state={state} look="plain">
        {stateWord(state).word}
        {late ? (
          <>
            &nbsp;
            <TimeText at={deliveredAt} look="time" />
          </>
        ) : null}
      </StateBadge>
    </>
  );
}

const AUTOMATIC: Readonly<Record<'opt_out_confirmation' | 'opt_in_confirmation' | 'opt_in_request' | 'help', string>> =
  {
    opt_out_confirmation: 'Automatic opt-out confirmation',
    opt_in_confirmation: 'Automatic opt-in confirmation',
    opt_in_request: 'Automatic question about an opt-in',
    help: 'Automatic answer to HELP',
  };

/** How it looks; whatever is not here was written by a machine. */
const KINDS: Partial<Record<Message['purpose'], string>> = { campaign: 'campaign', reply: 'reply', elsewhere: 'reply' };

/** Who or what wrote it. */
function Origin({ message: { purpose, campaign, createdBy } }: { readonly message: Message }): ReactNode {
  switch (purpose) {
    case 'campaign':
      return (
        <span className={classes.origin}>
          <IconSend size={14} stroke={ICON_STROKE} aria-hidden />
          {campaign === null ? 'Campaign' : <CampaignLink campaign={campaign} />}
        </span>
      );
    case 'reply':
      return <span>{createdBy ?? 'Us'}</span>;
    case 'elsewhere':
      return <span>Sent in the provider’s app</span>;
    case 'inbound':
      return null;
    case 'opt_out_confirmation':
    case 'opt_in_confirmation':
    case 'opt_in_request':
    case 'help':
      return (
        <span className={classes.origin}>
          <IconRobot size={14} stroke={ICON_STROKE} aria-hidden />
          {AUTOMATIC[purpose]}
        </span>
      );
    default:
      return purpose satisfies never;
  }
}

const CampaignLink = ({ campaign }: { readonly campaign: { readonly id: string; readonly name: string } }) => (
  <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }}>
    {campaign.name}
  </Link>
);

/** One's own reply before the server has confirmed it, shown as no more than that. */
export function OutboxBubble({ reply, onRetry }: { readonly reply: OutboxReply; readonly onRetry: () => void }) {
  const posting = reply.state === 'posting';
  return (
    <article className={classes.message} data-kind="reply" data-faint={posting || undefined} aria-label="Us">
      <p className={classes.bubble} dir="auto">
        {reply.text}
      </p>
      <div className={classes.meta}>
        {posting ? (
          <StateBadge state="pending" look="plain" />
        ) : (
          <StateBadge state="unknown" look="plain">
            Not confirmed
          </StateBadge>
        )}
      </div>
      {posting ? null : (
        <div className={classes.retry} role="alert">
          The server did not answer, so it is not known whether this reply will go out. Trying again is safe: it is sent
          once.
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} stroke={ICON_STROKE} aria-hidden />}
            onClick={onRetry}
          >
            Try again
          </Button>
        </div>
      )}
    </article>
  );
}
