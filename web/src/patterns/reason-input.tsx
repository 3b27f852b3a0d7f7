import { Textarea } from '@mantine/core';

const LENGTH_MIN = 10;
const LENGTH_MAX = 1_000;

export const isReason = (text: string): boolean => text.trim().length >= LENGTH_MIN;

interface ReasonInputProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (reason: string) => void;
  readonly focused?: boolean;
}

/** Why somebody answers for an act: kept for good, and read by others. */
export function ReasonInput({ label, description, value, onChange, focused = false }: ReasonInputProps) {
  return (
    <Textarea
      data-autofocus={focused || undefined}
      label={label}
      description={[description, `At least ${LENGTH_MIN} characters.`].filter((part) => part !== undefined).join(' ')}
      mt="md"
      autosize
      minRows={2}
      maxLength={LENGTH_MAX}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
