import { NumberInput, Switch, TextInput } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { complianceStatusQuery } from '../api/compliance.ts';
import {
  type CompliancePolicy,
  compliancePolicyQuery,
  type PolicyEffects,
  policyEffectsQuery,
  saveReviews,
  saveWording,
} from '../api/compliance-policy.ts';
import { policyQuery } from '../api/sending-policy.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { formatCount, plural } from '../patterns/format.ts';
import { LinkRow, LinkRows } from '../patterns/link-rows.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { PageHeader, Section } from '../patterns/page.tsx';
import { reviewEffect, wordingEffect } from './compliance-effects.ts';
import { WhoConfirms } from './confirming-part.tsx';
import { MayNot } from './may-not.tsx';
import { NewCampaigns } from './new-campaigns-part.tsx';
import { SaveBar } from './save-bar.tsx';
import classes from './settings.module.css';
import { Effect, usePart } from './settings-part.tsx';

/** What the owner sets about consent and opt-outs, each with whom it reaches; what has a page of its own is named with where. */
export function CompliancePage() {
  const query = useQuery(compliancePolicyQuery);
  return (
    <>
      <PageHeader
        title="Compliance"
        summary="How people opt out, and what campaigns ask for. Every change is in the audit log."
      />
      <Loaded query={query} what="The settings could not be loaded">
        {(policy) => <Policy policy={policy} />}
      </Loaded>
    </>
  );
}

interface PartProps {
  readonly policy: CompliancePolicy;
  readonly effects: PolicyEffects | undefined;
  readonly readOnly: boolean;
}

function Policy({ policy }: { readonly policy: CompliancePolicy }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const effects = useQuery(policyEffectsQuery).data;
  const readOnly = !mayAct(me.user.role, 'owner');
  const part = { policy, effects, readOnly };
  return (
    <>
      {readOnly ? <MayNot least="owner" act="change these settings" /> : null}
      <FirstTexts {...part} />
      <UnclearReplies {...part} />
      <NewCampaigns consent={policy.consent} readOnly={readOnly} />
      <WhoConfirms readOnly={readOnly} />
      <SetElsewhere />
    </>
  );
}

function FirstTexts({ policy: { wording }, effects, readOnly }: PartProps) {
  const { form, save, onSubmit } = usePart(wording, { run: saveWording, done: 'First texts are saved' });
  return (
    <form noValidate onSubmit={onSubmit} className={classes.form}>
      <Section title="First texts" note="The first text to a person must say how to make the texts stop.">
        <Switch
          label="Say it by itself in the first campaign text to a person"
          disabled={readOnly}
          {...form.getInputProps('adds', { type: 'checkbox' })}
        />
        <TextInput
          label="What is added, on a line of its own"
          maxLength={100}
          readOnly={readOnly}
          {...form.getInputProps('wording')}
        />
        <Effect>{effects === undefined ? null : wordingEffect(form.values, effects)}</Effect>
        {readOnly ? null : <SaveBar save={save} form={form} />}
      </Section>
    </form>
  );
}

function UnclearReplies({ policy: { reviews }, effects, readOnly }: PartProps) {
  const { form, save, onSubmit } = usePart(reviews, {
    run: saveReviews,
    done: 'The time for unclear replies is saved',
  });
  return (
    <form noValidate onSubmit={onSubmit} className={classes.form}>
      <Section
        title="Unclear replies"
        note={`A reply that may be an opt-out holds its number. Undecided after this time, ${reviews.hoursMax} hours at most, it was one.`}
      >
        <NumberInput
          label="Hours to decide"
          min={1}
          max={reviews.hoursMax}
          allowDecimal={false}
          maw={240}
          readOnly={readOnly}
          {...form.getInputProps('hours')}
        />
        <Effect>{effects === undefined ? null : reviewEffect(effects)}</Effect>
        {readOnly ? null : <SaveBar save={save} form={form} />}
      </Section>
    </form>
  );
}

const NUMBER_RULES = /^(?:number_|toll_free$|invalid_number$)/;

function SetElsewhere() {
  const policy = useQuery(policyQuery).data;
  const people = useQuery(complianceStatusQuery).data?.people;
  const forNumber = people?.excluded.reduce(
    (sum, { reason, count }) => (NUMBER_RULES.test(reason) ? sum + count : sum),
    0,
  );
  return (
    <Section title="Set elsewhere">
      <LinkRows>
        <LinkRow
          link={(className) => (
            <Link to="/settings/sending-hours" className={className}>
              Quiet hours and texts per person
            </Link>
          )}
          second={
            policy === undefined
              ? '\u00a0'
              : `${plural(policy.messagesPerDay, 'text', 'texts')} to one person in 24 hours, ${policy.preset.replace('_', ' ')} hours`
          }
          outcome={null}
          state={null}
        />
        <LinkRow
          link={(className) => (
            <Link to="/settings/number-validation" className={className}>
              Which numbers are left out
            </Link>
          )}
          second={
            people === undefined || forNumber === undefined
              ? '\u00a0'
              : people.contacts === 0
                ? 'There are no contacts yet.'
                : `${formatCount(forNumber)} of ${plural(people.contacts, 'contact', 'contacts')} are left out as landline, internet, toll-free or unverified`
          }
          outcome={null}
          state={null}
        />
        <LinkRow
          link={(className) => (
            <Link to="/settings/consent" className={className}>
              How long consents last
            </Link>
          )}
          second="When nobody said until when, and whom a change would reach"
          outcome={null}
          state={null}
        />
      </LinkRows>
    </Section>
  );
}
