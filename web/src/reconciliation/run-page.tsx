import { Button, Progress } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useLive } from '../api/live.ts';
import { isProblem } from '../api/problem.ts';
import {
  cancelReconciliation,
  type Reconciliation,
  reconciliationKeys,
  reconciliationQuery,
} from '../api/reconciliations.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { OperationsTabs } from '../operations/operations-tabs.tsx';
import { Notice } from '../patterns/details.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Figure, Figures } from '../patterns/figure.tsx';
import { formatCount } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { Findings } from './findings.tsx';
import classes from './reconciliation.module.css';
import { RunState } from './run-state.tsx';
import { answerOf, isOpen, kindWords } from './run-words.ts';

const route = getRouteApi('/shell/operations/reconciliation/$runId');

/** One comparison: how far it is, what it found. */
export function RunPage() {
  const { runId } = route.useParams();
  const query = useQuery(reconciliationQuery(runId));
  useLive('reconciliation', [reconciliationKeys.one(runId), reconciliationKeys.findings(runId)]);
  if (isProblem(query.error, 404) || isProblem(query.error, 422))
    return (
      <Page width="start">
        <OperationsTabs />
        <PageHeader title="Reconciliation" />
        <EmptyState
          icon={IconChecks}
          title="No such comparison"
          actions={
            <Button component={Link} to="/operations/reconciliation" variant="default">
              See all comparisons
            </Button>
          }
        >
          This address leads to no comparison.
        </EmptyState>
      </Page>
    );
  return (
    <Page width="start">
      <OperationsTabs />
      {query.data === undefined ? <PageHeader title="Reconciliation" /> : null}
      <Loaded query={query} what="The comparison could not be loaded" skeleton={<LoadingSkeleton shape="detail" />}>
        {(run) => <OneRun run={run} />}
      </Loaded>
    </Page>
  );
}

function OneRun({ run }: { readonly run: Reconciliation }) {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const open = isOpen(run);
  const cancel = useAction({
    run: (id: string) => cancelReconciliation(id),
    touches: [reconciliationKeys.all],
    onDone: () => toastDone('The comparison was cancelled'),
    onProblem: (error) => toastProblem('The comparison was not cancelled', error),
  });
  return (
    <>
      <PageHeader
        title={`Reconciliation of ${run.accountName}`}
        beside={<RunState run={run} />}
        summary={answerOf(run)}
        actions={
          open && mayAct(role, 'manager') ? (
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(run.id)}>
              Cancel the comparison
            </Button>
          ) : null
        }
      />
      {open ? (
        <Progress value={run.progress * 100} aria-label={`Comparison of ${run.accountName}`} transitionDuration={140} />
      ) : null}
      {run.error === null ? null : (
        <Notice tone={run.state === 'failed' ? 'red' : 'amber'}>
          {run.error}
          {run.retryAt === null ? null : (
            <>
              . Asked again <TimeText at={run.retryAt} look="time" />.
            </>
          )}
        </Notice>
      )}
      <Figures>
        <Figure label="Missing here" count={run.missingHere} note="fetched and stored" tone="teal" />
        <Figure label="Brought up to date" count={run.staleHere} note="receipts and calls" tone="blue" />
        <Figure label="No record there" count={run.missingThere} note="nothing was changed" tone="amber" />
        <Figure label="Contradictions" count={run.differs} note="nothing was changed" tone="red" />
      </Figures>
      <Facts run={run} />
      {run.missingThere + run.differs + run.unreadable === 0 ? null : (
        <Section title="Needs a look" note="Nothing was changed: only a person can say what is right.">
          <Findings run={run} settled="no" />
        </Section>
      )}
      <Section title="Found and stored">
        <Findings run={run} settled="yes" />
      </Section>
    </>
  );
}

function Facts({ run }: { readonly run: Reconciliation }) {
  return (
    <dl className={classes.facts}>
      <div>
        <dt>Range</dt>
        <dd>
          <TimeText at={run.since} /> to <TimeText at={run.until} />
        </dd>
      </div>
      <div>
        <dt>Compared</dt>
        <dd data-tabular>
          {formatCount(run.seenTexts)} texts and {formatCount(run.seenCalls)} calls, with {formatCount(run.requests)}{' '}
          requests
        </dd>
      </div>
      <div>
        <dt>Started</dt>
        <dd>
          <TimeText at={run.createdAt} look="when" />, {kindWords(run)}
        </dd>
      </div>
    </dl>
  );
}
