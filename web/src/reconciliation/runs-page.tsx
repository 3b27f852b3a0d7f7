import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChecks } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLive } from '../api/live.ts';
import { accountsQuery } from '../api/operations.ts';
import { rowsOf } from '../api/pages.ts';
import { type Reconciliation, reconciliationKeys, reconciliationsQuery } from '../api/reconciliations.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { OperationsTabs } from '../operations/operations-tabs.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { LinkRow, LinkRows } from '../patterns/link-rows.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
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
  const connected = useQuery(accountsQuery).data?.data.length;
  const button = mayStart ? (
    <Button onClick={starter.open} disabled={query.data === undefined}>
      Compare now
    </Button>
  ) : null;
  return (
    <Page width="start">
      <OperationsTabs />
      <PageHeader
        title="Reconciliation"
        summary="Every night at two, what never arrived here is fetched from the providers."
        actions={runs.length > 0 ? button : null}
      />
      <Loaded
        query={query}
        what="The comparisons could not be loaded"
        skeleton={<LoadingSkeleton shape="pairs" count={5} />}
      >
        {() =>
          connected === 0 ? (
            <EmptyState
              icon={IconChecks}
              title="No account is connected"
              actions={
                mayAct(role, 'owner') ? (
                  <Button renderRoot={(props) => <Link {...props} to="/settings/numbers" />}>Connect an account</Button>
                ) : undefined
              }
            >
              What an account sends and receives is compared with the books of its provider every night, and listed
              here.
            </EmptyState>
          ) : runs.length === 0 ? (
            <EmptyState
              icon={IconChecks}
              title="Nothing has been compared yet"
              actions={mayStart ? button : rightSentence('manager', 'start a comparison')}
            >
              Texts, receipts and calls are told to us as they happen. When the line was down, they are found here.
            </EmptyState>
          ) : (
            <>
              <LinkRows>
                {runs.map((run) => (
                  <RunRow key={run.id} run={run} />
                ))}
              </LinkRows>
              <MoreButton list={query}>Show earlier comparisons</MoreButton>
            </>
          )
        }
      </Loaded>
      <StartDialog opened={starting} onClose={starter.close} />
    </Page>
  );
}

const RunRow = ({ run }: { readonly run: Reconciliation }) => (
  <LinkRow
    link={(className) => (
      <Link to="/operations/reconciliation/$runId" params={{ runId: run.id }} className={className}>
        <bdi>{run.accountName}</bdi>, {kindWords(run)}
      </Link>
    )}
    second={<TimeText at={run.createdAt} look="when" />}
    outcome={isOpen(run) ? progressWords(run) : (run.error ?? foundWords(run))}
    state={<RunState run={run} />}
  />
);
