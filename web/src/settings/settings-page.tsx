import { Page, PageHeader } from '../patterns/page.tsx';

export function SettingsPage() {
  return (
    <Page>
      <PageHeader title="Settings" />
    </Page>
  );
}
