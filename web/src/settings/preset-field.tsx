import { Radio, Stack } from '@mantine/core';
import type { SavedPolicy } from '../api/sending-policy.ts';
import type { HoursFieldProps } from './hours-fields.ts';
import type { HoursForm } from './sending-hours-form.ts';

const WORDS: Readonly<Record<HoursForm['preset'], readonly [label: string, why: string]>> = {
  standard: ['Standard', 'considerate hours, Sundays from noon'],
  strict: ['Strict', 'inside of the law of every state, not on Sundays and holidays'],
  federal_state: ['As the law allows', 'nothing but federal and state law; for notices that people expect'],
};

interface PresetFieldProps extends HoursFieldProps {
  readonly presets: SavedPolicy['presets'];
}

/** The hours of the day, each choice with what it means in one line. */
export function PresetField({ form, readOnly, presets }: PresetFieldProps) {
  return (
    <Radio.Group label="Hours of the day" {...form.getInputProps('preset')} readOnly={readOnly}>
      <Stack gap="sm" mt="xs">
        {presets.map((hours) => {
          const [label, why] = Object.entries(WORDS).find(([preset]) => preset === hours.preset)?.[1] ?? [
            hours.preset,
            '',
          ];
          return (
            <Radio
              key={hours.preset}
              value={hours.preset}
              label={label}
              description={`${weekWords(hours)}: ${why}`}
              disabled={readOnly && form.values.preset !== hours.preset}
            />
          );
        })}
      </Stack>
    </Radio.Group>
  );
}

/** "Mon–Sat 09:00–20:00, Sun 12:00–20:00". */
function weekWords({ weekday, saturday, sunday }: SavedPolicy['presets'][number]): string {
  const days: readonly (readonly [string, string | null])[] =
    weekday === saturday && saturday === sunday
      ? [['Every day', weekday]]
      : weekday === saturday
        ? [
            ['Mon–Sat', weekday],
            ['Sun', sunday],
          ]
        : [
            ['Mon–Fri', weekday],
            ['Sat', saturday],
            ['Sun', sunday],
          ];
  return days.map(([day, hours]) => `${day} ${hours?.replace('-', '–') ?? 'closed'}`).join(', ');
}
