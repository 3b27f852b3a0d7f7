import { ActionIcon, Button, Text, Title, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconHandStop, IconUser } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { Contact } from '../api/contacts.ts';
import type { Conversation } from '../api/inbox.ts';
import { formatPhone } from '../patterns/format.ts';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './conversation-pane.module.css';

interface ThreadHeadProps {
  readonly conversation: Conversation;
  readonly contact: Contact | undefined;
  /** The thread has the window for itself, so its title is the page's. */
  readonly alone: boolean;
  /** Absent for those who may only look. */
  readonly onDone: (() => void) | undefined;
  readonly busy: boolean;
  /** Absent for those who may only look, and where there is nothing to stop. */
  readonly onOptOut: (() => void) | undefined;
  /** Shows the person, where they have no pane of their own. */
  readonly onFacts: (() => void) | undefined;
}

export function ThreadHead(props: ThreadHeadProps) {
  const { conversation, contact, alone, onDone, busy, onOptOut, onFacts } = props;
  const { name, phone, laneName, state, optedOut } = conversation;
  const heading = useRef<HTMLHeadingElement>(null);
  // Where the thread takes the list's place, keys and screen readers go on from its heading.
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement?.checkVisibility() === false)
      heading.current?.focus({ preventScroll: true });
  }, []);
  const done = state === 'done';
  return (
    <header className={classes.head}>
      <div className={classes.identity}>
        <Title order={alone ? 1 : 2} size="h2" ref={heading} tabIndex={-1} className={classes.name} dir="auto">
          {formatPhone(name)}
        </Title>
        <Text size="sm" c="dimmed" truncate>
          {name === phone ? null : (
            <>
              <PhoneNumber phone={phone} /> ·{' '}
            </>
          )}
          {contact?.company && contact.company !== name ? `${contact.company} · ` : ''}
          on {laneName}
        </Text>
      </div>
      {optedOut ? (
        <span className={classes.flag}>
          <StateBadge state="opted_out" />
        </span>
      ) : null}
      {onOptOut === undefined ? null : (
        <Tooltip label="They asked not to be texted: opt out">
          <ActionIcon aria-label="Opt this person out" onClick={onOptOut}>
            <IconHandStop size={20} stroke={ICON_STROKE} />
          </ActionIcon>
        </Tooltip>
      )}
      {onFacts === undefined ? null : (
        <ActionIcon aria-label="About this person" onClick={onFacts}>
          <IconUser size={20} stroke={ICON_STROKE} />
        </ActionIcon>
      )}
      {onDone === undefined ? null : (
        <Tooltip label={done ? 'Open it again (E)' : 'Nothing more to do here: done, and on to the next (E)'}>
          <Button
            variant="default"
            disabled={busy}
            leftSection={
              done ? (
                <IconArrowBackUp size={16} stroke={ICON_STROKE} aria-hidden />
              ) : (
                <IconCheck size={16} stroke={ICON_STROKE} aria-hidden />
              )
            }
            onClick={onDone}
          >
            {done ? 'Open again' : 'Done'}
          </Button>
        </Tooltip>
      )}
    </header>
  );
}
