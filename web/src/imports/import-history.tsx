import { Button, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Import, importsQuery } from '../api/imports.ts';
import { rowsOf } from '../api/pages.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatBytes } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Section } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { outcomeOf } from './import-words.ts';
import classes from './imports.module.css';

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
            <ul className={classes.history}>
              {runs.map((run) => (
                <HistoryRow key={run.id} run={run} />
              ))}
            </ul>
            {query.hasNextPage ? (
              <div>
                <Button
                  size="xs"
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Show earlier imports
                </Button>
              </div>
            ) : null}
          </Section>
        );
      }}
    </Loaded>
  );
}

function HistoryRow({ run }: { readonly run: Import }) {
  return (
    <li className={classes.historyRow}>
      <div className={classes.historyFile}>
        <Link to="/imports/$importId" params={{ importId: run.id }} className={classes.historyLink}>
          <bdi>{run.fileName}</bdi>
        </Link>
        <Text size="xs" c="dimmed" component="div">
          {formatBytes(run.fileBytes)} · <TimeText at={run.createdAt} look="when" />
        </Text>
      </div>
      <Text size="sm" c="dimmed" className={classes.historyOutcome}>
        {outcomeOf(run)}
      </Text>
      <StateBadge state={run.state} />
    </li>
  );
}
