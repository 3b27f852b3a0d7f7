import { Page, PageHeader } from '../patterns/page.tsx';

export function CampaignsPage() {
  return (
    <Page width="fill">
      <PageHeader title="Campaigns" />
    </Page>
  );
}
