import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChecks } from '@tabler/icons-react';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { type Reconciliation, reconciliationKeys, reconciliationsQuery } from '../api/reconciliations.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { OperationsTabs } from '../operations/operations-tabs.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import classes from './reconciliation.module.css';
import { RunState } from './run-state.tsx';
import { foundWords, isOpen, kindWords, progressWords } from './run-words.ts';
import { StartDialog } from './start-dialog.tsx';

/** Every comparison with the books of the providers, the newest first. */
export function RunsPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const mayStart = mayAct(role, 'manager');
  const query = useInfiniteQuery(reconciliationsQuery);
  useLive('reconciliation', [reconciliationKeys.list]);
  const [starting, starter] = useDisclosure(false);
  const runs = rowsOf(query.data);
  const button = mayStart ? (
    <Button onClick={starter.open} disabled={query.data === undefined}>
      Compare now
    </Button>
  ) : null;
  return (
    <Page>
      <PageHeader
        title="Reconciliation"
        summary="Every night at two, what never arrived here is fetched from the providers."
        actions={runs.length > 0 ? button : null}
      />
      <OperationsTabs />
      <Loaded
        query={query}
        what="The comparisons could not be loaded"
        skeleton={<LoadingSkeleton shape="pairs" count={5} />}
      >
        {() =>
          runs.length === 0 ? (
            <EmptyState
              icon={IconChecks}
              title="Nothing has been compared yet"
              actions={mayStart ? button : rightSentence('manager', 'start a comparison')}
            >
              Texts, receipts and calls are told to us as they happen. When the line was down, they are found here.
            </EmptyState>
          ) : (
            <>
              <ul className={classes.rows}>
                {runs.map((run) => (
                  <RunRow key={run.id} run={run} />
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
                    Show earlier comparisons
                  </Button>
                </div>
              ) : null}
            </>
          )
        }
      </Loaded>
      <StartDialog opened={starting} onClose={starter.close} />
    </Page>
  );
}

function RunRow({ run }: { readonly run: Reconciliation }) {
  return (
    <li className={classes.row}>
      <div className={classes.name}>
        <Link to="/operations/reconciliation/$runId" params={{ runId: run.id }} className={classes.link}>
          <bdi>{run.accountName}</bdi>, {kindWords(run)}
        </Link>
        <Text size="xs" c="dimmed" component="div">
          <TimeText at={run.createdAt} look="when" />
        </Text>
      </div>
      <Text size="sm" c="dimmed" className={classes.outcome} data-tabular>
        {isOpen(run) ? progressWords(run) : (run.error ?? foundWords(run))}
      </Text>
      <div className={classes.state}>
        <RunState run={run} />
      </div>
    </li>
  );
}
