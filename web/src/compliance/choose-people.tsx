import { Radio, Stack } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { AudienceRule } from '../api/campaigns.ts';

const AudienceConditions = lazy(() => import('../campaigns/audience-conditions.tsx'));

export const EVERYBODY: AudienceRule = { all: true };

/** The rule as the server takes it: empty conditions say nothing. Undefined: nobody is chosen. */
export function chosenRule(rule: AudienceRule): AudienceRule | undefined {
  const said = Object.entries(rule).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

/** Every contact, or those who meet conditions. */
export function ChoosePeople({
  rule,
  onChange,
}: {
  readonly rule: AudienceRule;
  readonly onChange: (rule: AudienceRule) => void;
}) {
  return (
    <Stack gap="md">
      <Radio.Group
        label="About whom"
        value={rule.all === true ? 'all' : 'some'}
        onChange={(value) => onChange(value === 'all' ? EVERYBODY : {})}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="all" label="Every contact" />
          <Radio value="some" label="Some of them" />
        </Stack>
      </Radio.Group>
      {rule.all === true ? null : (
        <Suspense fallback={null}>
          <AudienceConditions rule={rule} onChange={onChange} readOnly={false} />
        </Suspense>
      )}
    </Stack>
  );
}
