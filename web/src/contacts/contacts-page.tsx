import { Outlet } from '@tanstack/react-router';
import { Page, PageHeader } from '../patterns/page.tsx';
import { SplitView } from '../patterns/side-panel.tsx';

export function ContactsPage() {
  return (
    <Page width="fill">
      <PageHeader title="Contacts" />
      <SplitView panel={<Outlet />}>{null}</SplitView>
    </Page>
  );
}
