import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useLive } from '../api/live.ts';
import { type Home, homeQuery, operationKeys, statusQuery } from '../api/operations.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useNewCampaign } from '../campaigns/use-new-campaign.ts';
import { plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { ICON_STROKE } from '../theme.ts';
import { ActiveCampaigns } from './active-campaigns.tsx';
import { AttentionList } from './attention-list.tsx';
import { Checklist } from './checklist.tsx';
import classes from './home-page.module.css';
import { TodayFigures } from './today-figures.tsx';
import { Trend } from './trend.tsx';
import { WaitingPeople } from './waiting-people.tsx';

/** How things stand, and what to do next. */
export function HomePage() {
  const { data: me } = useSuspenseQuery(meQuery);
  const query = useQuery(homeQuery);
  const status = useQuery(statusQuery);
  const newCampaign = useNewCampaign();
  useLive('inbox', [operationKeys.home]);
  useLive('campaign', [operationKeys.home]);
  useLive('contacts', [operationKeys.home]);
  const { role } = me.user;
  const manages = mayAct(role, 'manager');
  return (
    <Page>
      <PageHeader
        title={me.business.name}
        documentTitle="Home"
        summary={query.data === undefined ? '\u00a0' : answer(query.data)}
        actions={
          manages && query.data?.checklist.campaign ? (
            <Button
              leftSection={<IconPlus size={16} stroke={ICON_STROKE} aria-hidden />}
              loading={newCampaign.busy}
              onClick={newCampaign.start}
            >
              New campaign
            </Button>
          ) : null
        }
      />
      <Loaded query={query} what="The overview could not be loaded" skeleton={<HomeSkeleton />}>
        {(home) => (
          <>
            <Checklist home={home} environment={status.data?.environment} role={role} />
            <AttentionList items={home.attention} mayResume={manages} />
            {home.checklist.campaign ? <TodayFigures today={home.today} /> : null}
            {home.checklist.campaign || home.waitingCount > 0 ? (
              <div className={classes.columns}>
                <WaitingPeople home={home} />
                <ActiveCampaigns campaigns={home.campaigns} />
              </div>
            ) : null}
            <Trend days={home.trend} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** The page's first line: what went out today, and whether anybody waits. */
function answer({ checklist, today, waitingCount }: Home): string {
  const waiting =
    waitingCount === 0
      ? 'Nobody waits for an answer.'
      : `${plural(waitingCount, 'person waits', 'people wait')} for an answer.`;
  if (!checklist.campaign)
    return waitingCount === 0
      ? 'Three steps to your first campaign. Each can be tried with sample data first.'
      : waiting;
  return `${plural(today.sent, 'campaign text', 'campaign texts')} sent today. ${waiting}`;
}

function HomeSkeleton() {
  return (
    <>
      <LoadingSkeleton shape="tiles" count={5} />
      <div className={classes.columns}>
        <LoadingSkeleton shape="lines" count={6} />
        <LoadingSkeleton shape="lines" count={6} />
      </div>
    </>
  );
}
