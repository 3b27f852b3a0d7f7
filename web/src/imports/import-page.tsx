import { Page, PageHeader } from '../patterns/page.tsx';

export function ImportPage() {
  return (
    <Page>
      <PageHeader title="Import" />
    </Page>
  );
}
