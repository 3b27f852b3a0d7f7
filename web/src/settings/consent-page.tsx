import { Checkbox, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import {
  type ConsentValidity,
  changeConsentValidity,
  changeDoubleOptIn,
  consentSettingKeys,
  consentValidityQuery,
  type DoubleOptIn,
  doubleOptInQuery,
  validityEffectQuery,
} from '../api/consent-settings.ts';
import { problemSentence } from '../api/problem.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { DigitsInput } from '../patterns/digits-input.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { PageHeader, Section } from '../patterns/page.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { MayNot } from './may-not.tsx';
import { SaveBar } from './save-bar.tsx';
import classes from './settings.module.css';
import { effectWords } from './validity-words.ts';

/** How long what people agreed to lasts, and how they are asked whether it was they. */
export function ConsentPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const validity = useQuery(consentValidityQuery);
  const asking = useQuery(doubleOptInQuery);
  const readOnly = !mayAct(role, 'owner');
  return (
    <>
      <PageHeader title="Consent" summary="How long it lasts, and how people confirm it." />
      {readOnly ? <MayNot least="owner" act="change how long consents last" /> : null}
      <Section title="How long it lasts" note="Of consents of which nobody has said until when.">
        <Loaded query={validity} what="The policy could not be loaded">
          {(saved) => <ValidityForm saved={saved} readOnly={readOnly} />}
        </Loaded>
      </Section>
      <Section title="Asking by text" note="Whoever signs up by a form is asked whether it was they, and answers YES.">
        <Loaded query={asking} what="The settings could not be loaded">
          {(saved) => <AskingForm saved={saved} readOnly={readOnly} />}
        </Loaded>
      </Section>
    </>
  );
}

const MONTHS_MAX = 240;
/** All consents are counted for an answer: not once for every digit that is typed. */
const SETTLE_MS = 250;

interface FormProps<T> {
  readonly saved: T;
  readonly readOnly: boolean;
}

function ValidityForm({ saved, readOnly }: FormProps<ConsentValidity>) {
  const queryClient = useQueryClient();
  const form = useForm<ConsentValidity>({ initialValues: saved });
  const save = useAction({
    run: (values: ConsentValidity) => changeConsentValidity(values),
    onDone: (now) => {
      queryClient.setQueryData(consentSettingKeys.validity, now);
      form.setValues(now);
      form.resetDirty(now);
      toastDone('The policy is saved');
    },
  });
  const months = (kind: 'express' | 'express_written') => ({
    description: 'Months; leave it empty for no end.',
    min: 1,
    max: MONTHS_MAX,
    readOnly,
    value: form.values[kind] ?? undefined,
    onChange: (value: number | undefined) => form.setFieldValue(kind, value ?? null),
  });
  return (
    <form noValidate className={classes.form} onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <DigitsInput label="An inquiry, or a number that somebody gave" {...months('express')} />
      <DigitsInput label="What was signed or agreed to in writing" {...months('express_written')} />
      <Checkbox
        label="Also for what was recorded before"
        description="Consents that are older end within minutes, by an event each. Only the person can agree again."
        disabled={readOnly}
        {...form.getInputProps('alsoRecorded', { type: 'checkbox' })}
      />
      <Effect validity={form.values} />
      {readOnly ? null : <SaveBar save={save} form={form} />}
    </form>
  );
}

function Effect({ validity }: { readonly validity: ConsentValidity }) {
  const [{ express, express_written, alsoRecorded }] = useDebouncedValue(validity, SETTLE_MS);
  const { data, error } = useQuery(validityEffectQuery({ express, express_written }));
  return (
    <Text size="sm" role="status" mih="1.5em">
      {error === null ? (data === undefined ? null : effectWords(data, alsoRecorded)) : problemSentence(error)}
    </Text>
  );
}

function AskingForm({ saved, readOnly }: FormProps<DoubleOptIn>) {
  const queryClient = useQueryClient();
  const form = useForm<DoubleOptIn>({ initialValues: saved });
  const save = useAction({
    run: (values: DoubleOptIn) => changeDoubleOptIn(values),
    onDone: (now) => {
      queryClient.setQueryData(consentSettingKeys.doubleOptIn, now);
      form.setValues(now);
      form.resetDirty(now);
      toastDone('The settings are saved');
    },
  });
  const days = (name: keyof DoubleOptIn) => ({
    readOnly,
    min: 1,
    value: form.values[name],
    onChange: (value: number | undefined) => {
      if (value !== undefined) form.setFieldValue(name, value);
    },
  });
  return (
    <form noValidate className={classes.form} onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <DigitsInput
        label="Days in which they can answer"
        description="After that it was no consent."
        max={30}
        {...days('confirmWithinDays')}
      />
      <DigitsInput
        label="Days before the same number is asked again"
        description="However often it is entered in a form, so that nobody can text a stranger by it."
        max={365}
        {...days('askAgainAfterDays')}
      />
      {readOnly ? null : <SaveBar save={save} form={form} />}
    </form>
  );
}
