import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { problemSentence } from '../api/problem.ts';
import { ICON_STROKE } from '../theme.ts';

const SHOWN_MS = 6_000;
const UNDO_SHOWN_MS = 10_000;

/** Says what was done; `undo` takes it back. */
export function toastDone(message: string, undo?: () => void): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: undo === undefined ? SHOWN_MS : UNDO_SHOWN_MS,
    closeButtonProps: { 'aria-label': 'Close the message' },
    icon: <IconCheck size={16} stroke={ICON_STROKE} />,
    color: 'teal',
    message:
      undo === undefined ? (
        message
      ) : (
        <Group justify="space-between" wrap="nowrap" gap="sm">
          {message}
          <Button
            size="xs"
            variant="subtle"
            flex="none"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            Undo
          </Button>
        </Group>
      ),
  });
}

/** Says what was not done and why; stays until it is closed. */
export function toastProblem(what: string, error: unknown): void {
  notifications.show({
    autoClose: false,
    role: 'alert',
    closeButtonProps: { 'aria-label': 'Close the message' },
    icon: <IconAlertTriangle size={16} stroke={ICON_STROKE} />,
    color: 'red',
    title: what,
    message: problemSentence(error),
  });
}
