import { Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { fieldProblems } from '../api/problem.ts';
import type { Settlement } from '../api/recipients.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { TimeText } from './time-text.tsx';
import { toastDone } from './toast.tsx';

export interface SettleDialogProps {
  /** Whom the text is to, as the page calls them. */
  readonly name: string;
  /** Where it can be looked up in the provider's own list. */
  readonly phone: string;
  readonly begunAt: string | null;
  /** What becomes of it when it is left unsent, and when it is sent again. */
  readonly means: Readonly<Record<'drop' | 'send_again', string>>;
  readonly run: (body: Settlement, key: string) => Promise<unknown>;
  /** What is looked at anew afterwards. */
  readonly touches: readonly (readonly unknown[])[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

type Outcome = Settlement['outcome'];
const REASON_MIN = 3;

const CHOICES: Readonly<Record<Outcome, { readonly label: string; readonly confirm: string }>> = {
  sent: { label: 'It was sent', confirm: 'Record that it was sent' },
  drop: { label: 'It was not sent: leave it so', confirm: 'Leave it unsent' },
  send_again: { label: 'It was not sent: send it again', confirm: 'Send it again' },
};
const SENT_MEANS = 'You have seen it on a phone or with the provider. It counts as sent, and nothing more goes out.';

const EMPTY = { outcome: null as Outcome | null, gatewayMessageId: '', reason: '' };

/** A person says what became of a text whose answer was lost. Fetched when it is first opened. */
export default function SettleDialog(props: SettleDialogProps) {
  const { name, phone, begunAt, run, touches, opened, onClose } = props;
  const [form, setForm] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const { outcome, gatewayMessageId, reason } = form;
  const action = useAction({
    run,
    touches,
    onDone: () => {
      onClose();
      toastDone(`The text to ${name} is settled`);
    },
  });
  const { reset } = action;
  useEffect(() => {
    if (!opened) return;
    setForm(EMPTY);
    setTried(false);
    reset();
  }, [opened, reset]);
  const short = reason.trim().length < REASON_MIN;
  const refused = fieldProblems(action.error);
  const submit = (): void => {
    setTried(true);
    if (outcome === null || short) return;
    const id = gatewayMessageId.trim();
    action.mutate({
      outcome,
      reason: reason.trim(),
      ...(outcome === 'sent' && id !== '' ? { gatewayMessageId: id } : {}),
    });
  };
  const means = { sent: SENT_MEANS, ...props.means };
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`What became of the text to ${name}?`}
      confirmLabel={outcome === null ? 'Settle it' : CHOICES[outcome].confirm}
      tone={outcome === 'send_again' ? 'red' : 'teal'}
      busy={action.isPending}
      error={Object.keys(refused).length === 0 ? action.error : null}
      onConfirm={submit}
    >
      <Stack gap="md">
        <Text size="sm">
          {begunAt === null ? null : (
            <>
              It was handed over <TimeText at={begunAt} look="when" />, and the answer was lost.{' '}
            </>
          )}
          Textwright goes on asking by itself. Settle it only if you know: look at {phone} in the provider’s own list.
        </Text>
        <Radio.Group
          label="What you know"
          value={outcome}
          onChange={(value) => setForm({ ...form, outcome: outcomeOf(value) })}
          error={tried && outcome === null ? 'Choose one' : null}
        >
          <Stack gap="xs" mt="xs" mb={4}>
            {outcomes.map((value) => (
              <Radio key={value} value={value} label={CHOICES[value].label} description={means[value]} />
            ))}
          </Stack>
        </Radio.Group>
        {outcome === 'sent' ? (
          <TextInput
            label="The provider’s id of the text"
            description="If you have it. Without it no delivery report can be matched."
            autoComplete="off"
            value={gatewayMessageId}
            error={refused['gatewayMessageId'] ?? null}
            onChange={(event) => setForm({ ...form, gatewayMessageId: event.currentTarget.value })}
          />
        ) : null}
        <Textarea
          label="How you know"
          description="Kept in the audit log with your name."
          autosize
          minRows={2}
          maxLength={300}
          value={reason}
          error={tried && short ? 'Say it in a few words' : (refused['reason'] ?? null)}
          onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
        />
      </Stack>
    </ConfirmDialog>
  );
}

/** The safe ones in front. */
const outcomes: readonly Outcome[] = ['sent', 'drop', 'send_again'];
const outcomeOf = (value: string): Outcome | null => outcomes.find((one) => one === value) ?? null;
