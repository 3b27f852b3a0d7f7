import { Page, PageHeader } from '../patterns/page.tsx';

export function CampaignPage() {
  return (
    <Page>
      <PageHeader title="Campaign" />
    </Page>
  );
}
