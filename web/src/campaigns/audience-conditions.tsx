import { MultiSelect, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AudienceRule } from '../api/campaigns.ts';
import { contactFacetsQuery } from '../api/contacts.ts';
import { DigitsInput } from '../patterns/digits-input.tsx';
import { formatCount } from '../patterns/format.ts';
import classes from './builder.module.css';

interface AudienceConditionsProps {
  readonly rule: AudienceRule;
  readonly onChange: (rule: AudienceRule) => void;
  readonly readOnly: boolean;
}

/** Which contacts match. Fetched only for a draft that has conditions: their fields are much to load. */
export default function AudienceConditions({ rule, onChange, readOnly }: AudienceConditionsProps) {
  const facets = useQuery(contactFacetsQuery).data;
  return (
    <>
      <Text size="sm" c="dimmed">
        Contacts who meet all of these: at least one, and what you leave empty does not matter.
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
        <Days
          days={rule.notContactedDays}
          readOnly={readOnly}
          onChange={(notContactedDays) => onChange({ ...rule, notContactedDays })}
        />
      </div>
    </>
  );
}

const DAYS_MAX = 3_650;

function Days(props: {
  readonly days: number | undefined;
  readonly readOnly: boolean;
  readonly onChange: (days: number | undefined) => void;
}) {
  const { days, readOnly, onChange } = props;
  return (
    <DigitsInput
      label="Not contacted for"
      placeholder="However long"
      readOnly={readOnly}
      aria-description="days"
      rightSection={
        <Text span size="sm" c="dimmed" aria-hidden>
          days
        </Text>
      }
      rightSectionWidth={52}
      rightSectionPointerEvents="none"
      min={1}
      max={DAYS_MAX}
      value={days}
      onChange={onChange}
    />
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
