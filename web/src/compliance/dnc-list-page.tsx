import { Button, Text } from '@mantine/core';
import { IconBan, IconDownload } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { type DncList, dncListFile, dncListsQuery } from '../api/dnc-lists.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { DncVersions } from './dnc-versions.tsx';
import { isOurs, isRegistry, KINDS, kindWords, listState, standingWords } from './dnc-words.ts';
import { UploadFile } from './upload-file.tsx';

const route = getRouteApi('/shell/compliance/do-not-call/$listId');
const RetireDialog = lazy(() => import('./retire-dialog.tsx'));

/** One list: how old it is, the file to bring it up to date with, and every file that it was filled from. */
export function DncListPage() {
  const { listId } = route.useParams();
  const query = useQuery(dncListsQuery);
  return (
    <Page width="start">
      <ComplianceTabs />
      <Loaded query={query} what="The do-not-call list could not be loaded">
        {({ data }) => {
          const list = data.find(({ id }) => id === listId);
          return list === undefined ? <NoList /> : <OneList key={list.id} list={list} />;
        }}
      </Loaded>
    </Page>
  );
}

const NoList = () => (
  <>
    <PageHeader title="No such list" />
    <EmptyState
      icon={IconBan}
      title="This address leads to no list"
      actions={<Button renderRoot={(props) => <Link {...props} to="/compliance/do-not-call" />}>See all lists</Button>}
    >
      Lists are never deleted, only retired. Look for it among the others.
    </EmptyState>
  </>
);

function OneList({ list }: { readonly list: DncList }) {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const dialog = useLazyDialog();
  const retired = list.retiredAt !== null;
  const manager = mayAct(role, 'manager');
  return (
    <>
      <PageHeader
        title={list.name}
        beside={<StateBadge state={listState(list)} />}
        summary={standingWords(list)}
        actions={
          <>
            {manager && isOurs(list) ? (
              <Button
                component="a"
                variant="default"
                href={dncListFile(list.id)}
                download
                leftSection={<IconDownload size={16} stroke={ICON_STROKE} aria-hidden />}
              >
                As CSV
              </Button>
            ) : null}
            {mayAct(role, 'owner') && !retired ? (
              <Button variant="default" onClick={dialog.open}>
                Retire
              </Button>
            ) : null}
          </>
        }
      />
      <Text size="sm" c="dimmed">
        {kindWords(list)}, made by <bdi>{list.createdBy}</bdi>, <TimeText at={list.createdAt} look="when" />.{' '}
        {isRegistry(list.kind)
          ? 'Whoever agreed in writing or does business with us may be texted all the same.'
          : KINDS[list.kind].about}
      </Text>
      {manager && !retired && list.service === null ? <UploadFile list={list} isOwner={mayAct(role, 'owner')} /> : null}
      {manager ? <DncVersions listId={list.id} /> : <Text>{rightSentence('manager', 'see and upload the files')}</Text>}
      <Suspense fallback={null}>
        {dialog.wanted ? <RetireDialog list={list} opened={dialog.opened} onClose={dialog.close} /> : null}
      </Suspense>
    </>
  );
}
