import { Anchor, Collapse, MultiSelect, NumberInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import type { AudiencePreview, AudienceRule, Review } from '../api/campaigns.ts';
import { contactFacetsQuery } from '../api/contacts.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import classes from './builder.module.css';
import { BuilderSection } from './builder-section.tsx';
import { LeftOut, leftOutCount, reasonsInShort } from './left-out.tsx';

interface AudienceSectionProps {
  readonly rule: AudienceRule;
  readonly onChange: (rule: AudienceRule) => void;
  /** Who the rule matches right now. */
  readonly audience: UseQueryResult<AudiencePreview>;
  readonly problems: Review['problems'];
  readonly readOnly: boolean;
}

const DAYS_MAX = 3_650;

/** Who gets the text: conditions that must all hold, and at once who that is. */
export function AudienceSection({ rule, onChange, audience, problems, readOnly }: AudienceSectionProps) {
  const facets = useQuery(contactFacetsQuery).data;
  return (
    <BuilderSection
      field="audience"
      title="Audience"
      // The line about nobody says it already, with the way out.
      problems={audience.data?.matched === 0 ? [] : problems}
      answer={audience.data === undefined ? undefined : <Count audience={audience.data} stale={audience.isFetching} />}
    >
      <Text size="sm" c="dimmed">
        Every contact who meets all of these. What you leave empty does not matter.
      </Text>
      <div className={classes.pair}>
        <ChooseMany
          label="Tagged"
          placeholder="Any tag"
          known={facets?.tags ?? []}
          chosen={rule.tags ?? []}
          readOnly={readOnly}
          onChange={(tags) => onChange({ ...rule, tags })}
        />
        <ChooseMany
          label="State"
          placeholder="Any state"
          known={facets?.states ?? []}
          chosen={rule.states ?? []}
          readOnly={readOnly}
          onChange={(states) => onChange({ ...rule, states })}
        />
        <ChooseMany
          label="City"
          placeholder="Any city"
          known={facets?.cities ?? []}
          chosen={rule.cities ?? []}
          readOnly={readOnly}
          onChange={(cities) => onChange({ ...rule, cities })}
        />
        <NumberInput
          label="Not contacted for"
          placeholder="However long"
          readOnly={readOnly}
          suffix=" days"
          min={1}
          max={DAYS_MAX}
          inputMode="numeric"
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="strict"
          value={rule.notContactedDays ?? ''}
          onChange={(days) => onChange({ ...rule, notContactedDays: typeof days === 'number' ? days : undefined })}
        />
      </div>
      {audience.error === null ? null : (
        <ErrorState
          compact
          error={audience.error}
          what="The people could not be counted"
          onRetry={() => void audience.refetch()}
        />
      )}
      {audience.data === undefined ? null : <WhoIsIn audience={audience.data} rule={rule} />}
    </BuilderSection>
  );
}

function Count({ audience, stale }: { readonly audience: AudiencePreview; readonly stale: boolean }) {
  return (
    <span aria-live="polite" className={stale ? classes.stale : undefined} data-tabular>
      <b>{plural(audience.textable, 'person', 'people')}</b>
      {audience.textable === audience.matched ? null : ` of ${formatCount(audience.matched)} who match`}
    </span>
  );
}

const STATES_SHOWN = 8;

function WhoIsIn({ audience, rule }: { readonly audience: AudiencePreview; readonly rule: AudienceRule }) {
  const [opened, { toggle }] = useDisclosure(false);
  const id = useId();
  if (audience.matched === 0)
    return (
      <Text size="sm" c="dimmed">
        {Object.keys(rule).length === 0
          ? 'You have no contacts yet. Begin with'
          : 'Nobody matches. Leave a condition empty, or'}{' '}
        <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} to="/imports" />}>
          {Object.keys(rule).length === 0 ? 'importing them' : 'import contacts'}
        </Anchor>
        .
      </Text>
    );
  const { byState, excluded } = audience;
  const places = byState
    .slice(0, STATES_SHOWN)
    .map(({ state, count }) => `${state === 'unknown' ? 'no state' : state} ${formatCount(count)}`);
  const leftOut = leftOutCount(audience);
  return (
    <>
      <Text size="sm" c="dimmed" data-tabular>
        {places.length === 0 ? null : (
          <>
            {places.join(' · ')}
            {byState.length > STATES_SHOWN ? ` · ${byState.length - STATES_SHOWN} more` : ''}
          </>
        )}
        {leftOut === 0 ? null : (
          <>
            {places.length === 0 ? null : <br />}
            {formatCount(leftOut)} left out: {reasonsInShort(excluded)}{' '}
            <Anchor component="button" type="button" inherit onClick={toggle} aria-expanded={opened} aria-controls={id}>
              {opened ? 'Hide who' : 'See who'}
            </Anchor>
          </>
        )}
      </Text>
      <Collapse expanded={opened} id={id}>
        <LeftOut excluded={excluded} />
      </Collapse>
    </>
  );
}

/** Options beyond this many are found by typing. */
const OPTIONS_SHOWN = 60;

function ChooseMany(props: {
  readonly label: string;
  readonly placeholder: string;
  readonly known: readonly { readonly value: string; readonly count: number }[];
  readonly chosen: readonly string[];
  readonly readOnly: boolean;
  readonly onChange: (values: string[]) => void;
}) {
  const { label, placeholder, known, chosen, readOnly, onChange } = props;
  // The same city name in two states is one choice; a value that has no contacts any more can still be taken off.
  const counts = new Map<string, number>(chosen.map((value) => [value, 0]));
  for (const { value, count } of known) counts.set(value, (counts.get(value) ?? 0) + count);
  return (
    <MultiSelect
      label={label}
      placeholder={chosen.length === 0 ? placeholder : ''}
      data={[...counts.keys()]}
      value={[...chosen]}
      onChange={onChange}
      readOnly={readOnly}
      classNames={{ inputField: classes.typing ?? '' }}
      searchable
      clearable={!readOnly}
      hidePickedOptions
      limit={OPTIONS_SHOWN}
      nothingFoundMessage="No contact has that"
      clearButtonProps={{ 'aria-label': `Take off every ${label.toLowerCase()}` }}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <span>{option.value}</span>
          <span data-tabular>{formatCount(counts.get(option.value) ?? 0)}</span>
        </span>
      )}
    />
  );
}
