import { Button, Popover, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { operationKeys, pauseSending, resumeSending, type Status } from '../api/operations.ts';
import { mayAct, type Role } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './sending-state.module.css';

/** Whether campaign texts go out at all, and the switch for all of them. */
export function SendingState({ status, role }: { readonly status: Status; readonly role: Role }) {
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState('');
  const queryClient = useQueryClient();
  const paused = status.sending.state === 'paused';
  const act = useAction({
    run: (input: { readonly pause: boolean; readonly reason: string }) =>
      input.pause ? pauseSending(input.reason === '' ? {} : { reason: input.reason }) : resumeSending(),
    onDone: (next) => {
      queryClient.setQueryData(operationKeys.status, next);
      setOpened(false);
      setReason('');
    },
  });
  const ActIcon = paused ? IconPlayerPlay : IconPlayerPause;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={300} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.pill}
          data-paused={paused || undefined}
          onClick={() => setOpened((before) => !before)}
        >
          {paused ? <IconPlayerPause size={16} stroke={ICON_STROKE} aria-hidden /> : <span className={classes.dot} />}
          <span className={classes.word}>Sending {paused ? '' : 'on'}</span>
          {paused ? <span>paused</span> : null}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text size="sm">
            {paused
              ? (status.sending.reason ??
                'Campaign texts are stopped everywhere. Replies and confirmations still go out.')
              : 'Campaigns send as their times and caps allow. Pausing stops them everywhere; replies and confirmations still go out.'}
          </Text>
          {mayAct(role, 'manager') ? (
            <>
              {paused ? null : (
                <TextInput
                  label="Reason (optional)"
                  placeholder="Everyone sees it while sending is paused"
                  maxLength={300}
                  value={reason}
                  onChange={(event) => setReason(event.currentTarget.value)}
                />
              )}
              {act.error === null ? null : <ErrorState compact error={act.error} what="Not changed" />}
              <Button
                color={paused ? 'teal' : 'red'}
                loading={act.isPending}
                leftSection={<ActIcon size={16} stroke={ICON_STROKE} />}
                onClick={() => act.mutate({ pause: !paused, reason: reason.trim() })}
              >
                {paused ? 'Resume sending' : 'Pause sending everywhere'}
              </Button>
            </>
          ) : (
            <Text size="xs" c="dimmed">
              {rightSentence('manager', 'pause and resume sending')}
            </Text>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
