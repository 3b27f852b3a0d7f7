import { Button } from '@mantine/core';
import { IconDeviceMobileMessage, IconPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useLive } from '../api/live.ts';
import { type Account, accountsQuery, operationKeys } from '../api/operations.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { PageHeader } from '../patterns/page.tsx';
import { ICON_STROKE } from '../theme.ts';
import { AccountBlock } from './account-block.tsx';
import { MayNot } from './may-not.tsx';
import { SANDBOX_SENTENCE, SandboxButton } from './sandbox-button.tsx';

const ConnectDialog = lazy(() => import('./connect-dialog.tsx').then((file) => ({ default: file.ConnectDialog })));
const route = getRouteApi('/shell/settings/numbers');

/** The accounts at the provider, and the numbers that texts go out from. */
export function NumbersPage() {
  const { data: me } = useSuspenseQuery(meQuery);
  const { connect = '', show = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(accountsQuery);
  useLive('status', [operationKeys.accounts]);
  useLive('campaign', [operationKeys.accounts]);
  const mayConnect = mayAct(me.user.role, 'owner');
  const mayChange = mayAct(me.user.role, 'manager');
  const connecting = connect === 'yes' && mayConnect;
  const [wanted, setWanted] = useState(false);
  if (connecting && !wanted) setWanted(true);
  const setConnecting = (on: boolean): void =>
    void navigate({ search: (prev) => ({ ...prev, connect: on ? 'yes' : '' }), replace: true });
  const connectButton = (
    <Button leftSection={<IconPlus size={16} stroke={ICON_STROKE} aria-hidden />} onClick={() => setConnecting(true)}>
      Connect an account
    </Button>
  );
  const accounts = query.data?.data;
  return (
    <>
      <PageHeader
        title="Numbers"
        summary={accounts === undefined ? '\u00a0' : answer(accounts)}
        actions={mayConnect && accounts !== undefined && accounts.length > 0 ? connectButton : null}
      />
      {mayChange ? null : <MayNot least="manager" act="change numbers" />}
      <Loaded query={query} what="The numbers could not be loaded">
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState
              icon={IconDeviceMobileMessage}
              title="No number yet"
              actions={
                mayConnect ? (
                  <>
                    {connectButton}
                    <SandboxButton />
                  </>
                ) : (
                  rightSentence('owner', 'connect accounts')
                )
              }
            >
              Texts go out from your own business numbers at Quo (formerly OpenPhone) or Twilio. Connect your account
              there, and its numbers appear here. Or look around first. {SANDBOX_SENTENCE}
            </EmptyState>
          ) : (
            data.map((account) => (
              <AccountBlock key={account.id} account={account} mayChange={mayChange} shown={show} />
            ))
          )
        }
      </Loaded>
      <Suspense fallback={null}>
        {wanted ? <ConnectDialog opened={connecting} onClose={() => setConnecting(false)} /> : null}
      </Suspense>
    </>
  );
}

/** "2 of 3 numbers can send, 118 of 250 campaign texts left today." */
function answer(accounts: readonly Account[]): string {
  const lanes = accounts.flatMap((account) => account.lanes);
  const sending = accounts
    .filter((account) => account.state === 'active' && account.breaker === null)
    .flatMap((account) => account.lanes)
    .filter((lane) => lane.state === 'active' || lane.state === 'draining');
  if (lanes.length === 0) return 'No number is connected.';
  if (sending.length === 0) return 'No number can send right now.';
  const left = sending.reduce((sum, lane) => sum + Math.max(0, lane.dailyCap - lane.usedToday), 0);
  const cap = sending.reduce((sum, lane) => sum + lane.dailyCap, 0);
  const which =
    sending.length === lanes.length
      ? plural(lanes.length, 'number can send', 'numbers can send')
      : `${formatCount(sending.length)} of ${plural(lanes.length, 'number', 'numbers')} can send`;
  return `${which}; ${formatCount(left)} of ${formatCount(cap)} campaign texts left today.`;
}
