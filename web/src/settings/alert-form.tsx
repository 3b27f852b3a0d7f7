import { Checkbox, PasswordInput, Radio, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type AlertSettings, alertKeys, alertSettingsQuery, putAlertSettings } from '../api/alerts.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { listWords, zoneCity } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { toastDone } from '../patterns/toast.tsx';
import {
  type AlertFields,
  addressesOf,
  alertFormOf,
  alertFormProblems,
  alertSettingsOf,
} from './alert-settings-form.ts';
import { AlertTest } from './alert-test.tsx';
import { SaveBar } from './save-bar.tsx';
import classes from './settings.module.css';

/** Whom alerts reach, and a test of it. */
export function AlertForm({ zone }: { readonly zone: string }) {
  const query = useQuery(alertSettingsQuery);
  return (
    <Loaded query={query} what="The alert settings could not be loaded">
      {(settings) => <SettingsForm settings={settings} zone={zone} />}
    </Loaded>
  );
}

const SEVERITIES = [
  {
    value: 'critical',
    label: 'Only what is critical',
    description: 'An account has stopped, or replies do not arrive',
  },
  {
    value: 'error',
    label: 'Errors too',
    description: 'A number or a campaign has stopped, or a gateway does not answer',
  },
  { value: 'warning', label: 'Warnings too', description: 'Something that may become an error' },
  { value: 'info', label: 'Everything', description: 'Also what is only good to know' },
];

function SettingsForm({ settings, zone }: { readonly settings: AlertSettings; readonly zone: string }) {
  const queryClient = useQueryClient();
  const form = useForm<AlertFields>({ initialValues: alertFormOf(settings), validate: alertFormProblems });
  const save = useAction({
    run: (values: AlertFields) => putAlertSettings(alertSettingsOf(values)),
    onDone: (saved) => {
      queryClient.setQueryData(alertKeys.settings, saved);
      form.setValues(alertFormOf(saved));
      form.resetDirty(alertFormOf(saved));
      toastDone('The alert settings are saved');
    },
    onProblem: (error) => form.setErrors(problemsByField(error)),
  });
  const { mailFrom, owners, pagerDutyKeySet } = settings;
  const { recipients, quiet, removeKey } = form.values;
  return (
    <>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))} className={classes.form}>
        {mailFrom === null ? (
          <Text size="sm" c="var(--tone-amber-text)" role="status">
            No mail goes out: the server was started without SMTP_URL and MAIL_FROM, its mail server.
          </Text>
        ) : null}
        <TagsInput
          label="Mail to"
          description={
            recipients.length > 0
              ? 'Only these get it, each of them all of it.'
              : `Nobody is named, so all owners get it: ${listWords(owners) || 'there are none yet'}.`
          }
          placeholder={recipients.length === 0 ? 'dana@example.com' : ''}
          maxTags={20}
          acceptValueOnBlur
          splitChars={[',', ' ', ';']}
          {...form.getInputProps('recipients')}
          value={[...recipients]}
          onChange={(typed) => form.setFieldValue('recipients', addressesOf(typed))}
        />
        <Radio.Group
          label="Tell of"
          description="Everything is shown under Alerts all the same."
          {...form.getInputProps('minimumSeverity')}
        >
          <Stack gap="xs" mt="xs">
            {SEVERITIES.map(({ value, label, description }) => (
              <Radio key={value} value={value} label={label} description={description} />
            ))}
          </Stack>
        </Radio.Group>
        <Switch
          label="Hold mail back at night"
          description="Critical alerts do not wait, and PagerDuty has its own rules."
          {...form.getInputProps('quiet', { type: 'checkbox' })}
        />
        {quiet ? (
          <div className={classes.limitFields}>
            <TextInput type="time" label="From" {...form.getInputProps('quietFrom')} />
            <TextInput type="time" label={`Until (${zoneCity(zone)})`} {...form.getInputProps('quietTo')} />
          </div>
        ) : null}
        <PasswordInput
          label="PagerDuty integration key"
          description={
            pagerDutyKeySet
              ? 'A key is set. It is not shown again; type another one to replace it.'
              : 'Of an Events API v2 integration of a service in PagerDuty. Empty: PagerDuty is not told.'
          }
          placeholder={pagerDutyKeySet ? '••••••••' : ''}
          autoComplete="off"
          maxLength={200}
          disabled={removeKey}
          {...form.getInputProps('pagerDutyKey')}
        />
        {pagerDutyKeySet ? (
          <Checkbox
            label="Remove the key, and tell PagerDuty no more"
            {...form.getInputProps('removeKey', { type: 'checkbox' })}
          />
        ) : null}
        <SaveBar save={save} form={form} />
      </form>
      <AlertTest channels={mailFrom !== null || pagerDutyKeySet} unsaved={form.isDirty()} />
    </>
  );
}

/** The server speaks of the hours as one thing. */
function problemsByField(error: unknown): Readonly<Record<string, string>> {
  const { quietHours, ...others } = fieldProblems(error);
  return quietHours === undefined ? others : { ...others, quietFrom: quietHours };
}
