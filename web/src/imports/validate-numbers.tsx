import { Checkbox, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { validationQuery } from '../api/number-validation.ts';

interface ValidateNumbersProps {
  readonly validate: boolean | undefined;
  readonly onChange: (validate: boolean) => void;
}

/** The step of the import that asks what kind of numbers these are: a box where the settings leave it to the importer, else a word. */
export function ValidateNumbers({ validate, onChange }: ValidateNumbersProps) {
  const { data } = useQuery(validationQuery);
  if (data === undefined || data.importMode === 'off') return null;
  if (data.importMode === 'mandatory')
    return <Text size="sm">After the import the numbers are validated; the contacts are there at once.</Text>;
  return (
    <Checkbox
      label="Validate the numbers after the import"
      description={`Services say which are landlines or not in use. The contacts are there at once, unverified until then.${quotaWords(data.validators)}`}
      checked={validate ?? false}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

const quotaWords = (
  services: readonly { readonly keySet: boolean; readonly monthlyQuota: number; readonly askedThisMonth: number }[],
): string => {
  const asked = services.filter((service) => service.keySet);
  if (asked.length === 0) return ' No service has a key yet: see Settings, Number validation.';
  const left = asked.reduce((sum, one) => sum + Math.max(0, one.monthlyQuota - one.askedThisMonth), 0);
  return ` ${left} requests are left this month.`;
};
