import { Button } from '@mantine/core';
import { IconBraces, IconPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useLive } from '../api/live.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { type ProxyTarget, proxyKeys, proxyTargetsQuery } from '../api/webhook-proxy.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { PageHeader } from '../patterns/page.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import { ProxyLog } from './proxy-log.tsx';
import { ProxyTargetRow } from './proxy-target-row.tsx';
import rows from './rows.module.css';

const ProxyTargetDialog = lazy(() =>
  import('./proxy-target-dialog.tsx').then((file) => ({ default: file.ProxyTargetDialog })),
);
const route = getRouteApi('/shell/settings/development-proxy');

/** Where events are forwarded to while somebody writes the program that will take them. */
export function DevelopmentProxyPage() {
  const { data: me } = useSuspenseQuery(meQuery);
  if (mayAct(me.user.role, 'owner')) return <DevelopmentProxy />;
  return (
    <>
      <PageHeader title="Development proxy" />
      <NoRight least="owner" act="see and change where events are forwarded to" />
    </>
  );
}

function DevelopmentProxy() {
  const { log = '', state = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(proxyTargetsQuery);
  useLive('proxy', [proxyKeys.targets, proxyKeys.log]);
  useLive('proxy_log', [proxyKeys.targets, proxyKeys.log]);
  const dialog = useLazyDialog();
  const targets = query.data?.data;
  const shown = targets?.find(({ id }) => id === log);
  const show = (id: string): void =>
    void navigate({ search: (prev) => ({ ...prev, log: id, state: '' }), replace: true });
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={ICON_STROKE} aria-hidden />} onClick={dialog.open}>
      Forward events
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Development proxy"
        summary={targets === undefined ? '\u00a0' : answer(targets)}
        actions={targets !== undefined && targets.length > 0 ? add : null}
      />
      <Loaded query={query} what="The targets could not be loaded">
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState icon={IconBraces} title="Nothing is forwarded" actions={add}>
              While you write a program that takes the events of your provider, they can come to it from here: each
              verified event, byte for byte, with its signature. Nothing of Textwright waits for your program.
            </EmptyState>
          ) : (
            <ul className={rows.list} aria-label="Targets">
              {data.map((target) => (
                <ProxyTargetRow
                  key={target.id}
                  target={target}
                  shown={target.id === log}
                  onShow={() => show(target.id === log ? '' : target.id)}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {shown === undefined ? null : (
        <ProxyLog
          key={shown.id}
          target={shown}
          state={state}
          onState={(next) => void navigate({ search: (prev) => ({ ...prev, state: next }), replace: true })}
        />
      )}
      <Suspense fallback={null}>
        {dialog.wanted ? <ProxyTargetDialog opened={dialog.opened} onClose={dialog.close} /> : null}
      </Suspense>
    </>
  );
}

/** "Events are forwarded to 2 of 3 targets; 4 events wait; 1 target takes nothing right now." */
function answer(targets: readonly ProxyTarget[]): string {
  const active = targets.filter(({ state }) => state === 'active');
  if (targets.length === 0) return 'Off: events go nowhere else.';
  if (active.length === 0) return 'Off: no target is switched on.';
  const waiting = active.reduce((sum, target) => sum + target.waiting, 0);
  const failing = active.filter(({ failingSince }) => failingSince !== null).length;
  const whom =
    active.length === targets.length
      ? plural(active.length, 'target', 'targets')
      : `${active.length} of ${plural(targets.length, 'target', 'targets')}`;
  const trouble = failing === 0 ? '' : `; ${plural(failing, 'target takes', 'targets take')} nothing right now`;
  return `Events are forwarded to ${whom}${waiting === 0 ? '' : `; ${plural(waiting, 'event waits', 'events wait')}`}${trouble}.`;
}
