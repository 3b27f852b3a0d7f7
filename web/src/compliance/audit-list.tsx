import { Button } from '@mantine/core';
import { IconListDetails, IconSearchOff } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type AuditFilters, auditQuery } from '../api/audit.ts';
import { rowsOf } from '../api/pages.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { LiveList } from '../patterns/live-list.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import type { ColumnVisibility } from '../patterns/table-columns.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { AUDIT_COLUMNS, AuditPhoneRow, WIDE_AUDIT_COLUMNS } from './audit-columns.tsx';

interface AuditListProps {
  readonly filters: AuditFilters;
  readonly filtered: boolean;
  readonly visibility: ColumnVisibility;
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onClear: () => void;
}

/** Nothing tells of new entries: the top of the list is read again so often, while nobody reads further down. */
const NEWEST_EVERY_MS = 10_000;

export function AuditList({ filters, filtered, visibility, openId, onOpen, onClear }: AuditListProps) {
  const [scrolled, setScrolled] = useState(false);
  const query = useInfiniteQuery({
    ...auditQuery(filters),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (scrolled || (state.data?.pages.length ?? 0) > 1 ? false : NEWEST_EVERY_MS),
  });
  const rows = useMemo(() => rowsOf(query.data), [query.data]);
  const narrow = openId !== undefined;
  const shown = useMemo(
    () => (narrow ? { ...visibility, ...Object.fromEntries(WIDE_AUDIT_COLUMNS.map((id) => [id, false])) } : visibility),
    [narrow, visibility],
  );
  return (
    <Loaded query={query} what="The audit log could not be loaded">
      {() =>
        rows.length > 0 ? (
          <LiveList news={undefined} onShow={() => undefined} onScrolled={setScrolled}>
            <VirtualTable
              label="Audit log"
              rows={rows}
              rowId={({ id }) => id}
              columns={AUDIT_COLUMNS}
              visibility={shown}
              phoneRow={(entry) => <AuditPhoneRow entry={entry} />}
              activeId={openId}
              onOpen={({ id }) => onOpen(id)}
              more={moreOf(query)}
            />
          </LiveList>
        ) : filtered ? (
          <EmptyState
            icon={IconSearchOff}
            title="No entry matches"
            actions={
              <Button variant="default" onClick={onClear}>
                Show all entries
              </Button>
            }
          >
            Search for a whole number, or for the id of a campaign, a contact or whatever else was acted on.
          </EmptyState>
        ) : (
          <EmptyState icon={IconListDetails} title="Nothing has happened yet">
            Launches, opt-outs, consents, settings, sign-ins and exports are recorded here as they happen, and never
            changed afterwards.
          </EmptyState>
        )
      }
    </Loaded>
  );
}
