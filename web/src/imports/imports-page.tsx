import { Anchor, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { importKeys } from '../api/imports.ts';
import { useLive } from '../api/live.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { ImportHistory } from './import-history.tsx';
import { UploadZone } from './upload-zone.tsx';

export function ImportsPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const mayImport = mayAct(role, 'manager');
  useLive('import', [importKeys.list]);
  return (
    <Page>
      <PageHeader
        title="Import contacts"
        summary={
          mayImport
            ? 'From a spreadsheet or another program. You see what would happen before anything is kept.'
            : rightSentence('manager', 'import contacts')
        }
      />
      {mayImport ? <UploadZone /> : null}
      {mayImport ? <OptOutsInstead /> : null}
      <ImportHistory mayImport={mayImport} />
    </Page>
  );
}

const OptOutsInstead = () => (
  <Text size="sm" c="dimmed">
    A list of people who must not be texted?{' '}
    <Anchor component={Link} to="/compliance/opt-out-report/import" inherit underline="always">
      Import opt-outs
    </Anchor>{' '}
    instead: nobody on it becomes a contact.
  </Text>
);
