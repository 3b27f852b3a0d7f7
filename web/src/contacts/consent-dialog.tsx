import { Checkbox, NativeSelect, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type ConsentInput, recordConsent } from '../api/consents.ts';
import { type Contact, contactKeys, contactName } from '../api/contacts.ts';
import { inboxKeys } from '../api/inbox.ts';
import { fieldProblem } from '../api/problem.ts';
import { type ProductClock, useProductClock } from '../api/product-clock.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { formatPhone } from '../patterns/format.ts';
import { TimeInput } from '../patterns/time-input.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { toLocalInput } from '../patterns/zoned-input.ts';
import {
  type ConsentForm,
  canBeWritten,
  consentInputOf,
  type FormProblems,
  GIVEN_BY,
  type GivenBy,
  isWritten,
  missingIn,
  POINTERS,
} from './consent-form.ts';

interface ConsentDialogProps {
  readonly contact: Contact;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const emptyForm = ({ nowMs, zone }: ProductClock): ConsentForm => ({
  act: 'grant',
  purpose: 'marketing',
  source: 'web_form',
  inWriting: true,
  at: toLocalInput(new Date(nowMs).toISOString(), zone),
  proof: '',
  ip: '',
  wording: '',
  wordingVersion: '',
  note: '',
});

/** Records that a person agreed to be texted, or took it back. Nothing of it can be changed afterwards. */
export default function ConsentDialog({ contact, opened, onClose }: ConsentDialogProps) {
  const queryClient = useQueryClient();
  const clock = useProductClock(60_000);
  const [form, setForm] = useState(() => emptyForm(clock));
  const [tried, setTried] = useState(false);
  const name = contactName(contact) || formatPhone(contact.phone);
  const action = useAction({
    run: (body: ConsentInput, key) => recordConsent(contact.id, body, key),
    touches: [
      contactKeys.one(contact.id),
      contactKeys.timeline(contact.id),
      contactKeys.eligibility(contact.id),
      inboxKeys.all,
    ],
    onDone: (_answer, { action: act }) => {
      void queryClient.invalidateQueries({ queryKey: contactKeys.consents(contact.id) });
      onClose();
      toastDone(act === 'revoke' ? `${name} will not be texted any more` : 'The consent is recorded');
    },
  });
  const { reset } = action;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the time is that of the opening, and does not run in the field.
  useEffect(() => {
    if (!opened) return;
    setForm(emptyForm(clock));
    setTried(false);
    reset();
  }, [opened, reset]);
  const refused = refusedFields(action.error);
  const missing = missingIn(form, clock);
  const problems = { ...(tried ? missing : {}), ...refused };
  const takesBack = form.act === 'revoke';
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`What did ${name} say?`}
      confirmLabel={takesBack ? 'Record, and stop all texts' : 'Record the consent'}
      tone={takesBack ? 'red' : 'teal'}
      busy={action.isPending}
      error={Object.keys(refused).length === 0 ? action.error : null}
      onConfirm={() => {
        setTried(true);
        if (Object.keys(missing).length === 0) action.mutate(consentInputOf(form, clock.zone));
      }}
    >
      <Stack gap="sm">
        <SegmentedControl
          aria-label="What the person said"
          fullWidth
          data={[
            { value: 'grant', label: 'Agreed to texts' },
            { value: 'revoke', label: 'Took it back' },
          ]}
          value={form.act}
          onChange={(value) => setForm({ ...form, act: value === 'revoke' ? 'revoke' : 'grant' })}
        />
        {takesBack ? (
          <TakenBack form={form} setForm={setForm} problems={problems} phone={contact.phone} />
        ) : (
          <Given form={form} setForm={setForm} problems={problems} />
        )}
        <TimeInput
          type="datetime-local"
          label="When"
          description={`When the person said so, in the zone ${clock.zone.replaceAll('_', ' ')}`}
          value={form.at}
          error={problems.at}
          onChange={(at) => setForm((before) => ({ ...before, at }))}
        />
        <Text size="xs" c="dimmed">
          Kept for good with your name and the time. A mistake is put right by recording another event.
        </Text>
      </Stack>
    </ConfirmDialog>
  );
}

