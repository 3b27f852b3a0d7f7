import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDownload } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useParams } from '@tanstack/react-router';
import { useRef } from 'react';
import { ledgerFile } from '../api/consent-ledger.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { SearchBox } from '../patterns/search-box.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { SplitView } from '../patterns/side-panel.tsx';
import { useColumnChooser } from '../patterns/table-columns.tsx';
import { ICON_STROKE, PHONE_QUERY } from '../theme.ts';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { LEDGER_COLUMNS } from './ledger-columns.tsx';
import { LedgerList } from './ledger-list.tsx';
import { useLedgerFilters } from './use-ledger-filters.ts';

const route = getRouteApi('/shell/compliance/consents');
const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** What everybody has permitted and taken back, with its proof. */
export function LedgerPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  if (mayAct(role, 'agent')) return <Ledger mayExport={mayAct(role, 'manager')} />;
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader title="Consents" />
      <NoRight least="agent" act="see what people have agreed to" />
    </Page>
  );
}

function Ledger({ mayExport }: { readonly mayExport: boolean }) {
  const navigate = route.useNavigate();
  const { consentId } = useParams({ strict: false });
  const { search, filters, chips, filtered } = useLedgerFilters();
  const { visibility, chooser } = useColumnChooser('consents', LEDGER_COLUMNS);
  const searchBox = useRef<HTMLInputElement>(null);
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });
  useShortcuts('Consents', [{ keys: '/', label: 'Search for a number', run: () => searchBox.current?.focus() }]);
  const setFilter = (name: string, value: string | undefined): void =>
    void navigate({ search: (before) => ({ ...before, [name]: value }), replace: true });
  return (
    <Page width="fill">
      <ComplianceTabs />
      <PageHeader
        title="Consents"
        summary="What people agreed to and took back, as it was recorded. Nothing here is ever changed."
        actions={
          mayExport && !phone ? (
            <Button
              component="a"
              href={ledgerFile(filters)}
              download
              variant="default"
              leftSection={<IconDownload {...icon} />}
            >
              {filtered ? 'Export these' : 'Export all'}
            </Button>
          ) : null
        }
      />
      <FilterChips
        filters={chips}
        onChange={setFilter}
        before={
          <SearchBox
            inputRef={searchBox}
            value={search.search ?? ''}
            onChange={(value) => setFilter('search', value)}
            label="Whole number"
            width={phone ? '100%' : 'clamp(10rem, 18vw, 14rem)'}
          />
        }
        after={phone ? undefined : chooser}
      />
      <SplitView panel={<Outlet />}>
        <LedgerList
          filters={filters}
          filtered={filtered}
          visibility={visibility}
          openId={consentId}
          onOpen={(id) =>
            void navigate({ to: '/compliance/consents/$consentId', params: { consentId: id }, search: true })
          }
          onClear={() => void navigate({ search: {}, replace: true })}
        />
      </SplitView>
    </Page>
  );
}
