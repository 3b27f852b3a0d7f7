import { Text, Tooltip } from '@mantine/core';
import { plural } from './format.ts';

interface PartsCounterProps {
  readonly parts: number;
  readonly encoding: 'GSM-7' | 'UCS-2' | null;
  readonly unitsInLastPart: number;
  readonly limitOfLastPart: number;
  /** Why the text is sent in the expensive alphabet. */
  readonly charactersOutsideGsm7?: readonly string[];
}

/** "1 part · GSM-7 · 143/160". Counts what will be sent, so feed it the preview of the substituted text. */
export function PartsCounter(props: PartsCounterProps) {
  const { parts, encoding, unitsInLastPart, limitOfLastPart, charactersOutsideGsm7 = [] } = props;
  const full = limitOfLastPart > 0 && unitsInLastPart > limitOfLastPart * 0.95;
  const line = (
    <Text span size="xs" c="dimmed" tabIndex={charactersOutsideGsm7.length > 0 ? 0 : undefined}>
      {plural(parts, 'part', 'parts')}
      {encoding === null ? null : <> · {encoding}</>} ·{' '}
      <Text span inherit c={full ? 'var(--tone-amber-text)' : 'dimmed'}>
        {unitsInLastPart}/{limitOfLastPart}
      </Text>
    </Text>
  );
  if (charactersOutsideGsm7.length === 0) return line;
  return (
    <Tooltip
      label={`${charactersOutsideGsm7.join(' ')} not in the short alphabet: only 70 instead of 160 characters fit into a part`}
    >
      {line}
    </Tooltip>
  );
}