/** A refusal of the address that a form came from is no refusal of the form's own. */
function refusedFields(error: unknown): FormProblems {
  const refused: FormProblems = {};
  const taken = new Set<string>();
  for (const [pointer, field] of POINTERS) {
    const message = fieldProblem(error, pointer);
    if (message === undefined || taken.has(message)) continue;
    refused[field] = message;
    taken.add(message);
  }
  return refused;
}

interface FieldsProps {
  readonly form: ConsentForm;
  readonly setForm: (form: ConsentForm) => void;
  readonly problems: FormProblems;
}

function TakenBack({ form, setForm, problems, phone }: FieldsProps & { readonly phone: string }) {
  return (
    <>
      <Text size="sm">
        No campaign and no reply reaches {formatPhone(phone)} from now on. <b>Nobody here can undo this</b>: only the
        person can, by texting START, which gives no consent back.
      </Text>
      <Textarea
        label="How did the person say it?"
        autosize
        minRows={2}
        maxLength={1_000}
        value={form.note}
        error={problems.note}
        onChange={(event) => setForm({ ...form, note: event.currentTarget.value })}
      />
    </>
  );
}

function Given({ form, setForm, problems }: FieldsProps) {
  const { proof, hint } = GIVEN_BY[form.source];
  return (
    <>
      <NativeSelect
        label="To which texts?"
        data={[
          { value: 'marketing', label: 'Marketing: offers, campaigns' },
          { value: 'informational', label: 'Informational (transactional): appointments, invoices' },
        ]}
        value={form.purpose}
        onChange={(event) =>
          setForm({ ...form, purpose: event.currentTarget.value === 'marketing' ? 'marketing' : 'informational' })
        }
      />
      <NativeSelect
        label="How?"
        data={SOURCES.map((value) => ({ value, label: GIVEN_BY[value].label }))}
        value={form.source}
        onChange={(event) => setForm({ ...form, source: sourceOf(event.currentTarget.value) })}
      />
      <TextInput
        label={proof}
        placeholder={hint}
        maxLength={1_000}
        autoComplete="off"
        value={form.proof}
        error={problems.proof}
        onChange={(event) => setForm({ ...form, proof: event.currentTarget.value })}
      />
      {form.source === 'web_form' ? (
        <TextInput
          label="IP address it was sent from"
          maxLength={60}
          autoComplete="off"
          value={form.ip}
          error={problems.ip}
          onChange={(event) => setForm({ ...form, ip: event.currentTarget.value })}
        />
      ) : null}
      {canBeWritten(form) ? (
        <Checkbox
          label="In writing: signed, ticked or sent, after reading certain words"
          checked={form.inWriting}
          onChange={(event) => setForm({ ...form, inWriting: event.currentTarget.checked })}
        />
      ) : null}
      {isWritten(form) ? (
        <>
          <Textarea
            label="The exact words"
            autosize
            minRows={2}
            maxRows={8}
            maxLength={10_000}
            value={form.wording}
            error={problems.wording}
            onChange={(event) => setForm({ ...form, wording: event.currentTarget.value })}
          />
          <TextInput
            label="Version of the words"
            placeholder="v2"
            maxLength={200}
            autoComplete="off"
            value={form.wordingVersion}
            error={problems.wordingVersion}
            onChange={(event) => setForm({ ...form, wordingVersion: event.currentTarget.value })}
          />
        </>
      ) : null}
    </>
  );
}

const SOURCES: readonly GivenBy[] = ['web_form', 'keyword', 'paper', 'voice', 'member'];
const sourceOf = (value: string): GivenBy => SOURCES.find((source) => source === value) ?? 'web_form';
