import { Checkbox, NumberInput, PasswordInput, Radio, Stack, Switch, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { type NumberValidation, putValidation, validationKeys } from '../api/number-validation.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { formatCount } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { SaveBar } from './save-bar.tsx';
import classes from './settings.module.css';
import { PolicyEffect } from './validation-effect.tsx';
import { policyOf, type ValidationFields, validationFormOf, validationInputOf } from './validation-fields.ts';

const IMPORT_MODES = [
  { value: 'mandatory', label: 'Always', description: 'The numbers of every import are asked about' },
  { value: 'optional', label: 'When the importer wants it', description: 'A box to tick before the import' },
  { value: 'off', label: 'Never', description: 'Only when somebody starts it here' },
];

const EXCLUSIONS = [
  ['landline', 'Landlines'],
  ['voip', 'Internet numbers (VoIP)'],
  ['tollFree', 'Toll-free numbers'],
  ['invalid', 'Numbers that are not in use'],
  ['unverified', 'Numbers that have not been validated, or too long ago'],
] as const;

const SERVICES = {
  numverify: { name: 'NumVerify', keyHint: 'The access key of the NumVerify dashboard.' },
  twilio: { name: 'Twilio Lookup', keyHint: 'SID:secret, as in AC…:auth token or SK…:secret of an API key.' },
} as const;

/** Who validates, when, and whom campaigns leave out for it. */
export function ValidationForm({ settings }: { readonly settings: NumberValidation }) {
  const queryClient = useQueryClient();
  const form = useForm<ValidationFields>({ initialValues: validationFormOf(settings) });
  const save = useAction({
    run: (values: ValidationFields) => putValidation(validationInputOf(values)),
    touches: [validationKeys.all],
    onDone: (saved) => {
      queryClient.setQueryData(validationKeys.settings, saved);
      form.setValues(validationFormOf(saved));
      form.resetDirty(validationFormOf(saved));
      toastDone('Number validation is saved');
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))} className={classes.form}>
      <Section title="Whom campaigns leave out" note="Running campaigns obey from their next text on.">
        <Checkbox.Group
          label="By what is known of the number"
          value={EXCLUSIONS.flatMap(([kind]) => (form.values.excludes[kind] ? [kind] : []))}
          onChange={(chosen) =>
            form.setFieldValue('excludes', {
              landline: chosen.includes('landline'),
              voip: chosen.includes('voip'),
              tollFree: chosen.includes('tollFree'),
              invalid: chosen.includes('invalid'),
              unverified: chosen.includes('unverified'),
            })
          }
        >
          <Stack gap="xs" mt="xs">
            {EXCLUSIONS.map(([value, label]) => (
              <Checkbox key={value} value={value} label={label} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label="An answer counts for (days)"
          min={1}
          max={365}
          allowDecimal={false}
          maw={240}
          {...form.getInputProps('maxAgeDays')}
        />
        <PolicyEffect policy={policyOf(form.values)} />
      </Section>
      <Section title="When services are asked">
        <Radio.Group label="After an import" {...form.getInputProps('importMode')}>
          <Stack gap="xs" mt="xs">
            {IMPORT_MODES.map(({ value, label, description }) => (
              <Radio key={value} value={value} label={label} description={description} />
            ))}
          </Stack>
        </Radio.Group>
        <Switch
          label="Ask anew every night about answers that are too old"
          {...form.getInputProps('revalidate', { type: 'checkbox' })}
        />
      </Section>
      {settings.validators.map((service) => (
        <Section key={service.name} title={SERVICES[service.name].name} note={<ServiceNote service={service} />}>
          <PasswordInput
            label="Key"
            description={
              service.keySet
                ? 'A key is set. It is not shown again; type another one to replace it.'
                : SERVICES[service.name].keyHint
            }
            placeholder={service.keySet ? '••••••••' : ''}
            autoComplete="off"
            maxLength={300}
            disabled={form.values.services[service.name].removeKey}
            {...form.getInputProps(`services.${service.name}.key`)}
          />
          {service.keySet ? (
            <Checkbox
              label="Remove the key, and ask this service no more"
              {...form.getInputProps(`services.${service.name}.removeKey`, { type: 'checkbox' })}
            />
          ) : null}
          <div className={classes.limitFields}>
            <NumberInput
              label="Requests a month"
              min={0}
              allowDecimal={false}
              thousandSeparator=","
              {...form.getInputProps(`services.${service.name}.monthlyQuota`)}
            />
            <NumberInput
              label="Requests a second"
              min={0.01}
              max={100}
              {...form.getInputProps(`services.${service.name}.requestsPerSecond`)}
            />
          </div>
        </Section>
      ))}
      <SaveBar save={save} form={form} />
    </form>
  );
}

function ServiceNote({ service }: { readonly service: NumberValidation['validators'][number] }) {
  const { keySet, askedThisMonth, monthlyQuota, block } = service;
  if (block !== null)
    return (
      <Text span size="sm" c="var(--tone-amber-text)">
        Not asked until <TimeText at={block.until} />: {block.message}
      </Text>
    );
  return keySet
    ? `${formatCount(askedThisMonth)} of ${formatCount(monthlyQuota)} requests used this month`
    : 'Not asked: it has no key';
}
