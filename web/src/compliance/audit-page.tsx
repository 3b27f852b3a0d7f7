import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useRef } from 'react';
import { AUDIT_FILE, auditChainQuery } from '../api/audit.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { formatCount } from '../patterns/format.ts';
import { NoRight } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { SearchBox } from '../patterns/search-box.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { SplitView } from '../patterns/side-panel.tsx';
import { useColumnChooser } from '../patterns/table-columns.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE, PHONE_QUERY } from '../theme.ts';
import { AUDIT_COLUMNS } from './audit-columns.tsx';
import { AuditList } from './audit-list.tsx';
import { waitingWords } from './audit-words.ts';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { useAuditFilters } from './use-audit-filters.ts';

const route = getRouteApi('/shell/compliance/audit-log');
const VerifyDialog = lazy(() => import('./verify-dialog.tsx'));
const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** Who did what and when, and whether anybody has changed the record of it. */
export function AuditPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  if (mayAct(role, 'manager')) return <AuditLog mayExport={mayAct(role, 'owner')} />;
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader title="Audit log" />
      <NoRight least="manager" act="read the audit log" />
    </Page>
  );
}

function AuditLog({ mayExport }: { readonly mayExport: boolean }) {
  const navigate = route.useNavigate();
  const { entryId } = useParams({ strict: false });
  const { search, filters, chips, filtered } = useAuditFilters();
  const { visibility, chooser } = useColumnChooser('audit', AUDIT_COLUMNS);
  const verifying = useLazyDialog();
  const searchBox = useRef<HTMLInputElement>(null);
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });
  useShortcuts('Audit log', [{ keys: '/', label: 'Search the log', run: () => searchBox.current?.focus() }]);
  const setFilter = (name: string, value: string | undefined): void =>
    void navigate({ search: (before) => ({ ...before, [name]: value }), replace: true });
  return (
    <Page width="fill">
      <ComplianceTabs />
      <PageHeader
        title="Audit log"
        summary={<ChainState />}
        actions={
          <>
            {mayExport && !phone ? (
              <Button
                component="a"
                href={AUDIT_FILE}
                download
                variant="default"
                leftSection={<IconDownload {...icon} />}
              >
                Export
              </Button>
            ) : null}
            <Button variant="default" leftSection={<IconShieldCheck {...icon} />} onClick={verifying.open}>
              Verify
            </Button>
          </>
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
            label="Whole number, or an id"
            width={phone ? '100%' : 'clamp(12rem, 28vw, 18.75rem)'}
          />
        }
        after={phone ? undefined : chooser}
      />
      <SplitView panel={<Outlet />}>
        <AuditList
          filters={filters}
          filtered={filtered}
          visibility={visibility}
          openId={entryId}
          onOpen={(id) =>
            void navigate({ to: '/compliance/audit-log/$entryId', params: { entryId: id }, search: true })
          }
          onClear={() => void navigate({ search: {}, replace: true })}
        />
      </SplitView>
      <Suspense fallback={null}>
        {verifying.wanted ? <VerifyDialog opened={verifying.opened} onClose={verifying.close} /> : null}
      </Suspense>
    </Page>
  );
}

/** As often as a worker seals, as far as a person can tell. */
const SEALED_EVERY_MS = 5_000;

/** "1,204 entries are sealed, the newest today 14:35 EST; none waits." */
function ChainState() {
  const chain = useQuery({ ...auditChainQuery, refetchInterval: SEALED_EVERY_MS }).data;
  if (chain === undefined) return '\u00a0';
  const { head, sealedAt, overdue } = chain;
  if (sealedAt === null) return `Nothing is sealed yet; ${waitingWords(chain)}.`;
  return (
    <>
      Sealed up to entry {formatCount(head.seq)}, <TimeText at={sealedAt} look="when" />;{' '}
      <span style={overdue > 0 ? { color: 'var(--tone-red-text)' } : undefined}>{waitingWords(chain)}</span>.
    </>
  );
}
