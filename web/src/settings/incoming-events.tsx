import { Button, Menu, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import {
  checkWebhooks,
  type Health,
  type HealthCheck,
  healthKeys,
  healthQuery,
  repairWebhooks,
  startHealthCheck,
  type Webhooks,
  webhooksQuery,
} from '../api/health.ts';
import { useLive } from '../api/live.ts';
import { type Account, operationKeys } from '../api/operations.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { CheckStrip } from '../health/check-strip.tsx';
import { outcomeOf } from '../health/check-words.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './incoming-events.module.css';
import { RowMenu } from './row-menu.tsx';

const ChecksDialog = lazy(() => import('./checks-dialog.tsx').then((file) => ({ default: file.ChecksDialog })));
const KeysDialog = lazy(() => import('./keys-dialog.tsx').then((file) => ({ default: file.KeysDialog })));

interface IncomingEventsProps {
  readonly account: Account;
  readonly mayChange: boolean;
}

/** Whether what people write, opt-outs and receipts come in, and what is done about it. */
export function IncomingEvents({ account, mayChange }: IncomingEventsProps) {
  const { id, name } = account;
  const health = useQuery(healthQuery(id));
  const webhooks = useQuery(webhooksQuery(id));
  const { data: me } = useQuery(meQuery);
  useLive('status', [healthKeys.health(id), healthKeys.webhooks(id)]);
  const checks = useLazyDialog();
  const keys = useLazyDialog();
  const look = useAction({
    run: (_input: null) => checkWebhooks(id),
    touches: [healthKeys.webhooks(id), operationKeys.status],
    onDone: ({ findings }) => {
      // What is wrong shows on the page.
      if (findings.length === 0) toastDone(`${name}: all events are asked for, and come here`);
    },
    onProblem: (error) => toastProblem('The webhooks could not be looked at', error),
  });
  const begin = useAction({
    run: (_input: null, key) => startHealthCheck(id, key),
    touches: [healthKeys.health(id)],
    onProblem: (error) => toastProblem('No check was begun', error),
  });
  const [moving, setMoving] = useState(false);
  const move = useAction({
    run: (_input: null) => repairWebhooks(id, { generation: 'newest' }),
    touches: [healthKeys.webhooks(id), operationKeys.accounts],
    onDone: () => {
      setMoving(false);
      toastDone(`${name} hears of failed texts from now on`);
    },
  });
  const canMove =
    account.kind === 'quo' &&
    webhooks.data?.keys.some(({ part, retireAt }) => part === 'all' && retireAt === null) === false;
  const settings = health.data?.settings ?? null;
  return (
    <section className={classes.block} aria-label={`Incoming events of ${name}`}>
      <div className={classes.head}>
        <Title order={3} size="h5">
          Incoming events
        </Title>
        {mayChange ? (
          <div className={classes.actions}>
            {settings === null ? (
              <Button size="xs" variant="default" onClick={checks.open}>
                Set up the check
              </Button>
            ) : (
              <Button
                size="xs"
                variant="default"
                loading={begin.isPending}
                disabled={health.data?.last?.outcome === null}
                onClick={() => begin.mutate(null)}
              >
                Check now
              </Button>
            )}
            <RowMenu label={`More about the events of ${name}`}>
              <Menu.Item onClick={() => look.mutate(null)}>Look at the webhooks</Menu.Item>
              <Menu.Item onClick={checks.open}>Numbers of the check</Menu.Item>
              {me !== undefined && mayAct(me.user.role, 'owner') ? (
                <Menu.Item onClick={keys.open}>Signing keys</Menu.Item>
              ) : null}
              {canMove ? <Menu.Item onClick={() => setMoving(true)}>Move to the newest events</Menu.Item> : null}
            </RowMenu>
          </div>
        ) : null}
      </div>
      <Loaded query={health} what="The checks could not be loaded">
        {(data) => <Checks health={data} lastEventAt={account.lastEventAt} />}
      </Loaded>
      <Loaded query={webhooks} what="The webhooks could not be loaded" skeleton={<span />}>
        {(data) => <Findings account={account} webhooks={data} mayChange={mayChange} />}
      </Loaded>
      <ConfirmDialog
        opened={moving}
        onClose={() => setMoving(false)}
        title={`Move ${name} to the newest events?`}
        confirmLabel="Replace its webhooks by one"
        onConfirm={() => move.mutate(null)}
        busy={move.isPending}
        error={move.error}
      >
        <Text size="sm">
          The provider then also tells which texts failed and why, and what changes in its contacts. One webhook takes
          the place of those that are there; no event is lost meanwhile.
        </Text>
      </ConfirmDialog>
      <Suspense fallback={null}>
        {checks.wanted && health.data !== undefined ? (
          <ChecksDialog
            key={JSON.stringify(settings)}
            account={account}
            settings={settings}
            opened={checks.opened}
            onClose={checks.close}
          />
        ) : null}
        {keys.wanted && webhooks.data !== undefined ? (
          <KeysDialog account={account} webhooks={webhooks.data} opened={keys.opened} onClose={keys.close} />
        ) : null}
      </Suspense>
    </section>
  );
}

function Checks({ health, lastEventAt }: { readonly health: Health; readonly lastEventAt: string | null }) {
  const { last, settings, suspicion } = health;
  return (
    <>
      <Text size="sm" component="div">
        {lastEventAt === null ? (
          'No event has come in yet. '
        ) : (
          <>
            The last event came <TimeText at={lastEventAt} look="relative" />.{' '}
          </>
        )}
        {last === null ? (
          settings === null ? (
            'Nothing checks by itself whether they come: the check texts from one of your numbers to another.'
          ) : (
            'The first check has not been made yet.'
          )
        ) : (
          <LastCheck check={last} enabled={settings?.enabled === true} />
        )}
      </Text>
      {suspicion === null ? null : (
        <Notice tone="amber">
          Suspicious: {suspicion.detail}. A check is made at once; people are told if it fails.
        </Notice>
      )}
      <CheckStrip health={health} />
    </>
  );
}

function LastCheck({ check, enabled }: { readonly check: HealthCheck; readonly enabled: boolean }) {
  const { word, tone } = outcomeOf(check);
  return (
    <>
      Check begun <TimeText at={check.startedAt} look="relative" />:{' '}
      <span className={classes.outcome} style={toneStyle(tone)}>
        {word}
      </span>
      {check.detail === null ? null : ` (${check.detail})`}
      {enabled ? '.' : '. No checks are made by themselves.'}
    </>
  );
}

interface FindingsProps {
  readonly account: Account;
  readonly webhooks: Webhooks;
  readonly mayChange: boolean;
}

function Findings({ account: { id, name }, webhooks, mayChange }: FindingsProps) {
  const { findings, lookedAt, problem, inDoubtSince, partsRefused, fallback } = webhooks;
  const repair = useAction({
    run: (_input: null) => repairWebhooks(id, {}),
    touches: [healthKeys.webhooks(id), operationKeys.accounts, operationKeys.status],
    onDone: (after) =>
      toastDone(
        after.findings.length === 0
          ? `${name}: all events are asked for again`
          : `${name} is not wholly repaired: ${after.findings[0]?.sentence}`,
      ),
    onProblem: (error) => toastProblem('The webhooks were not repaired', error),
  });
  const refused =
    partsRefused.length === 0 ? null : (
      <Text size="xs" c="dimmed">
        Your plan at the provider does not have {partsRefused.map((part) => part.replaceAll('-', ' ')).join(' and ')}.
      </Text>
    );
  const older =
    fallback === null ? null : (
      <Text size="xs" c="dimmed">
        The provider refused its newest events to this key ({fallback}): that a text has failed is found by asking.
      </Text>
    );
  // The doubt itself is told with its time.
  const told = inDoubtSince === null ? findings : findings.filter(({ kind }) => kind !== 'unknown_key');
  if (findings.length === 0 && inDoubtSince === null)
    return (
      <>
        <Text size="xs" c="dimmed" component="div">
          {lookedAt === null ? (
            'Nobody has looked at the webhooks yet; it is done within a minute, then daily.'
          ) : (
            <>
              Webhooks looked at <TimeText at={lookedAt} look="relative" />:{' '}
              {problem === null
                ? 'all events are asked for, and come here.'
                : `the provider did not answer (${problem}).`}
            </>
          )}
        </Text>
        {refused}
        {older}
      </>
    );
  return (
    <>
      <Notice tone={inDoubtSince === null && findings.every(({ kind }) => kind === 'duplicate') ? 'amber' : 'red'}>
        <ul className={classes.findings}>
          {inDoubtSince === null ? null : (
            <li>
              A change of the keys was begun <TimeText at={inDoubtSince} look="when" />, and how it ended is not known:
              events may be signed with a key that is not known here, and refused. Repair the webhooks: that makes a key
              which is known here, and the provider sends again what was refused.
            </li>
          )}
          {told.map(({ sentence }) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        {mayChange ? (
          <Button size="xs" loading={repair.isPending} onClick={() => repair.mutate(null)}>
            Repair the webhooks
          </Button>
        ) : null}
      </Notice>
      {refused}
      {older}
    </>
  );
}

function Notice({ tone, children }: { readonly tone: 'amber' | 'red'; readonly children: ReactNode }) {
  return (
    <div className={classes.notice} style={toneStyle(tone)} role="status">
      <IconAlertTriangle size={16} stroke={ICON_STROKE} aria-hidden />
      <div className={classes.noticeBody}>{children}</div>
    </div>
  );
}
