import { Outlet } from '@tanstack/react-router';
import { Page, PageHeader } from '../patterns/page.tsx';

export function InboxPage() {
  return (
    <Page width="fill">
      <PageHeader title="Inbox" />
      <Outlet />
    </Page>
  );
}
