import { Button } from '@mantine/core';
import { IconAddressBook, IconFileImport } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { mayAct, meQuery } from '../api/session.ts';
import { SampleImportButton } from '../imports/sample-import-button.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { ICON_STROKE } from '../theme.ts';

export default function NoContactsYet() {
  const manager = mayAct(useSuspenseQuery(meQuery).data.user.role, 'manager');
  return (
    <EmptyState
      icon={IconAddressBook}
      title="The people you text"
      actions={
        manager ? (
          <>
            <Button
              component={Link}
              to="/imports"
              leftSection={<IconFileImport size={16} stroke={ICON_STROKE} aria-hidden />}
            >
              Import a CSV file
            </Button>
            <SampleImportButton />
          </>
        ) : undefined
      }
    >
      Their numbers and names, every text and reply, and whether they asked not to be texted. Bring them in from a
      spreadsheet or another program; you see what would happen before anything is kept.
      {manager ? null : <> {rightSentence('manager', 'import contacts')}</>}
    </EmptyState>
  );
}
