import { IconFileOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Import, importKeys, importQuery } from '../api/imports.ts';
import { useLive } from '../api/live.ts';
import { isProblem } from '../api/problem.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { CheckImport } from './check-import.tsx';
import { AnotherFile, ImportHeader } from './import-header.tsx';
import { ImportFailed, ImportResult } from './import-result.tsx';
import { ImportRunning } from './import-running.tsx';
import { becomes } from './import-words.ts';

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
  useFocusKept(query.data?.state);
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
      {query.data === undefined ? <PageHeader title="Import" /> : null}
      <Loaded query={query} what="The import could not be loaded" skeleton={<LoadingSkeleton shape="detail" />}>
        {(run) => <ByState run={run} />}
      </Loaded>
    </Page>
  );
}

/** Every state has a page of its own; the button that led on is gone with the one before, and the focus would be with it. */
function useFocusKept(state: Import['state'] | undefined): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new state takes the page away.
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>('#main h1')?.focus({ preventScroll: true });
  }, [state]);
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
          <ImportHeader
            run={run}
            step="done"
            {...(run.result === null ? {} : { summary: becomes(run.result, 'made') })}
            actions={<AnotherFile label="Import another file" />}
          />
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
