import { Button, Select, TextInput } from '@mantine/core';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useProductClock } from '../api/product-clock.ts';
import type { SendingPolicy } from '../api/sending-policy.ts';
import classes from './sending-hours.module.css';
import { isoDay } from './sending-hours-form.ts';

type Blackout = SendingPolicy['blackouts'][number];

/** As checkSendingPolicy allows. */
const REASON_MAX = 300;

interface BlackoutDraftProps {
  readonly states: readonly { readonly value: string; readonly label: string }[];
  readonly others: readonly Blackout[];
  readonly onAdd: (blackout: Blackout) => void;
  readonly onClose: () => void;
}

/** One more blackout, not yet in the list. */
export function BlackoutDraft({ states, others, onAdd, onClose }: BlackoutDraftProps) {
  const today = isoDay(useProductClock(60_000));
  const [draft, setDraft] = useState<Blackout>({ state: '', firstDay: today, lastDay: today, reason: '' });
  const [tried, setTried] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const change = (part: Partial<Blackout>): void => setDraft((before) => ({ ...before, ...part }));
  const problems = draftProblems(draft, others);
  const shown = tried ? problems : {};
  const add = (): void => {
    setTried(true);
    if (Object.keys(problems).length === 0) onAdd({ ...draft, reason: draft.reason.trim() });
  };
  // It stands inside of the form of the whole policy, which Enter would save without it.
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    add();
  };
  return (
    <div className={classes.adding}>
      <Select
        ref={first}
        label="State"
        searchable
        data={[...states]}
        value={draft.state === '' ? null : draft.state}
        onChange={(state) => change({ state: state ?? '' })}
        nothingFoundMessage="No such state"
        error={shown.state}
      />
      <div className={classes.pair}>
        <TextInput
          type="date"
          label="First day"
          value={draft.firstDay}
          onChange={({ currentTarget: { value } }) => change({ firstDay: value })}
          onKeyDown={onKey}
          error={shown.firstDay}
        />
        <TextInput
          type="date"
          label="Last day"
          value={draft.lastDay}
          onChange={({ currentTarget: { value } }) => change({ lastDay: value })}
          onKeyDown={onKey}
          error={shown.lastDay}
        />
      </div>
      <TextInput
        label="Reason"
        placeholder="Everybody sees it, for example: Hurricane"
        maxLength={REASON_MAX}
        value={draft.reason}
        onChange={({ currentTarget: { value } }) => change({ reason: value })}
        onKeyDown={onKey}
        error={shown.reason}
      />
      <div className={classes.pair}>
        <Button variant="default" onClick={add}>
          Add
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          Go back
        </Button>
      </div>
    </div>
  );
}

function draftProblems(
  { state, firstDay, lastDay, reason }: Blackout,
  others: readonly Blackout[],
): Partial<Record<keyof Blackout, string>> {
  const twice = others.some((other) => other.state === state && other.firstDay === firstDay);
  return {
    ...(state === '' ? { state: 'Choose a state' } : {}),
    ...(firstDay === '' ? { firstDay: 'Choose a day' } : {}),
    ...(twice ? { firstDay: 'One begins on this day already' } : {}),
    ...(lastDay === '' ? { lastDay: 'Choose a day' } : {}),
    ...(firstDay !== '' && lastDay !== '' && lastDay < firstDay ? { lastDay: 'Is before the first day' } : {}),
    ...(reason.trim() === '' ? { reason: 'Type why, for whoever wonders' } : {}),
  };
}
