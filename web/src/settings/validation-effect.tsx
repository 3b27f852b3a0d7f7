import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { effectQuery, type NumberPolicy } from '../api/number-validation.ts';
import { problemSentence } from '../api/problem.ts';
import { formatCount, plural } from '../patterns/format.ts';

/** What the policy that is typed would change, before it is saved. */
export function PolicyEffect({ policy }: { readonly policy: NumberPolicy }) {
  const sensible = Number.isInteger(policy.maxAgeDays) && policy.maxAgeDays >= 1;
  const { data, error } = useQuery({ ...effectQuery(policy), enabled: sensible });
  if (error !== null) return <Text size="sm">{problemSentence(error)}</Text>;
  if (data === undefined) return null;
  const excluded = data.rules.reduce((sum, rule) => sum + rule.after, 0);
  return (
    <Text size="sm" role="status">
      This leaves out {plural(excluded, 'contact', 'contacts')}: {formatCount(data.newlyLeftOut)} more than now,{' '}
      {formatCount(data.newlyTextable)} could be texted again.
    </Text>
  );
}
