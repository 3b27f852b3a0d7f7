import { Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { campaignKeys } from '../api/campaigns.ts';
import { fieldProblems } from '../api/problem.ts';
import { type Explanation, type Settlement, settleRecipient } from '../api/recipients.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { formatPhone } from '../patterns/format.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone } from '../patterns/toast.tsx';

interface SettleDialogProps {
  readonly explained: Explanation;
  readonly name: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

type Outcome = Settlement['outcome'];
const REASON_MIN = 3;

const CHOICES: Readonly<Record<Outcome, { readonly label: string; readonly means: string; readonly confirm: string }>> =
  {
    sent: {
      label: 'It was sent',
      means: 'You have seen it on a phone or with the provider. It counts as sent, and nothing more goes out.',
      confirm: 'Record that it was sent',
    },
    drop: {
      label: 'It was not sent: leave it so',
      means: 'This person is left out of the campaign.',
      confirm: 'Leave this person out',
    },
    send_again: {
      label: 'It was not sent: send it again',
      means:
        'It goes out again by the campaign’s hours and caps. If the provider did send it, this person gets it twice.',
      confirm: 'Send it again',
    },
  };

const EMPTY = { outcome: null as Outcome | null, gatewayMessageId: '', reason: '' };

/** A person says what became of a text whose answer was lost. Fetched when it is first opened. */
export default function SettleDialog({ explained, name, opened, onClose }: SettleDialogProps) {
  const [form, setForm] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const { outcome, gatewayMessageId, reason } = form;
  const { campaign, contact, attempts } = explained;
  const action = useAction({
    run: (body: Settlement, key) => settleRecipient(campaign.id, contact.id, body, key),
    touches: [campaignKeys.of(campaign.id)],
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
  const begunAt = attempts.at(-1)?.startedAt;
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
          {begunAt === undefined ? null : (
            <>
              It was handed over <TimeText at={begunAt} look="when" />, and the answer was lost.{' '}
            </>
          )}
          Textwright goes on asking by itself. Settle it only if you know: look at {formatPhone(contact.phone)} in the
          provider’s own list.
        </Text>
        <Radio.Group
          label="What you know"
          value={outcome}
          onChange={(value) => setForm({ ...form, outcome: outcomeOf(value) })}
          error={tried && outcome === null ? 'Choose one' : null}
        >
          <Stack gap="xs" mt="xs" mb={4}>
            {outcomes.map((value) => (
              <Radio key={value} value={value} label={CHOICES[value].label} description={CHOICES[value].means} />
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
