import { Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { fieldProblems } from '../api/problem.ts';
import {
  policyKeys,
  policyQuery,
  previewQuery,
  putPolicy,
  type SavedPolicy,
  type SendingPolicy,
} from '../api/sending-policy.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { PageHeader } from '../patterns/page.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { BlackoutsField } from './blackouts-field.tsx';
import { BusinessHoursField } from './business-hours-field.tsx';
import { Cautions } from './cautions.tsx';
import { hoursEffect } from './compliance-effects.ts';
import { MayNot } from './may-not.tsx';
import { PresetField } from './preset-field.tsx';
import { SaveBar } from './save-bar.tsx';
import classes from './sending-hours.module.css';
import { formOf, formProblems, type HoursForm, policyOf } from './sending-hours-form.ts';
import settings from './settings.module.css';
import { TextsPerPersonField } from './texts-per-person-field.tsx';
import { WhatThisMeans } from './what-this-means.tsx';

const PREVIEW_AFTER_MS = 300;

/** When and how often campaigns may text, for all of them, and what that comes to in each state. */
export function SendingHoursPage() {
  const query = useQuery(policyQuery);
  return (
    <>
      <PageHeader
        title="Sending hours"
        summary="When and how often campaigns may text people, in their own local time. The law of a state narrows whatever is set here."
      />
      <Loaded query={query} what="The sending hours could not be loaded">
        {(policy) => <SendingHours policy={policy} />}
      </Loaded>
    </>
  );
}

function SendingHours({ policy }: { readonly policy: SavedPolicy }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const readOnly = !mayAct(me.user.role, 'manager');
  const queryClient = useQueryClient();
  const form = useForm<HoursForm>({ initialValues: formOf(policy, me.business.zone), validate: formProblems });
  const [settled] = useDebouncedValue(form.values, PREVIEW_AFTER_MS);
  const save = useAction({
    run: (values: HoursForm) => putPolicy(policyOf(values)),
    onDone: (saved) => {
      queryClient.setQueryData(policyKeys.policy, saved);
      void queryClient.invalidateQueries({ queryKey: policyKeys.hours });
      form.setValues(formOf(saved, me.business.zone));
      form.resetDirty();
      toastDone('The sending hours are saved; running campaigns follow them from now on');
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  const fields = { form, readOnly };
  return (
    <div className={classes.columns}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))} className={settings.form}>
        {readOnly ? <MayNot least="manager" act="change the sending hours" /> : null}
        <PresetField {...fields} presets={policy.presets} />
        <BusinessHoursField {...fields} />
        <TextsPerPersonField {...fields} />
        <BlackoutsField {...fields} />
        {form.isDirty() ? null : <Cautions sentences={policy.warnings.map((warning) => `${warning}.`)} />}
        {form.isDirty() ? (
          <HoursReach policy={policyOf(settled)} problem={Object.values(formProblems(settled))[0]} />
        ) : null}
        {readOnly ? null : <SaveBar save={save} form={form} />}
      </form>
      <WhatThisMeans
        policy={policyOf(settled)}
        saved={!form.isDirty()}
        problem={Object.values(formProblems(settled))[0]}
        tableVersion={policy.tableVersion}
      />
    </div>
  );
}

/** Whom saving it would reach; nothing while what is typed makes no sense. */
function HoursReach({ policy, problem }: { readonly policy: SendingPolicy; readonly problem: string | undefined }) {
  const effect = useQuery({ ...previewQuery(policy, ''), enabled: problem === undefined }).data?.effect;
  return (
    <Text size="sm" role="status" mih="1.5em">
      {effect === undefined ? null : hoursEffect(effect)}
    </Text>
  );
}
