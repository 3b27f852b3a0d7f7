import { DigitsInput } from '../patterns/digits-input.tsx';
import type { HoursFieldProps } from './hours-fields.ts';

/** As checkSendingPolicy allows. */
const TEXTS_MAX = 20;

export function TextsPerPersonField({ form, readOnly }: HoursFieldProps) {
  const { messagesPerDay } = form.values;
  return (
    <DigitsInput
      label="Campaign texts to one person in 24 hours, at most"
      description="From all campaigns together. Florida, Maryland, Oklahoma and Oregon allow at most 3. Whoever has had as many waits."
      min={1}
      max={TEXTS_MAX}
      readOnly={readOnly}
      error={form.errors['messagesPerDay']}
      value={typeof messagesPerDay === 'number' ? messagesPerDay : undefined}
      onChange={(texts) => form.setFieldValue('messagesPerDay', texts ?? '')}
    />
  );
}
