import { Anchor, Button, Text, Textarea } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { CampaignLive } from '../api/campaigns.ts';
import { useProductClock } from '../api/product-clock.ts';
import { setDraft, useDraft } from '../inbox/drafts.ts';
import { useOutbox } from '../inbox/outbox.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatPhone } from '../patterns/format.ts';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './live-replies.module.css';

interface ReplyRowProps {
  readonly reply: CampaignLive['replies'][number];
  readonly mayAnswer: boolean;
}

/** One reply, and the answer to it in the same place. What is typed is the draft of the inbox too. */
export function ReplyRow({ reply, mayAnswer }: ReplyRowProps) {
  const { conversationId, name, phone, text, at, optOut, waiting } = reply;
  const outbox = useOutbox(conversationId);
  const clock = useProductClock(60_000);
  const [writing, setWriting] = useState(false);
  /** What was sent from here; the server's `waiting` follows a moment later. */
  const [answer, setAnswer] = useState<string | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (outbox.refusal === undefined) return;
    setAnswer(null);
    setWriting(true);
  }, [outbox.refusal]);
  const shownName = name === phone ? formatPhone(phone) : name;
  const close = (): void => {
    setWriting(false);
    requestAnimationFrame(() => opener.current?.focus());
  };
  return (
    <div className={classes.row}>
      <div className={classes.head}>
        <Anchor
          c="inherit"
          className={classes.name ?? ''}
          renderRoot={(props) => <Link {...props} to="/inbox/$conversationId" params={{ conversationId }} />}
        >
          {shownName}
        </Anchor>
        {optOut ? <StateBadge state="opted_out" /> : null}
        <span className={classes.at}>
          <TimeText at={at} look="relative" />
        </span>
      </div>
      <div className={classes.line}>
        <p className={classes.text} dir="auto">
          {text}
        </p>
        {!mayAnswer || optOut || writing || answer !== null ? null : (
          <Button
            ref={opener}
            size="xs"
            variant={waiting ? 'light' : 'subtle'}
            color={waiting ? 'teal' : 'gray'}
            aria-label={`Answer ${shownName}`}
            onClick={() => setWriting(true)}
          >
            Answer
          </Button>
        )}
      </div>
      {answer === null ? null : (
        <p className={classes.answered} dir="auto" role="status">
          {answer} <SentWords outbox={outbox} />
        </p>
      )}
      {writing ? (
        <AnswerBox
          conversationId={conversationId}
          name={shownName}
          onCancel={close}
          onSend={(typed) => {
            setAnswer(typed);
            setWriting(false);
            outbox.send({ text: typed, at: new Date(clock.nowMs).toISOString() });
          }}
        />
      ) : null}
      {outbox.refusal === undefined ? null : <ErrorState compact error={outbox.refusal} what="Not sent" />}
    </div>
  );
}

function SentWords({ outbox }: { readonly outbox: ReturnType<typeof useOutbox> }) {
  if (outbox.reply === undefined)
    return (
      <Text span size="xs" c="var(--tone-teal-text)">
        On its way
      </Text>
    );
  if (outbox.reply.state === 'posting')
    return (
      <Text span size="xs">
        Sending
      </Text>
    );
  return (
    <>
      <Text span size="xs" c="var(--tone-amber-text)">
        No answer from the server; it may have been sent.
      </Text>{' '}
      <Anchor component="button" type="button" size="xs" onClick={outbox.retry}>
        Try again, it goes out once
      </Anchor>
    </>
  );
}

const TEXT_LENGTH_MAX = 1_600;

interface AnswerBoxProps {
  readonly conversationId: string;
  readonly name: string;
  readonly onSend: (text: string) => void;
  readonly onCancel: () => void;
}

function AnswerBox({ conversationId, name, onSend, onCancel }: AnswerBoxProps) {
  const text = useDraft(conversationId);
  const send = (): void => {
    if (text.trim() !== '') onSend(text.trim());
  };
  return (
    <div className={classes.box}>
      <Textarea
        className={classes.field ?? ''}
        aria-label={`Answer to ${name}`}
        placeholder={`Answer ${name}`}
        autosize
        minRows={1}
        maxRows={8}
        maxLength={TEXT_LENGTH_MAX}
        dir="auto"
        autoFocus
        value={text}
        onChange={(event) => setDraft(conversationId, event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel();
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
      />
      <Button variant="subtle" color="gray" onClick={onCancel}>
        Close
      </Button>
      <Button
        leftSection={<IconSend size={16} stroke={ICON_STROKE} />}
        disabled={text.trim() === ''}
        onClick={send}
        title="Ctrl+Enter"
      >
        Send
      </Button>
    </div>
  );
}
