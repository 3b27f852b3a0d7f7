import { Page, PageHeader } from '../patterns/page.tsx';

export function TemplatesPage() {
  return (
    <Page>
      <PageHeader title="Templates" />
    </Page>
  );
}
