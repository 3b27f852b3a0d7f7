import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useRef } from 'react';
import { campaignQuery } from '../api/campaigns.ts';
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
  if (campaign.data === undefined)
    return (
      <Page>
        {campaign.error === null ? null : <PageHeader title="Campaign" />}
        <Loaded query={campaign} what="The campaign could not be loaded" skeleton={skeleton}>
          {() => null}
        </Loaded>
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
