import { IconFileImport } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Import, importsQuery } from '../api/imports.ts';
import { rowsOf } from '../api/pages.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatBytes } from '../patterns/format.ts';
import { LinkRow, LinkRows } from '../patterns/link-rows.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { Section } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { outcomeOf } from './import-words.ts';

/** Every file that came in, newest first, and what became of it. */
export function ImportHistory({ mayImport }: { readonly mayImport: boolean }) {
  const query = useInfiniteQuery(importsQuery);
  return (
    <Loaded query={query} what="The imports could not be loaded" skeleton={<LoadingSkeleton shape="rows" count={4} />}>
      {(data) => {
        const runs = rowsOf(data);
        if (runs.length === 0)
          return mayImport ? null : (
            <EmptyState icon={IconFileImport} title="No import yet">
              Files that are imported are listed here, with what became of every row.
            </EmptyState>
          );
        return (
          <Section title="Imports so far">
            <LinkRows>
              {runs.map((run) => (
                <HistoryRow key={run.id} run={run} />
              ))}
            </LinkRows>
            <MoreButton list={query}>Show earlier imports</MoreButton>
          </Section>
        );
      }}
    </Loaded>
  );
}

const HistoryRow = ({ run }: { readonly run: Import }) => (
  <LinkRow
    link={(className) => (
      <Link to="/imports/$importId" params={{ importId: run.id }} className={className}>
        <bdi>{run.fileName}</bdi>
      </Link>
    )}
    second={
      <>
        {formatBytes(run.fileBytes)} · <TimeText at={run.createdAt} look="when" />
      </>
    }
    outcome={outcomeOf(run)}
    state={<StateBadge state={run.state} />}
  />
);
