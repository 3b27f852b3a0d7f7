import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Alert, alertKeys, alertsQuery } from '../api/alerts.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { AlertRow } from './alert-row.tsx';
import classes from './alerts.module.css';

/** What is wrong, what was, and whether anybody has been told. */
export function AlertsPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  if (mayAct(role, 'manager')) return <Alerts owns={mayAct(role, 'owner')} />;
  return (
    <Page>
      <PageHeader title="Alerts" />
      <NoRight least="manager" act="see alerts" />
    </Page>
  );
}

function Alerts({ owns }: { readonly owns: boolean }) {
  const open = useInfiniteQuery(alertsQuery('open'));
  useLive('alerts', [alertKeys.lists]);
  const rows = rowsOf(open.data);
  const many = open.hasNextPage ? `More than ${rows.length}` : String(rows.length);
  return (
    <Page>
      <PageHeader
        title="Alerts"
        summary={open.data === undefined ? '\u00a0' : answer(rows, many)}
        actions={
          owns ? (
            <Button variant="default" renderRoot={(props) => <Link {...props} to="/settings/alerts" />}>
              Who is told
            </Button>
          ) : undefined
        }
      />
      <Loaded query={open} what="The alerts could not be loaded" skeleton={<LoadingSkeleton shape="pairs" count={3} />}>
        {() =>
          rows.length === 0 ? (
            <EmptyState icon={IconCircleCheck} title="Nothing is wrong">
              An account, a number or a campaign that stops by itself appears here, and whoever is to be told gets a
              mail.
            </EmptyState>
          ) : (
            <AlertList label="Open alerts" alerts={rows} list={open} />
          )
        }
      </Loaded>
      {open.data === undefined ? null : <History />}
    </Page>
  );
}

function answer(open: readonly Alert[], many: string): string {
  if (open.length === 0) return 'All is well.';
  const untouched = open.filter(({ acknowledgedAt }) => acknowledgedAt === null).length;
  const words = open.length === 1 && many === '1' ? '1 alert is open' : `${many} alerts are open`;
  if (untouched === 0) return `${words}, and somebody sees to ${open.length === 1 ? 'it' : 'each'}.`;
  return `${words}; ${untouched === open.length ? 'nobody has said that they see to' : `nobody sees yet to ${untouched} of`} ${open.length === 1 ? 'it' : 'them'}.`;
}

function History() {
  const over = useInfiniteQuery(alertsQuery('resolved'));
  const rows = rowsOf(over.data);
  if (over.data !== undefined && rows.length === 0) return null;
  const note = over.data === undefined || over.hasNextPage ? undefined : plural(rows.length, 'alert', 'alerts');
  return (
    <Section title="Over" {...(note === undefined ? {} : { note })}>
      <Loaded
        query={over}
        what="Past alerts could not be loaded"
        skeleton={<LoadingSkeleton shape="pairs" count={4} />}
      >
        {() => <AlertList label="Alerts that are over" alerts={rows} list={over} />}
      </Loaded>
    </Section>
  );
}

function AlertList({
  label,
  alerts,
  list,
}: {
  readonly label: string;
  readonly alerts: readonly Alert[];
  readonly list: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; fetchNextPage(): unknown };
}) {
  return (
    <>
      <ul className={classes.list} aria-label={label}>
        {alerts.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
      <MoreButton list={list} />
    </>
  );
}
