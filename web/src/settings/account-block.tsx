import { Button, Menu, Text, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { type Account, operationKeys, refreshAccount, updateAccount } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { plural } from '../patterns/format.ts';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './account-block.module.css';
import { IncomingEvents } from './incoming-events.tsx';
import { LaneRow } from './lane-row.tsx';
import { PROVIDERS } from './providers.ts';
import { RowMenu } from './row-menu.tsx';
import rows from './rows.module.css';
import { useIntoSight } from './use-into-sight.ts';

const AccountDialog = lazy(() => import('./account-dialog.tsx').then((file) => ({ default: file.AccountDialog })));
const PauseDialog = lazy(() => import('./pause-dialog.tsx').then((file) => ({ default: file.PauseDialog })));
const touches = [operationKeys.accounts, operationKeys.status, operationKeys.home];

interface AccountBlockProps {
  readonly account: Account;
  readonly mayChange: boolean;
  /** The account or number that a link has led to. */
  readonly shown: string;
}

/** One account at the provider: whether it works, and its numbers. */
export function AccountBlock({ account, mayChange, shown }: AccountBlockProps) {
  const block = useIntoSight<HTMLElement>(shown === account.id);
  const { id, name, environment, state, stateReason, stateRemedy, lanes } = account;
  const editor = useLazyDialog();
  const pauser = useLazyDialog();
  const refresh = useAction({
    run: (_input: null) => refreshAccount(id),
    touches,
    onDone: (after) => toastDone(refreshedWords(account, after)),
    onProblem: (error) => toastProblem(`${name} was not refreshed`, error),
  });
  const resume = useAction({
    run: (_input: null) => updateAccount(id, { state: 'active' }),
    touches,
    onDone: () => toastDone(`${name} sends again`),
    onProblem: (error) => toastProblem(`${name} was not resumed`, error),
  });
  const paused = state === 'paused';
  return (
    <section ref={block} className={classes.account} aria-label={name}>
      <div className={classes.head}>
        <div className={classes.identity}>
          <Title order={2} size="h3" className={classes.name}>
            {name}
          </Title>
          <StateBadge state={state} />
          {environment === 'sandbox' ? (
            <Text span size="xs" c="var(--tone-amber-text)" fw={550}>
              Sandbox: nobody real is texted
            </Text>
          ) : null}
        </div>
        {mayChange ? (
          <div className={classes.actions}>
            <Button
              variant="default"
              loading={refresh.isPending}
              leftSection={<IconRefresh size={16} stroke={ICON_STROKE} aria-hidden />}
              onClick={() => refresh.mutate(null)}
            >
              Refresh numbers
            </Button>
            <RowMenu label={`More about ${name}`}>
              <Menu.Item onClick={editor.open}>Name and rate</Menu.Item>
              {paused ? (
                <Menu.Item onClick={() => resume.mutate(null)}>Resume the account</Menu.Item>
              ) : (
                <Menu.Item onClick={pauser.open}>Pause the account</Menu.Item>
              )}
            </RowMenu>
          </div>
        ) : null}
      </div>
      {paused ? (
        <Text size="sm" c="var(--tone-amber-text)">
          {stateReason}. Nothing goes out from its numbers, replies included.{' '}
          {stateRemedy === null ? null : `${stateRemedy}, then resume it. `}
          {mayChange ? (
            <Button size="xs" variant="default" loading={resume.isPending} onClick={() => resume.mutate(null)}>
              Resume
            </Button>
          ) : null}
        </Text>
      ) : null}
      {account.breaker === null || paused ? null : (
        <Text size="sm" c="var(--tone-red-text)" role="status">
          The provider does not answer since <TimeText at={account.breaker.openSince} look="when" /> (
          {account.breaker.detail}). Nothing goes out from its numbers; it is asked again every few moments, and sending
          goes on by itself.
        </Text>
      )}
      {account.heldUntil === null || paused ? null : (
        <Text size="sm" c="var(--tone-amber-text)" role="status">
          The provider asked for time until <TimeText at={account.heldUntil} look="when" />. Nothing goes out from its
          numbers before; sending goes on by itself then.
        </Text>
      )}
      <Facts account={account} />
      <IncomingEvents account={account} mayChange={mayChange} />
      <ul className={rows.list} aria-label={`Numbers of ${name}`}>
        {lanes.map((lane) => (
          <LaneRow key={lane.id} lane={lane} mayChange={mayChange} shown={shown === lane.id} />
        ))}
      </ul>
      <Suspense fallback={null}>
        {editor.wanted ? (
          <AccountDialog
            key={`${name} ${account.ratePerSecond}`}
            account={account}
            opened={editor.opened}
            onClose={editor.close}
          />
        ) : null}
        {pauser.wanted ? (
          <PauseDialog
            opened={pauser.opened}
            onClose={pauser.close}
            title={`Pause ${name}?`}
            confirmLabel={`Pause ${plural(lanes.length, 'number', 'numbers')}`}
            touches={touches}
            run={(reason) => updateAccount(id, { state: 'paused', ...(reason === '' ? {} : { reason }) })}
            done={`${name} is paused`}
          >
            Nothing goes out from its {plural(lanes.length, 'number', 'numbers')} until it is resumed, replies and
            confirmations included. What people write still arrives.
          </PauseDialog>
        ) : null}
      </Suspense>
    </section>
  );
}

function Facts({ account }: { readonly account: Account }) {
  const { kind, baseUrl, environment, ratePerSecond, webhookRegistered, webhookUrl, heldBy, state } = account;
  return (
    <dl className={classes.facts}>
      {webhookRegistered ? null : (
        <Fact label="Events">
          <StateBadge state="failed" look="plain">
            Not registered: replies and opt-outs do not arrive. Refresh the numbers.
          </StateBadge>
        </Fact>
      )}
      <Fact label="Webhook">
        <CopyText value={webhookUrl} label="Copy the webhook address" />
      </Fact>
      <Fact label="Sending">
        {heldBy === null ? (
          <StateBadge state="held" look="plain">
            {state === 'paused'
              ? 'No worker, while it is paused'
              : 'No worker holds it right now, so nothing goes out. One takes it within seconds if one is running.'}
          </StateBadge>
        ) : (
          <>by the worker {heldBy}</>
        )}
      </Fact>
      <Fact label="Provider">
        {environment === 'sandbox' ? 'The sandbox' : PROVIDERS[kind].name} at {new URL(baseUrl).host}, at most{' '}
        {ratePerSecond} requests a second
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** "The numbers were read again: 1 new, 1 gone." */
function refreshedWords(before: Account, after: Account): string {
  const known = new Map(before.lanes.map((lane) => [lane.id, lane.state]));
  const added = after.lanes.filter((lane) => !known.has(lane.id)).length;
  const off = after.lanes.filter((lane) => lane.state === 'off' && (known.get(lane.id) ?? 'off') !== 'off').length;
  const back = after.lanes.filter((lane) => lane.state === 'active' && known.get(lane.id) === 'off').length;
  const changes = [
    [added, 'new'],
    [off, 'switched off'],
    [back, 'back'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, word]) => `${count} ${word}`);
  return `The numbers were read again: ${changes.length === 0 ? 'nothing changed' : changes.join(', ')}`;
}
