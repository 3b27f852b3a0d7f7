import { Text, VisuallyHidden } from '@mantine/core';
import { type UseQueryResult, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useMatch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { type Campaign, type CampaignLive, campaignLiveQuery } from '../api/campaigns.ts';
import { useCampaignStream } from '../api/live.ts';
import { useProductClock } from '../api/product-clock.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { ResumeSending } from '../home/resume-sending.tsx';
import { AddressLink } from '../patterns/address-link.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { campaignAnnouncement, campaignAnswer } from './campaign-answer.ts';
import { CampaignControls } from './campaign-controls.tsx';
import { CampaignTabs } from './campaign-tabs.tsx';

/** Apart, because the list of people is looked at without it. */
const LiveOverview = lazy(() => import('./live-overview.tsx'));

const PointlessQuestion = lazy(() => import('./pointless-question.tsx'));

interface LivePageProps {
  readonly campaign: Campaign;
  /** It was a draft on this screen a moment ago: keys and screen readers go on at the heading. */
  readonly launchedHere: boolean;
}

/** A campaign that was launched: how it stands first, everything else below, and nothing needs a reload. */
export function LivePage({ campaign: known, launchedHere }: LivePageProps) {
  const people = useMatch({ from: '/shell/campaigns/$campaignId/people', shouldThrow: false }) !== undefined;
  const line = useCampaignStream(known.id);
  const live = useQuery(campaignLiveQuery(known.id));
  const campaign = live.data?.campaign ?? known;
  useEffect(() => {
    if (launchedHere) document.querySelector<HTMLElement>('#main h1')?.focus();
  }, [launchedHere]);
  return (
    <Page width={people ? 'fill' : 'content'}>
      <PageHeader
        title={campaign.name}
        beside={<StateBadge state={campaign.state} />}
        summary={<Answer live={live} lost={line === 'lost'} />}
        actions={<CampaignControls campaign={campaign} />}
      />
      {campaign.pointless?.asks ? (
        <Suspense fallback={null}>
          <PointlessQuestion campaign={campaign} />
        </Suspense>
      ) : null}
      <CampaignTabs people={campaign.totals.enrolled} />
      {people ? (
        <Outlet />
      ) : (
        <Suspense fallback={<LoadingSkeleton shape="tiles" count={4} />}>
          <LiveOverview live={live} />
        </Suspense>
      )}
    </Page>
  );
}

function Answer({ live, lost }: { readonly live: UseQueryResult<CampaignLive>; readonly lost: boolean }) {
  const clock = useProductClock(60_000);
  if (live.data === undefined) return <Text size="lg">{'\u00a0'}</Text>;
  const { sentence, more } = campaignAnswer(live.data, clock);
  return (
    <>
      <Text size="lg" fw={550} c="var(--mantine-color-text)" data-tabular>
        {sentence}
        {live.data.waiting?.action == null ? null : <WayOut action={live.data.waiting.action} />}
      </Text>
      <Text size="sm" data-tabular>
        {more}
        {lost ? (
          <Text span inherit c="var(--tone-amber-text)">
            {more === null ? '' : ' · '}Live updates are interrupted; trying again
          </Text>
        ) : null}
      </Text>
      <VisuallyHidden role="status">{campaignAnnouncement(live.data)}</VisuallyHidden>
    </>
  );
}

type Action = NonNullable<NonNullable<CampaignLive['waiting']>['action']>;

/** What a person can do about what the campaign waits for; resuming the campaign itself is the button beside its name. */
function WayOut({ action }: { readonly action: Action }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const { pathname } = useLocation();
  if (action.act === 'resume_campaign' || action.link === pathname) return null;
  if (action.act === 'resume_sending' && mayAct(me.user.role, 'manager'))
    return (
      <>
        {' '}
        <ResumeSending size="xs" />
      </>
    );
  return (
    <>
      {' · '}
      <AddressLink address={action.link}>{action.label}</AddressLink>
    </>
  );
}
