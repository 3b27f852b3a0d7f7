import { Button } from '@mantine/core';
import { IconSearchOff } from '@tabler/icons-react';
import { EmptyState } from '../patterns/empty-state.tsx';
import { nobodyWords } from './contact-words.ts';

interface NobodyMatchesProps {
  readonly search: string | undefined;
  /** Filters besides the search are set. */
  readonly narrowed: boolean;
  readonly onClear: () => void;
}

export function NobodyMatches({ search, narrowed, onClear }: NobodyMatchesProps) {
  return (
    <EmptyState
      icon={IconSearchOff}
      title="Nobody matches"
      actions={
        <Button variant="default" onClick={onClear}>
          Show everyone
        </Button>
      }
    >
      {nobodyWords(search, narrowed)}
    </EmptyState>
  );
}
