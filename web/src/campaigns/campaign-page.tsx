import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useRef } from 'react';
import { campaignQuery } from '../api/campaigns.ts';
import { isProblem } from '../api/problem.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';

// Two pages in one place: whoever watches a campaign does not load the builder.
const DraftPage = lazy(() => import('./draft-page.tsx').then((file) => ({ default: file.DraftPage })));
const LivePage = lazy(() => import('./live-page.tsx').then((file) => ({ default: file.LivePage })));

const route = getRouteApi('/shell/campaigns/$campaignId');

export function CampaignPage() {
  const { campaignId } = route.useParams();
  const campaign = useQuery(campaignQuery(campaignId));
  const skeleton = <LoadingSkeleton shape="detail" />;
  const isDraft = campaign.data?.state === 'draft';
  const seenAsDraft = useRef<string>(undefined);
  if (isDraft) seenAsDraft.current = campaignId;
  // Also when it is deleted on another screen while it is open on this one.
  if (campaign.data === undefined || isProblem(campaign.error, 404))
    return (
      <Page>
        {campaign.error === null ? null : <PageHeader title="Campaign" />}
        {isProblem(campaign.error, 404) ? (
          <Gone />
        ) : (
          <Loaded query={campaign} what="The campaign could not be loaded" skeleton={skeleton}>
            {() => null}
          </Loaded>
        )}
      </Page>
    );
  return (
    <Suspense fallback={<Page>{skeleton}</Page>}>
      {isDraft ? (
        <DraftPage key={campaignId} campaign={campaign.data} />
      ) : (
        <LivePage key={campaignId} campaign={campaign.data} launchedHere={seenAsDraft.current === campaignId} />
      )}
    </Suspense>
  );
}

function Gone() {
  return (
    <EmptyState
      icon={IconTrash}
      title="This campaign does not exist"
      actions={
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/campaigns" />}>
          All campaigns
        </Button>
      }
    >
      It was a draft that somebody deleted, or the address is not complete.
    </EmptyState>
  );
}
