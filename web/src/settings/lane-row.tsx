import { Menu, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { type Lane, operationKeys, updateLane } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { CapBar } from '../campaigns/cap-bar.tsx';
import { formatPhone, zoneCity } from '../patterns/format.ts';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import classes from './account-block.module.css';
import { drainingWords, limitWords } from './lane-words.ts';
import { RowMenu } from './row-menu.tsx';
import rows from './rows.module.css';
import { useIntoSight } from './use-into-sight.ts';

const LaneDialog = lazy(() => import('./lane-dialog.tsx').then((file) => ({ default: file.LaneDialog })));
const PauseDialog = lazy(() => import('./pause-dialog.tsx').then((file) => ({ default: file.PauseDialog })));
const touches = [operationKeys.accounts, operationKeys.status, operationKeys.home];

interface LaneRowProps {
  readonly lane: Lane;
  readonly mayChange: boolean;
  /** A link has led to it. */
  readonly shown: boolean;
}

/** One number with what it may still send today. */
export function LaneRow({ lane, mayChange, shown }: LaneRowProps) {
  const { id, name, phone, zone, dailyCap, usedToday, state } = lane;
  const row = useIntoSight<HTMLLIElement>(shown);
  const drainer = useLazyDialog();
  const editor = useLazyDialog();
  const pauser = useLazyDialog();
  const change = useAction({
    run: (to: { readonly state: Lane['state']; readonly undo: Lane['state'] }) => updateLane(id, { state: to.state }),
    touches,
    onDone: (_lane, { state: now, undo }) =>
      toastDone(DONE_WORDS[now](name), () => change.mutate({ state: undo, undo: now })),
    onProblem: (error) => toastProblem(`${name} was not changed`, error),
  });
  const set = (to: Lane['state']): void => change.mutate({ state: to, undo: state });
  return (
    <li ref={row} className={rows.row} data-shown={shown || undefined}>
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
        <Text size="xs" c="dimmed" data-tabular>
          {limitWords(lane)}
        </Text>
      </div>
      <div className={classes.cap}>
        <CapBar used={usedToday} cap={dailyCap} name={name} />
      </div>
      <LaneState lane={lane} />
      {mayChange ? (
        <RowMenu label={`Change ${name}`}>
          <Menu.Item onClick={editor.open}>Name, zone, caps, throughput</Menu.Item>
          {state === 'active' || state === 'draining' ? <Menu.Item onClick={pauser.open}>Pause</Menu.Item> : null}
          {state === 'active' ? <Menu.Item onClick={drainer.open}>Take no new people</Menu.Item> : null}
          {state === 'draining' ? <Menu.Item onClick={() => set('active')}>Take new people again</Menu.Item> : null}
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
          <LaneDialog key={editedPart(lane)} lane={lane} opened={editor.opened} onClose={editor.close} />
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
        {drainer.wanted ? (
          <PauseDialog
            opened={drainer.opened}
            onClose={drainer.close}
            title={`Take no new people on ${name}?`}
            confirmLabel="Take no new people"
            touches={touches}
            run={(reason) => updateLane(id, { state: 'draining', ...(reason === '' ? {} : { reason }) })}
            done={`${name} takes no new people`}
            failed="Not changed"
          >
            People who know this number are still texted and answered from it. Everybody else gets another number of the
            campaign, or waits for one. When nobody who knows it waits any more, it can be switched off.
          </PauseDialog>
        ) : null}
      </Suspense>
    </li>
  );
}

const DONE_WORDS: Readonly<Record<Lane['state'], (name: string) => string>> = {
  active: (name) => `${name} sends again`,
  draining: (name) => `${name} takes no new people`,
  paused: (name) => `${name} is paused`,
  off: (name) => `${name} is switched off; who knows it moves to the other numbers of their campaigns`,
};

/** What the dialog edits: it begins anew when somebody else has changed that. */
const editedPart = ({ name, zone, dailyCap, messagesPerSecond, partsPerSecond, partsPerDay }: Lane): string =>
  JSON.stringify([name, zone, dailyCap, messagesPerSecond, partsPerSecond, partsPerDay]);

/** Why it is as it is, and what comes next. */
function LaneState({ lane }: { readonly lane: Lane }) {
  const { state, stateReason, stateRemedy, pausedUntil, waitingPeople } = lane;
  return (
    <div className={classes.state}>
      <StateBadge state={state} look="plain" />
      <Text size="xs" c="dimmed" component="div" className={classes.why}>
        {stateReason === null ? null : <div>{stateReason}</div>}
        {stateRemedy === null || pausedUntil !== null ? null : <div>{stateRemedy}, then resume it.</div>}
        {pausedUntil === null ? null : (
          <div>
            Goes on by itself <TimeText at={pausedUntil} look="when" />.
          </div>
        )}
        {waitingPeople === null ? null : <div>{drainingWords(waitingPeople)}</div>}
      </Text>
    </div>
  );
}
