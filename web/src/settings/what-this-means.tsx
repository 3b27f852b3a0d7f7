import { Select, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { problemSentence } from '../api/problem.ts';
import { useProductClock } from '../api/product-clock.ts';
import { type PlaceHours, previewQuery, type SendingPolicy } from '../api/sending-policy.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatDay, plural } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { AskAboutNumber } from './ask-about-number.tsx';
import { Cautions } from './cautions.tsx';
import { decidedBy, groupPlaces, hoursWords, type PlaceGroup } from './place-groups.ts';
import classes from './sending-hours.module.css';
import { isoDay } from './sending-hours-form.ts';

interface WhatThisMeansProps {
  readonly policy: SendingPolicy;
  readonly saved: boolean;
  /** What keeps the policy from making sense at this moment. */
  readonly problem: string | undefined;
  readonly tableVersion: string;
}

/** The hours of one day in every state under the policy as it is typed, each with the rule that decides. */
export function WhatThisMeans({ policy, saved, problem, tableVersion }: WhatThisMeansProps) {
  const clock = useProductClock(60_000);
  const today = isoDay(clock);
  // Empty is today, wherever people are.
  const [day, setDay] = useState('');
  const [state, setState] = useState<string | null>(null);
  const preview = useQuery({ ...previewQuery(policy, day), enabled: problem === undefined });
  // While what is typed makes no sense, the last hours that did stay in sight.
  const [answer, setAnswer] = useState(preview.data);
  if (preview.data !== undefined && preview.data !== answer) setAnswer(preview.data);
  const places = answer?.data;
  const refusal =
    problem ?? (preview.error === null || places === undefined ? undefined : problemSentence(preview.error));
  const chosen = places?.find((place) => place.name === state);
  return (
    <div className={classes.means}>
      <Section title="What this means" note={saved ? 'As it is saved.' : 'As you have it now; not saved yet.'}>
        <div className={classes.pair}>
          <TextInput
            type="date"
            label="Day"
            value={day === '' ? today : day}
            onChange={({ currentTarget: { value } }) => setDay(value === today ? '' : value)}
          />
          <Select
            label="One state"
            placeholder="All of them"
            searchable
            clearable
            data={places?.map((place) => place.name) ?? []}
            value={state}
            onChange={setState}
          />
        </div>
        <Cautions
          sentences={
            refusal === undefined ? (saved ? [] : (answer?.warnings ?? []).map((warning) => `${warning}.`)) : [refusal]
          }
        />
        {preview.error !== null && places === undefined ? (
          <ErrorState compact error={preview.error} what="No hours to show" />
        ) : null}
        {places === undefined ? (
          preview.error === null ? (
            <LoadingSkeleton shape="lines" count={6} />
          ) : null
        ) : chosen === undefined ? (
          <Groups groups={groupPlaces(places)} stale={refusal !== undefined || preview.isPlaceholderData} />
        ) : (
          <OnePlace place={chosen} />
        )}
        <Text size="xs" c="dimmed">
          Hours in the local time of the people, by the state rules of version {tableVersion}. A campaign can narrow
          them further.
        </Text>
      </Section>
      <AskAboutNumber />
    </div>
  );
}

function Groups({ groups, stale }: { readonly groups: readonly PlaceGroup[]; readonly stale: boolean }) {
  return (
    <Table className={classes.table} data-stale={stale || undefined}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Hours</Table.Th>
          <Table.Th scope="col">Where</Table.Th>
          <Table.Th scope="col">Decided by</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {groups.map((group) => (
          <Table.Tr key={group.hours}>
            <Table.Td className={classes.hours} data-tabular>
              {group.hours}
            </Table.Td>
            <Table.Td>
              <Where places={group.places} />
            </Table.Td>
            <Table.Td>{group.decidedBy}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const NAMES_SHOWN = 4;

function Where({ places }: { readonly places: readonly PlaceHours[] }) {
  const names = places.map((place) => place.name);
  if (names.length <= NAMES_SHOWN) return names.join(', ');
  return (
    <details className={classes.where}>
      <summary>{plural(names.length, 'place', 'places')}</summary>
      {names.join(', ')}
    </details>
  );
}

function OnePlace({ place }: { readonly place: PlaceHours }) {
  const { name, day, zone, zones, open, opensAt, closedBy, messagesPerDay } = place;
  const rules = [
    ...new Set(open.flatMap(({ opensBy, closesBy }) => [opensBy?.text, closesBy.text]).concat(closedBy?.text)),
  ];
  return (
    <dl className={classes.facts} aria-label={name}>
      <Fact label={formatDay(day)}>
        <b data-tabular>{hoursWords(place)}</b>
        {zones.length > 1 ? ', which holds in all of its time zones' : ''}
      </Fact>
      {open.length > 0 || opensAt === null ? null : (
        <Fact label="Opens again">
          <TimeText at={opensAt} zone={zone} />
        </Fact>
      )}
      {opensAt === null ? <Fact label="Opens again">Never within two months</Fact> : null}
      <Fact label="Decided by">{decidedBy(place)}</Fact>
      <Fact label="Rules">{rules.flatMap((text) => (text === undefined ? [] : [<div key={text}>{text}</div>]))}</Fact>
      <Fact label="Texts">At most {messagesPerDay} to one person in 24 hours</Fact>
    </dl>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
