import { Button } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useQueries, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { healthQuery } from '../api/health.ts';
import { accountsQuery } from '../api/operations.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { OperationsTabs } from '../operations/operations-tabs.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { AccountHealth } from './account-health.tsx';
import { comeInWords } from './check-words.ts';

/** Whether what the providers report comes in, account by account, and whether it did before. */
export function HealthPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const query = useQuery(accountsQuery);
  const accounts = query.data?.data ?? [];
  const health = useQueries({ queries: accounts.map(({ id }) => healthQuery(id)) }).map(({ data }) => data);
  const known = health.filter((one) => one !== undefined);
  const owns = mayAct(role, 'owner');
  return (
    <Page width="start">
      <OperationsTabs />
      <PageHeader
        title="Health"
        summary={query.data === undefined || known.length < accounts.length ? '\u00a0' : comeInWords(known)}
        actions={
          accounts.length > 0 ? (
            <Button variant="default" renderRoot={(props) => <Link {...props} to="/settings/numbers" />}>
              Accounts and webhooks
            </Button>
          ) : null
        }
      />
      <Loaded query={query} what="The accounts could not be loaded" skeleton={<LoadingSkeleton shape="detail" />}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState
              icon={IconPlugConnected}
              title="No account is connected"
              actions={
                owns ? (
                  <Button renderRoot={(props) => <Link {...props} to="/settings/numbers" />}>Connect an account</Button>
                ) : undefined
              }
            >
              Whether events come in is checked with a text from one of your numbers to another. The checks of every
              account are listed here.
            </EmptyState>
          ) : (
            data.map((account) => (
              <AccountHealth key={account.id} account={account} mayCheck={mayAct(role, 'manager')} />
            ))
          )
        }
      </Loaded>
    </Page>
  );
}
