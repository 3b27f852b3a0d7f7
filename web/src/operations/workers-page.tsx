import { Anchor, Code, List, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLive } from '../api/live.ts';
import { type Account, accountsQuery, operationKeys } from '../api/operations.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import classes from './operations.module.css';
import { OperationsTabs } from './operations-tabs.tsx';

/** Leases change without a word to the pages. */
const EVERY_MS = 5_000;

/** Who sends for which account, and what to do when nobody does. */
export function WorkersPage() {
  const query = useQuery({ ...accountsQuery, refetchInterval: EVERY_MS });
  useLive('status', [operationKeys.accounts]);
  return (
    <Page width="start">
      <OperationsTabs />
      <PageHeader title="Workers" summary={query.data === undefined ? '\u00a0' : summaryWords(query.data.data)} />
      <Loaded
        query={query}
        what="The workers could not be loaded"
        skeleton={<LoadingSkeleton shape="pairs" count={2} />}
      >
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState icon={IconPlugConnected} title="No account yet">
              A worker sends for an account of your provider. Connect one under Settings, Numbers.
            </EmptyState>
          ) : (
            <ul className={classes.rows} aria-label="Accounts">
              {data.map((account) => (
                <WorkerRow key={account.id} account={account} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Guide />
    </Page>
  );
}

function summaryWords(accounts: readonly Account[]): string {
  const held = accounts.flatMap(({ heldBy }) => heldBy ?? []);
  const workers = new Set(held).size;
  if (accounts.length === 0) return 'Nothing to send from yet';
  if (workers === 0) return 'No worker sends right now';
  return `${plural(workers, 'worker sends', 'workers send')} for ${formatCount(held.length)} of ${plural(accounts.length, 'account', 'accounts')}`;
}

function WorkerRow({ account: { id, name, heldBy, state } }: { readonly account: Account }) {
  return (
    <li className={classes.replay}>
      <div>
        <Text fw={550} component="div">
          <Anchor inherit renderRoot={(props) => <Link {...props} to="/settings/numbers" search={{ show: id }} />}>
            {name}
          </Anchor>
        </Text>
        <Text size="sm" c="dimmed" component="div">
          {heldBy === null ? 'Nothing goes out until a worker takes it' : <bdi>{heldBy}</bdi>}
        </Text>
      </div>
      {state === 'paused' ? (
        <StateBadge state="paused" />
      ) : heldBy === null ? (
        <StateBadge state="held">No worker</StateBadge>
      ) : (
        <StateBadge state="active">Sends</StateBadge>
      )}
    </li>
  );
}

const Guide = () => (
  <Section title="When an account has no worker, or its worker sends nothing">
    <List type="ordered" size="sm" spacing="xs" maw="44rem">
      <List.Item>
        Every server that was started with <Code>textwright serve</Code> has a worker in it. If the servers run with{' '}
        <Code>--role api</Code>, a worker has to run beside them.
      </List.Item>
      <List.Item>
        Start one with <Code>textwright worker</Code>, on any machine with the same <Code>DATABASE_URL</Code> and{' '}
        <Code>TEXTWRIGHT_SECRET_KEY</Code>. It takes the accounts that nobody holds within seconds, and first asks the
        gateway what their numbers sent last.
      </List.Item>
      <List.Item>
        A worker that stops again and again says why in its log, on its standard error. Restarting it is safe at any
        moment: nobody is texted twice. What it had begun is settled by asking the gateway.
      </List.Item>
      <List.Item>
        Any number of workers may run. They share the accounts out; when one dies, the others take over what it held
        within fifteen seconds.
      </List.Item>
    </List>
  </Section>
);
