import { Button, Group } from '@mantine/core';
import { IconAddressBook, IconDownload, IconFileAlert, IconSend } from '@tabler/icons-react';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Import, importRefusalsQuery, refusalsFile } from '../api/imports.ts';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useNewCampaign } from '../campaigns/use-new-campaign.ts';
import { EmptyState } from '../patterns/empty-state.tsx';

import { Loaded } from '../patterns/loaded.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { Section } from '../patterns/page.tsx';
import { ICON_STROKE } from '../theme.ts';
import { ImportFigures } from './import-figures.tsx';
import { AnotherFile } from './import-header.tsx';
import { ReadConsents } from './read-consents.tsx';
import { RefusalTable, RefusedByReason } from './refused-rows.tsx';
import { ValidatedNumbers } from './validated-numbers.tsx';

const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** What an import did, and what one does next. */
export function ImportResult({ run }: { readonly run: Import }) {
  const manager = mayAct(useSuspenseQuery(meQuery).data.user.role, 'manager');
  const newCampaign = useNewCampaign();
  const { result } = run;
  if (result === null) return null;
  return (
    <>
      <ImportFigures
        counts={result}
        suppressedKept={run.preview?.suppressedKept ?? 0}
        erasedKept={result.erased}
        outsideUs={run.preview?.outsideUs ?? 0}
      />
      <Group gap="xs">
        <Button component={Link} to="/contacts" leftSection={<IconAddressBook {...icon} />}>
          See the contacts
        </Button>
        {manager ? (
          <Button
            variant="default"
            leftSection={<IconSend {...icon} />}
            loading={newCampaign.busy}
            onClick={newCampaign.start}
          >
            New campaign
          </Button>
        ) : null}
      </Group>
      {result.consents === null ? null : <ReadConsents consents={result.consents} />}
      <ValidatedNumbers importId={run.id} mayCancel={manager} />
      {result.refused === 0 ? null : <Refused run={run} />}
    </>
  );
}

function Refused({ run }: { readonly run: Import }) {
  const query = useInfiniteQuery(importRefusalsQuery(run.id));
  return (
    <Section
      title="Rows that stayed out"
      note="Correct them in the file and import it again: rows that are in already are not stored twice."
      actions={
        <Button component="a" href={refusalsFile(run.id)} variant="default" leftSection={<IconDownload {...icon} />}>
          Download as CSV
        </Button>
      }
    >
      {run.preview === null ? null : <RefusedByReason byReason={run.preview.refusedByReason} />}
      <Loaded query={query} what="The refused rows could not be loaded">
        {(data) => (
          <>
            <RefusalTable rows={rowsOf(data)} />
            <MoreButton list={query} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

export function ImportFailed({ run }: { readonly run: Import }) {
  return (
    <EmptyState
      icon={IconFileAlert}
      title="Nothing was imported"
      actions={<AnotherFile label="Upload the file again" />}
    >
      {run.error ?? 'The import stopped on an error, and nothing of it was kept.'}
    </EmptyState>
  );
}
