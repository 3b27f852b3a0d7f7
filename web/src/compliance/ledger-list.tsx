import { Button } from '@mantine/core';
import { IconSearchOff, IconSignature } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type LedgerFilters, ledgerQuery } from '../api/consent-ledger.ts';
import { rowsOf } from '../api/pages.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import type { ColumnVisibility } from '../patterns/table-columns.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { LEDGER_COLUMNS, LedgerPhoneRow, WIDE_LEDGER_COLUMNS } from './ledger-columns.tsx';

interface LedgerListProps {
  readonly filters: LedgerFilters;
  readonly filtered: boolean;
  readonly visibility: ColumnVisibility;
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onClear: () => void;
}

export function LedgerList({ filters, filtered, visibility, openId, onOpen, onClear }: LedgerListProps) {
  const query = useInfiniteQuery({ ...ledgerQuery(filters), placeholderData: keepPreviousData });
  const rows = useMemo(() => rowsOf(query.data), [query.data]);
  const narrow = openId !== undefined;
  const shown = useMemo(
    () =>
      narrow ? { ...visibility, ...Object.fromEntries(WIDE_LEDGER_COLUMNS.map((id) => [id, false])) } : visibility,
    [narrow, visibility],
  );
  return (
    <Loaded query={query} what="The consents could not be loaded">
      {() =>
        rows.length > 0 ? (
          <VirtualTable
            label="Consents"
            rows={rows}
            rowId={({ id }) => id}
            columns={LEDGER_COLUMNS}
            visibility={shown}
            phoneRow={(entry) => <LedgerPhoneRow entry={entry} />}
            activeId={openId}
            onOpen={({ id }) => onOpen(id)}
            more={moreOf(query)}
          />
        ) : filtered ? (
          <EmptyState
            icon={IconSearchOff}
            title="Nothing recorded matches"
            actions={
              <Button variant="default" onClick={onClear}>
                Show everything
              </Button>
            }
          >
            Search for a whole number, or take a filter away.
          </EmptyState>
        ) : (
          <EmptyState
            icon={IconSignature}
            title="No consent is recorded yet"
            actions={<Button renderRoot={(props) => <Link {...props} to="/compliance/forms" />}>Make a form</Button>}
          >
            What people agree to and take back is kept here for good, with the words that they saw and what shows it:
            from forms, imports, texts, papers and recordings.
          </EmptyState>
        )
      }
    </Loaded>
  );
}
