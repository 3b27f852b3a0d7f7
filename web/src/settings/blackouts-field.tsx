import { ActionIcon, Button, Input, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { previewQuery, type SendingPolicy } from '../api/sending-policy.ts';
import { formatDay } from '../patterns/format.ts';
import { useFocusBack } from '../patterns/use-focus-back.ts';
import { ICON_STROKE } from '../theme.ts';
import { BlackoutDraft } from './blackout-draft.tsx';
import type { HoursFieldProps } from './hours-fields.ts';
import classes from './sending-hours.module.css';
import { policyOf } from './sending-hours-form.ts';

type Blackout = SendingPolicy['blackouts'][number];

/** Days on which nothing goes to a state: an emergency, a proclamation. */
export function BlackoutsField({ form, readOnly }: HoursFieldProps) {
  const { blackouts } = form.values;
  const error = form.errors['blackouts'];
  const set = (next: readonly Blackout[]): void => form.setFieldValue('blackouts', [...next]);
  const [adding, setAdding] = useState(false);
  const addButton = useFocusBack(adding);
  const states = useStates(policyOf(form.getInitialValues()));
  const nameOf = (state: string): string => states.find((known) => known.value === state)?.label ?? state;
  return (
    <fieldset className={classes.group}>
      <legend className={classes.legend}>Blackouts</legend>
      <Text size="xs" c="dimmed">
        Days on which no campaign texts a state, such as during an emergency there.
      </Text>
      {blackouts.length === 0 ? null : (
        <ul className={classes.blackouts} aria-label="Blackouts">
          {blackouts.map((blackout, index) => (
            <li key={`${blackout.state} ${blackout.firstDay}`}>
              <span>
                <b>{nameOf(blackout.state)}</b> {daysWords(blackout)}
                <Text span size="sm" c="dimmed" display="block">
                  {blackout.reason}
                </Text>
              </span>
              {readOnly ? null : (
                <ActionIcon
                  aria-label={`Remove the blackout of ${nameOf(blackout.state)}, ${daysWords(blackout)}`}
                  onClick={() => set(blackouts.toSpliced(index, 1))}
                >
                  <IconTrash size={20} stroke={ICON_STROKE} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      )}
      {error === undefined ? null : <Input.Error role="alert">{error}</Input.Error>}
      {readOnly ? null : adding ? (
        <BlackoutDraft
          states={states}
          others={blackouts}
          onAdd={(blackout) => {
            set([...blackouts, blackout]);
            setAdding(false);
          }}
          onClose={() => setAdding(false)}
        />
      ) : (
        <Button ref={addButton} variant="default" className={classes.add} onClick={() => setAdding(true)}>
          Add a blackout
        </Button>
      )}
    </fieldset>
  );
}

/** Names from the same answer that the table beside shows. */
function useStates(policy: SendingPolicy): readonly { readonly value: string; readonly label: string }[] {
  const places = useQuery(previewQuery(policy, '')).data?.data ?? [];
  return places.flatMap(({ state, name }) => (state === null ? [] : [{ value: state, label: name }]));
}

const daysWords = ({ firstDay, lastDay }: Blackout): string =>
  firstDay === lastDay ? dayWords(firstDay) : `${dayWords(firstDay)} to ${dayWords(lastDay)}`;

/** With its year: a blackout may reach into the next one. */
const dayWords = (day: string): string => `${formatDay(day)} ${day.slice(0, 4)}`;
