import { Page, PageHeader } from '../patterns/page.tsx';

export function TemplatePage() {
  return (
    <Page>
      <PageHeader title="Template" />
    </Page>
  );
}
