import { useSuspenseQuery } from '@tanstack/react-query';
import { meQuery } from '../api/session.ts';
import { Page, PageHeader } from '../patterns/page.tsx';

export function HomePage() {
  const { data: me } = useSuspenseQuery(meQuery);
  return (
    <Page>
      <PageHeader title={me.business.name} documentTitle="Home" />
    </Page>
  );
}
