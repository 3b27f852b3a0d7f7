import { Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Webhooks } from '../api/health.ts';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import classes from './keys-table.module.css';

type Key = Webhooks['keys'][number];

interface KeysTableProps {
  readonly keys: readonly Key[];
  readonly stateOf: (key: Key) => ReactNode;
}

/** Which keys events may be signed with, told by what is recorded with each event. */
export function KeysTable({ keys, stateOf }: KeysTableProps) {
  if (keys.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No keys are known yet: repair the webhooks first.
      </Text>
    );
  return (
    <table className={classes.keys}>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Signs</th>
          <th scope="col">State</th>
          <th scope="col">Last event</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.signer}>
            <td>
              <Code>{key.signer}</Code>
            </td>
            <td>{SIGNS[key.part] ?? key.part.replaceAll('-', ' ')}</td>
            <td>{stateOf(key)}</td>
            <td>{key.lastSeenAt === null ? 'none yet' : <TimeText at={key.lastSeenAt} look="relative" />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Of a key that signs now, or ends at a time that is known. */
export const KeyState = ({ retireAt }: Pick<Key, 'retireAt'>) =>
  retireAt === null ? (
    <StateBadge state="active" look="plain">
      In use
    </StateBadge>
  ) : (
    <>
      Ends <TimeText at={retireAt} look="when" />
    </>
  );

/** Where one key signs for everything. */
const SIGNS: Readonly<Record<string, string>> = { all: 'all events', number: 'all events' };
