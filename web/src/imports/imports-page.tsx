import { Page, PageHeader } from '../patterns/page.tsx';

export function ImportsPage() {
  return (
    <Page>
      <PageHeader title="Imports" />
    </Page>
  );
}
