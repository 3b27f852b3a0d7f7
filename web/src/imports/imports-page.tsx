import { useSuspenseQuery } from '@tanstack/react-query';
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
      <ImportHistory mayImport={mayImport} />
    </Page>
  );
}
