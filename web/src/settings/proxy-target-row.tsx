import { Button, Menu, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { operationKeys } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { type ProxyTarget, proxyKeys, removeProxyTarget, updateProxyTarget } from '../api/webhook-proxy.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { RowMenu } from './row-menu.tsx';
import rows from './rows.module.css';

const ProxyTargetDialog = lazy(() =>
  import('./proxy-target-dialog.tsx').then((file) => ({ default: file.ProxyTargetDialog })),
);
const touches = [proxyKeys.targets, proxyKeys.log, operationKeys.status];

interface ProxyTargetRowProps {
  readonly target: ProxyTarget;
  /** Its log is open. */
  readonly shown: boolean;
  readonly onShow: () => void;
}

/** One target with how it does. */
export function ProxyTargetRow({ target, shown, onShow }: ProxyTargetRowProps) {
  const { id, url, accountName, eventTypes, state, failed, waiting, failingSince } = target;
  const logWords = failed === 0 ? 'Log' : `Log, ${formatCount(failed)} failed`;
  const editor = useLazyDialog();
  const [asked, setAsked] = useState(false);
  const change = useAction({
    run: (to: 'active' | 'off') => updateProxyTarget(id, { state: to }),
    touches,
    onDone: (after) =>
      toastDone(
        after.state === 'active'
          ? `Events are forwarded to ${url} from now on`
          : `Nothing is forwarded to ${url} any more`,
      ),
    onProblem: (error) => toastProblem('The target was not changed', error),
  });
  const remove = useAction({
    run: (_input: null) => removeProxyTarget(id),
    touches,
    onDone: () => toastDone(`The target ${url} is removed`),
  });
  return (
    <li className={rows.row} data-shown={shown || undefined}>
      <div className={rows.main}>
        <Text fw={550} truncate title={url}>
          {url}
        </Text>
        <Text size="sm" c="dimmed" truncate>
          {accountName} · {eventTypes.length === 0 ? 'every event' : eventTypes.join(', ')}
        </Text>
      </div>
      <div className={rows.health}>
        {state === 'active' && failingSince !== null ? (
          <StateBadge state="failed" look="plain">
            Takes nothing
          </StateBadge>
        ) : (
          <StateBadge state={state} look="plain" />
        )}
        <Health target={target} />
      </div>
      <div>
        <Button variant="default" size="xs" aria-expanded={shown} aria-label={`${logWords}: ${url}`} onClick={onShow}>
          {logWords}
        </Button>
      </div>
      <RowMenu label={`Change ${url}`}>
        <Menu.Item onClick={editor.open}>Address, networks, types</Menu.Item>
        {state === 'active' ? (
          <Menu.Item onClick={() => change.mutate('off')}>Switch off</Menu.Item>
        ) : (
          <Menu.Item onClick={() => change.mutate('active')}>Switch on</Menu.Item>
        )}
        {state === 'failed' ? <Menu.Item onClick={() => change.mutate('off')}>Leave it off</Menu.Item> : null}
        <Menu.Item onClick={() => setAsked(true)}>Remove</Menu.Item>
      </RowMenu>
      <ConfirmDialog
        opened={asked}
        onClose={() => setAsked(false)}
        title="Remove this target?"
        confirmLabel="Remove the target"
        tone="red"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(null)}
      >
        Nothing is forwarded to {url} any more
        {waiting === 0 ? '' : `, nor what waits (${plural(waiting, 'event', 'events')})`}. Its log goes with it, and its
        token is worth nothing. To stop for a while only, switch it off.
      </ConfirmDialog>
      <Suspense fallback={null}>
        {editor.wanted ? (
          <ProxyTargetDialog
            key={JSON.stringify([url, target.allowedCidrs, eventTypes])}
            target={target}
            opened={editor.opened}
            onClose={editor.close}
          />
        ) : null}
      </Suspense>
    </li>
  );
}

function Health({ target }: { readonly target: ProxyTarget }) {
  const { state, stateReason, failingSince, lastDeliveredAt, deliveredTotal, waiting } = target;
  return (
    <Text size="xs" c="dimmed" component="div" data-tabular>
      {state === 'active' ? null : <div>{stateReason}</div>}
      {state !== 'active' || failingSince === null ? null : (
        <div>
          Since <TimeText at={failingSince} look="when" />
          {waiting === 0 ? '' : `; ${plural(waiting, 'event waits', 'events wait')}`}
        </div>
      )}
      {lastDeliveredAt === null ? (
        <div>None forwarded yet</div>
      ) : (
        <div>
          {formatCount(deliveredTotal)} forwarded, the last <TimeText at={lastDeliveredAt} look="relative" />
        </div>
      )}
    </Text>
  );
}
