import { Button } from '@mantine/core';
import { IconSearchOff } from '@tabler/icons-react';
import { EmptyState } from '../patterns/empty-state.tsx';

export function NobodyMatches(props: { readonly search: string | undefined; readonly onClear: () => void }) {
  const { search, onClear } = props;
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
      {search === undefined
        ? 'No contact has all of these together.'
        : `No name, company, e-mail or number holds “${search}”.`}
    </EmptyState>
  );
}
