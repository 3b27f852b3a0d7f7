import { Button, Text } from '@mantine/core';
import { IconFileOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Import, importKeys, importQuery } from '../api/imports.ts';
import { useLive } from '../api/live.ts';
import { isProblem } from '../api/problem.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatBytes } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { CheckImport } from './check-import.tsx';
import { ImportFailed, ImportResult } from './import-result.tsx';
import { ImportRunning } from './import-running.tsx';
import { ImportSteps } from './import-steps.tsx';

const route = getRouteApi('/shell/imports/$importId');
/** Events tell of progress; this is for the case that they do not get through. */
const RUNNING_EVERY_MS = 2_000;

export function ImportPage() {
  const { importId } = route.useParams();
  return <OneImport key={importId} id={importId} />;
}

function OneImport({ id }: { readonly id: string }) {
  const query = useQuery({
    ...importQuery(id),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? RUNNING_EVERY_MS : false),
  });
  useLive(`import:${id}`, [importKeys.one(id)]);
  if (isProblem(query.error, 404))
    return (
      <Page>
        <PageHeader title="Import" />
        <EmptyState icon={IconFileOff} title="No such import" actions={<AnotherFile label="See all imports" />}>
          This address leads to no import.
        </EmptyState>
      </Page>
    );
  return (
    <Page>
      <Loaded
        query={query}
        what="The import could not be loaded"
        skeleton={
          <>
            <PageHeader title="Import" />
            <LoadingSkeleton shape="detail" />
          </>
        }
      >
        {(run) => <ByState run={run} />}
      </Loaded>
    </Page>
  );
}

function ByState({ run }: { readonly run: Import }) {
  switch (run.state) {
    case 'uploaded':
    case 'previewed':
      return <CheckImport run={run} />;
    case 'running':
      return (
        <>
          <ImportHeader run={run} step="import" />
          <ImportRunning run={run} />
        </>
      );
    case 'completed':
      return (
        <>
          <ImportHeader run={run} step="done" actions={<AnotherFile label="Import another file" />} />
          <ImportResult run={run} />
        </>
      );
    case 'failed':
      return (
        <>
          <ImportHeader run={run} step="import" />
          <ImportFailed run={run} />
        </>
      );
    default:
      return run.state satisfies never;
  }
}

interface ImportHeaderProps {
  readonly run: Import;
  readonly step: 'check' | 'import' | 'done';
  readonly actions?: ReactNode;
}

/** The file and how far it has come. */
export function ImportHeader({ run, step, actions }: ImportHeaderProps) {
  return (
    <>
      <PageHeader
        title={run.fileName}
        summary={
          <Text span inherit>
            {formatBytes(run.fileBytes)} · uploaded <TimeText at={run.createdAt} look="when" />
          </Text>
        }
        actions={actions}
      />
      <ImportSteps step={step} />
    </>
  );
}

export const AnotherFile = ({ label }: { readonly label: string }) => (
  <Button component={Link} to="/imports" variant="default">
    {label}
  </Button>
);
