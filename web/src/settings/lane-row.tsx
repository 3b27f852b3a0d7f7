import { Menu, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { type Lane, operationKeys, updateLane } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { CapBar } from '../campaigns/cap-bar.tsx';
import { formatPhone, zoneCity } from '../patterns/format.ts';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import classes from './account-block.module.css';
import { RowMenu } from './row-menu.tsx';
import rows from './rows.module.css';

const LaneDialog = lazy(() => import('./lane-dialog.tsx').then((file) => ({ default: file.LaneDialog })));
const PauseDialog = lazy(() => import('./pause-dialog.tsx').then((file) => ({ default: file.PauseDialog })));
const touches = [operationKeys.accounts, operationKeys.status, operationKeys.home];

/** One number with what it may still send today. */
export function LaneRow({ lane, mayChange }: { readonly lane: Lane; readonly mayChange: boolean }) {
  const { id, name, phone, zone, dailyCap, usedToday, state, stateReason } = lane;
  const editor = useLazyDialog();
  const pauser = useLazyDialog();
  const change = useAction({
    run: (to: { readonly state: Lane['state']; readonly undo: Lane['state'] }) => updateLane(id, { state: to.state }),
    touches,
    onDone: (_lane, { state: now, undo }) =>
      toastDone(now === 'off' ? `${name} is switched off` : `${name} sends again`, () =>
        change.mutate({ state: undo, undo: now }),
      ),
    onProblem: (error) => toastProblem(`${name} was not changed`, error),
  });
  const set = (to: Lane['state']): void => change.mutate({ state: to, undo: state });
  return (
    <li className={rows.row}>
      <div className={classes.number}>
        <Text fw={550} truncate>
          {name === phone ? formatPhone(phone) : name}
        </Text>
        <Text size="sm" c="dimmed" truncate>
          {name === phone ? null : (
            <>
              <PhoneNumber phone={phone} /> ·{' '}
            </>
          )}
          {zoneCity(zone)} time
        </Text>
      </div>
      <div className={classes.cap}>
        <CapBar used={usedToday} cap={dailyCap} name={name} />
      </div>
      <div className={classes.state}>
        <StateBadge state={state} look="plain" />
        {stateReason === null ? null : (
          <Text size="xs" c="dimmed">
            {stateReason}
          </Text>
        )}
      </div>
      {mayChange ? (
        <RowMenu label={`Change ${name}`}>
          <Menu.Item onClick={editor.open}>Name, zone, daily cap</Menu.Item>
          {state === 'active' ? <Menu.Item onClick={pauser.open}>Pause</Menu.Item> : null}
          {state === 'paused' ? <Menu.Item onClick={() => set('active')}>Resume</Menu.Item> : null}
          {state === 'off' ? (
            <Menu.Item onClick={() => set('active')}>Switch on</Menu.Item>
          ) : (
            <Menu.Item onClick={() => set('off')}>Switch off</Menu.Item>
          )}
        </RowMenu>
      ) : null}
      <Suspense fallback={null}>
        {editor.wanted ? (
          <LaneDialog key={`${name} ${zone} ${dailyCap}`} lane={lane} opened={editor.opened} onClose={editor.close} />
        ) : null}
        {pauser.wanted ? (
          <PauseDialog
            opened={pauser.opened}
            onClose={pauser.close}
            title={`Pause ${name}?`}
            confirmLabel={`Pause ${formatPhone(phone)}`}
            touches={touches}
            run={(reason) => updateLane(id, { state: 'paused', ...(reason === '' ? {} : { reason }) })}
            done={`${name} is paused`}
          >
            Campaigns do not use it until it is resumed; whom it would have texted waits. Replies to people still go out
            from it.
          </PauseDialog>
        ) : null}
      </Suspense>
    </li>
  );
}
