import { ActionIcon, Button, Kbd, Text, Textarea, Tooltip } from '@mantine/core';
import { IconClockPause, IconMoon, IconSend2, IconTemplate, IconUsers } from '@tabler/icons-react';
import { type ComponentProps, lazy, type ReactNode, type RefObject, Suspense, useId, useState } from 'react';
import { countParts } from '../../../src/messages/encoding.ts';
import type { Contact } from '../api/contacts.ts';
import type { Conversation } from '../api/inbox.ts';
import { useProductClock } from '../api/product-clock.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatCount, formatPhone } from '../patterns/format.ts';
import { PartsCounter } from '../patterns/parts-counter.tsx';
import { keySigns, useShortcuts } from '../patterns/shortcuts.ts';
import { ICON_STROKE } from '../theme.ts';
import { setDraft, useDraft } from './drafts.ts';
import type { useOutbox } from './outbox.ts';
import { quietHint } from './quiet-hint.ts';
import classes from './reply.module.css';

const SavedReplies = lazy(() => import('./saved-replies.tsx').then((file) => ({ default: file.SavedReplies })));

/** What a gateway takes as one text. */
const CHARACTERS_MAX = 1600;
const ROWS_MAX = 10;

interface ReplyBoxProps {
  readonly conversation: Conversation;
  readonly contact: Contact | undefined;
  /** Why a reply would not go out at once. */
  readonly waitsFor: string | undefined;
  readonly outbox: ReturnType<typeof useOutbox>;
  readonly boxRef: RefObject<HTMLTextAreaElement | null>;
}

export function ReplyBox({ conversation, contact, waitsFor, outbox, boxRef }: ReplyBoxProps) {
  const clock = useProductClock(60_000);
  const text = useDraft(conversation.id);
  const counterId = useId();
  const name = formatPhone(conversation.name);
  const who = contact?.firstName ?? name;
  const night = quietHint({ zones: contact?.zones ?? [], nowMs: clock.nowMs, who });
  const tooLong = text.length > CHARACTERS_MAX;
  const ready = text.trim() !== '' && !tooLong && outbox.reply === undefined;

  const send = (): void => {
    if (ready) outbox.send({ text: text.trim(), at: new Date(clock.nowMs).toISOString() });
    boxRef.current?.focus();
  };
  const change = (next: string): void => {
    outbox.forgetRefusal();
    setDraft(conversation.id, next);
  };
  useShortcuts('Reply', [
    {
      keys: 'mod+Enter',
      label: 'Send the reply',
      whileTyping: true,
      run: () => {
        if (document.activeElement === boxRef.current) send();
      },
    },
  ]);

  return (
    <form
      className={classes.box}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {outbox.refusal === undefined ? null : <ErrorState compact error={outbox.refusal} what="Not sent" />}
      {night === undefined ? null : (
        <Hint icon={<IconMoon size={14} stroke={ICON_STROKE} aria-hidden />}>
          {night} {waitsFor === undefined ? 'A reply goes out at once all the same.' : null}
        </Hint>
      )}
      {conversation.groupOthers.length === 0 ? null : (
        <Hint icon={<IconUsers size={14} stroke={ICON_STROKE} aria-hidden />}>
          The last text went to a group. A reply goes to {who} only.
        </Hint>
      )}
      {waitsFor === undefined ? null : (
        <Hint icon={<IconClockPause size={14} stroke={ICON_STROKE} aria-hidden />}>{waitsFor}</Hint>
      )}
      <Textarea
        ref={boxRef}
        aria-label={`Reply to ${name}`}
        aria-describedby={counterId}
        placeholder={`Reply to ${who} from ${conversation.laneName}`}
        autosize
        minRows={1}
        maxRows={ROWS_MAX}
        dir="auto"
        error={tooLong}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          event.currentTarget.blur();
        }}
        classNames={{ input: classes.input }}
      />
      <div className={classes.foot}>
        <SavedRepliesButton
          contactId={conversation.contactId ?? undefined}
          onChoose={(chosen) => {
            change(text.trim() === '' ? chosen : `${text.trimEnd()} ${chosen}`);
            boxRef.current?.focus();
          }}
        />
        <span id={counterId} className={classes.counter}>
          <Counter text={text} busy={outbox.reply !== undefined} />
        </span>
        <Button
          type="submit"
          disabled={!ready}
          rightSection={<IconSend2 size={16} stroke={ICON_STROKE} aria-hidden />}
          className={classes.send}
        >
          Send
        </Button>
      </div>
    </form>
  );
}

/** The list of templates is fetched when it is first asked for. */
function SavedRepliesButton(props: ComponentProps<typeof SavedReplies>) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <Tooltip label="Insert a saved reply">
      <ActionIcon aria-label="Insert a saved reply" loading={wanted} onClick={() => setWanted(true)}>
        <IconTemplate size={20} stroke={ICON_STROKE} />
      </ActionIcon>
    </Tooltip>
  );
  return wanted ? (
    <Suspense fallback={button}>
      <SavedReplies {...props} />
    </Suspense>
  ) : (
    button
  );
}

function Counter({ text, busy }: { readonly text: string; readonly busy: boolean }) {
  if (busy && text.trim() !== '')
    return (
      <Text span size="xs" c="dimmed">
        The reply above is not confirmed yet; this one comes after it.
      </Text>
    );
  if (text.length > CHARACTERS_MAX)
    return (
      <Text span size="xs" c="var(--tone-red-text)">
        {formatCount(text.length)} characters; a text holds at most {formatCount(CHARACTERS_MAX)}.
      </Text>
    );
  if (text.trim() === '')
    return (
      <Text span size="xs" c="dimmed" className={classes.keys}>
        {keySigns('mod+Enter').map((sign) => (
          <Kbd key={sign}>{sign}</Kbd>
        ))}{' '}
        sends
      </Text>
    );
  return <PartsCounter {...countParts(text.trim())} />;
}

function Hint({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <div className={classes.hint} role="note">
      {icon}
      <span>{children}</span>
    </div>
  );
}
