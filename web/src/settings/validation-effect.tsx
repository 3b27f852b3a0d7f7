import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { effectQuery, type NumberPolicy } from '../api/number-validation.ts';
import { problemSentence } from '../api/problem.ts';
import { effectWords } from '../validation/validation-words.ts';

/** All contacts are looked at for an answer: not once for every digit that is typed. */
const SETTLE_MS = 250;

/** What the policy that is typed would change, before it is saved. */
export function PolicyEffect({ policy }: { readonly policy: NumberPolicy }) {
  const [asked] = useDebouncedValue(policy, SETTLE_MS);
  const sensible = Number.isInteger(asked.maxAgeDays) && asked.maxAgeDays >= 1;
  const { data, error } = useQuery({ ...effectQuery(asked), enabled: sensible });
  return (
    <Text size="sm" role="status" mih="1.5em">
      {error === null ? (data === undefined ? null : effectWords(data)) : problemSentence(error)}
    </Text>
  );
}
