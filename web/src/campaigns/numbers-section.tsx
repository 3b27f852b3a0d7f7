import { Anchor, Checkbox, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import type { Review } from '../api/campaigns.ts';
import { type Account, accountsQuery, type Lane } from '../api/operations.ts';
import { plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import classes from './builder.module.css';
import { BuilderSection, Warnings } from './builder-section.tsx';
import { CapBar } from './cap-bar.tsx';

interface NumbersSectionProps {
  readonly chosen: readonly string[];
  readonly onChange: (laneIds: readonly string[]) => void;
  readonly problems: Review['problems'];
  readonly warnings: Review['warnings'];
  readonly readOnly: boolean;
}

/** Which of the business’s numbers send, and how much each may still send today. */
export function NumbersSection({ chosen, onChange, problems, warnings, readOnly }: NumbersSectionProps) {
  const accounts = useQuery(accountsQuery);
  const lanes = accounts.data?.data.flatMap((account) => account.lanes) ?? [];
  const known = chosen.filter((id) => lanes.some((lane) => lane.id === id));
  const capPerDay = lanes.reduce((sum, lane) => (known.includes(lane.id) ? sum + lane.dailyCap : sum), 0);
  return (
    <BuilderSection
      field="lanes"
      title="Numbers to send from"
      problems={accounts.data !== undefined && lanes.length === 0 ? [] : problems}
      answer={known.length === 0 ? undefined : `Together up to ${plural(capPerDay, 'text', 'texts')} a day`}
    >
      <Loaded
        query={accounts}
        what="The numbers could not be loaded"
        skeleton={<LoadingSkeleton shape="lines" count={3} />}
      >
        {({ data }) =>
          lanes.length === 0 ? (
            <Text size="sm" c="dimmed">
              No number is connected yet.{' '}
              <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} to="/settings/numbers" />}>
                Connect one in Settings
              </Anchor>
              ; this draft stays.
            </Text>
          ) : (
            <LaneChoices accounts={data} chosen={chosen} onChange={onChange} readOnly={readOnly} />
          )
        }
      </Loaded>
      <Warnings of="lanes" warnings={warnings} />
    </BuilderSection>
  );
}

interface LaneChoicesProps {
  readonly accounts: readonly Account[];
  readonly chosen: readonly string[];
  readonly onChange: (laneIds: readonly string[]) => void;
  readonly readOnly?: boolean;
}

export function LaneChoices({ accounts, chosen, onChange, readOnly = false }: LaneChoicesProps) {
  const toggle = (id: string): void =>
    onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <ul className={classes.lanes}>
      {accounts.flatMap((account) =>
        account.lanes.map((lane) => (
          <li key={lane.id}>
            <LaneChoice
              lane={lane}
              account={accounts.length > 1 ? account : undefined}
              checked={chosen.includes(lane.id)}
              readOnly={readOnly}
              onToggle={() => toggle(lane.id)}
            />
          </li>
        )),
      )}
    </ul>
  );
}

interface LaneChoiceProps {
  readonly lane: Lane;
  /** Named only when there are several. */
  readonly account: Account | undefined;
  readonly checked: boolean;
  readonly readOnly: boolean;
  readonly onToggle: () => void;
}

function LaneChoice({ lane, account, checked, readOnly, onToggle }: LaneChoiceProps) {
  const id = useId();
  const takesNobody = lane.state === 'off' || lane.state === 'draining';
  const off = readOnly || (takesNobody && !checked);
  return (
    <label className={classes.lane} data-off={off || undefined} htmlFor={id}>
      <Checkbox id={id} size="sm" checked={checked} disabled={off} onChange={onToggle} />
      <span className={classes.laneName}>
        <Text span fw={550}>
          {lane.name}
        </Text>
        <Text span size="sm" c="dimmed">
          <PhoneNumber phone={lane.phone} />
          {account === undefined ? '' : ` · ${account.name}`}
        </Text>
        {lane.state === 'active' ? null : <StateBadge state={lane.state} />}
      </span>
      <CapBar used={lane.usedToday} cap={lane.dailyCap} name={lane.name} />
      {lane.state === 'active' || lane.stateReason === null ? null : (
        <span className={classes.laneNote}>
          {lane.state === 'draining'
            ? `Only people who know it are texted from it. ${lane.stateReason}`
            : lane.stateReason}
        </span>
      )}
    </label>
  );
}
