import { Button } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { mayAct, meQuery } from '../api/session.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { PageHeader } from '../patterns/page.tsx';

/** Its fields are fetched for owners only. */
const AlertForm = lazy(() => import('./alert-form.tsx').then((file) => ({ default: file.AlertForm })));

/** Who is told when something stops by itself. */
export function AlertsPage() {
  const { data: me } = useSuspenseQuery(meQuery);
  const owns = mayAct(me.user.role, 'owner');
  return (
    <>
      <PageHeader
        title="Alerts"
        summary="Who is told when an account, a number or a campaign stops by itself, and when it goes on."
        actions={
          mayAct(me.user.role, 'manager') ? (
            <Button variant="default" renderRoot={(props) => <Link {...props} to="/alerts" />}>
              See the alerts
            </Button>
          ) : undefined
        }
      />
      {owns ? (
        <Suspense fallback={<LoadingSkeleton />}>
          <AlertForm zone={me.business.zone} />
        </Suspense>
      ) : (
        <NoRight least="owner" act="choose who is told" />
      )}
    </>
  );
}
