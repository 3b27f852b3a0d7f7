import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { audiencePreviewQuery } from '../api/campaigns.ts';
import { type DefaultConsent, saveDefaultConsent } from '../api/compliance-policy.ts';
import { CONSENT_CHOICES, choiceOf, policyInput, policyOf } from '../campaigns/consent-form.ts';
import { Section } from '../patterns/page.tsx';
import { newCampaignsEffect } from './compliance-effects.ts';
import { SaveBar } from './save-bar.tsx';
import classes from './settings.module.css';
import { Effect, usePart } from './settings-part.tsx';

const EVERYBODY = { all: true } as const;

/** Which consent a new campaign asks for until somebody chooses another one for it. */
export function NewCampaigns({ consent, readOnly }: { readonly consent: DefaultConsent; readonly readOnly: boolean }) {
  const { form, save, onSubmit } = usePart<{ choice: string }>(
    { choice: choiceOf(consent) },
    {
      run: async ({ choice }) => ({ choice: choiceOf(await saveDefaultConsent(inputOf(choice))) }),
      done: 'The consent of new campaigns is saved',
    },
  );
  const { choice } = form.values;
  const reach = useQuery(audiencePreviewQuery(EVERYBODY, { consent: inputOf(choice), waived: false })).data;
  return (
    <form noValidate onSubmit={onSubmit} className={classes.form}>
      <Section
        title="New campaigns"
        note="Each campaign may ask for another consent; drafts that are there keep theirs."
      >
        <NativeSelect
          label="Consent that people must have given"
          data={[...CONSENT_CHOICES]}
          disabled={readOnly}
          {...form.getInputProps('choice')}
        />
        <Effect>{reach === undefined ? null : newCampaignsEffect(reach)}</Effect>
        {readOnly ? null : <SaveBar save={save} form={form} />}
      </Section>
    </form>
  );
}

const inputOf = (choice: string) => policyInput(policyOf(choice));
