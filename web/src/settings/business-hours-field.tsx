import { Checkbox, Input, Switch, Text, TextInput } from '@mantine/core';
import { ZoneSelect } from '../patterns/zone-select.tsx';
import type { HoursFieldProps } from './hours-fields.ts';
import classes from './sending-hours.module.css';
import { WEEKDAYS } from './sending-hours-form.ts';

/** Only while somebody is there to answer: a week in the zone of the office. */
export function BusinessHoursField({ form, readOnly }: HoursFieldProps) {
  const { limited, days } = form.values;
  const error = form.errors['businessHours'];
  return (
    <fieldset className={classes.group} disabled={readOnly}>
      <Switch
        label="Only in our business hours"
        description="So that somebody is there to answer when replies come."
        checked={limited}
        onChange={(event) => form.setFieldValue('limited', event.currentTarget.checked)}
      />
      {limited ? (
        <>
          <ul className={classes.week} aria-label="Business hours">
            {WEEKDAYS.map((name, index) => (
              <li key={name} className={classes.day}>
                <Checkbox label={name} {...form.getInputProps(`days.${index}.open`, { type: 'checkbox' })} />
                {days[index]?.open ? (
                  <>
                    <TextInput type="time" aria-label={`${name} from`} {...form.getInputProps(`days.${index}.start`)} />
                    <span aria-hidden>–</span>
                    <TextInput type="time" aria-label={`${name} to`} {...form.getInputProps(`days.${index}.end`)} />
                  </>
                ) : (
                  <Text size="sm" c="dimmed">
                    Closed
                  </Text>
                )}
              </li>
            ))}
          </ul>
          {error === undefined ? null : <Input.Error role="alert">{error}</Input.Error>}
          <ZoneSelect
            label="Time zone of these hours"
            readOnly={readOnly}
            value={form.values.zone}
            onChange={(zone) => form.setFieldValue('zone', zone ?? '')}
          />
        </>
      ) : null}
    </fieldset>
  );
}
