import { Button } from '@mantine/core';
import { IconDownload, IconPhoneOff, IconPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { type DncList, dncListsQuery, OUR_DO_NOT_CALL_FILE } from '../api/dnc-lists.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { LinkRow, LinkRows } from '../patterns/link-rows.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import { CheckNumber } from './check-number.tsx';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { kindWords, listState, listsWords, standingWords } from './dnc-words.ts';

const NewListDialog = lazy(() => import('./new-list-dialog.tsx'));

/** Which lists are asked before a campaign texts somebody, and how old they are. */
export function DncPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const query = useQuery(dncListsQuery);
  const dialog = useLazyDialog();
  const lists = query.data?.data;
  const make = mayAct(role, 'manager') ? (
    <Button leftSection={<IconPlus size={16} stroke={ICON_STROKE} aria-hidden />} onClick={dialog.open}>
      New list
    </Button>
  ) : null;
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader
        title="Do-not-call lists"
        summary={lists === undefined ? '\u00a0' : listsWords(lists)}
        actions={
          <>
            {mayAct(role, 'manager') ? (
              <Button
                component="a"
                variant="default"
                href={OUR_DO_NOT_CALL_FILE}
                download
                leftSection={<IconDownload size={16} stroke={ICON_STROKE} aria-hidden />}
              >
                Our list as CSV
              </Button>
            ) : null}
            {lists !== undefined && lists.length > 0 ? make : null}
          </>
        }
      />
      <Loaded
        query={query}
        what="The do-not-call lists could not be loaded"
        skeleton={<LoadingSkeleton shape="pairs" count={3} />}
      >
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState
              icon={IconPhoneOff}
              title="No list yet"
              actions={make ?? rightSentence('manager', 'make a list and upload its files')}
            >
              Campaigns leave out whoever is on the registry of the nation or of a state, on a list of your own, or on
              one that you buy. Make a list, then upload its file.
            </EmptyState>
          ) : (
            <LinkRows>
              {data.map((list) => (
                <ListRow key={list.id} list={list} />
              ))}
            </LinkRows>
          )
        }
      </Loaded>
      {mayAct(role, 'agent') && lists !== undefined && lists.length > 0 ? (
        <CheckNumber mayRecord={mayAct(role, 'manager')} />
      ) : null}
      <Section title="Also asked" note="Before a campaign texts somebody.">
        <LinkRows>
          <LinkRow
            link={(className) => (
              <Link to="/compliance/do-not-call/service" className={className}>
                Scrub service
              </Link>
            )}
            second="Asked about each number"
            outcome="Says which lists of the nation, of states and of people who go to court a number is on."
            state={null}
          />
          <LinkRow
            link={(className) => (
              <Link to="/compliance/do-not-call/reassigned" className={className}>
                Reassigned numbers
              </Link>
            )}
            second="Asked by files"
            outcome="Whether a number may be somebody else’s since the person agreed."
            state={null}
          />
        </LinkRows>
      </Section>
      <Suspense fallback={null}>
        {dialog.wanted ? <NewListDialog opened={dialog.opened} onClose={dialog.close} /> : null}
      </Suspense>
    </Page>
  );
}

const ListRow = ({ list }: { readonly list: DncList }) => (
  <LinkRow
    link={(className) => (
      <Link to="/compliance/do-not-call/$listId" params={{ listId: list.id }} className={className}>
        <bdi>{list.name}</bdi>
      </Link>
    )}
    second={kindWords(list)}
    outcome={standingWords(list)}
    state={<StateBadge state={listState(list)} />}
  />
);
