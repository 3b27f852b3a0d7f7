import { NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type DncExemption, dncKeys, type NewExemption, recordExemption } from '../api/dnc-lists.ts';
import { useProductClock } from '../api/product-clock.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { formatPhone } from '../patterns/format.ts';
import { TimeInput } from '../patterns/time-input.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { EXEMPTIONS, exemptionKind, exemptionOf } from './dnc-words.ts';

interface ExemptionDialogProps {
  readonly phone: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const KINDS: readonly DncExemption['kind'][] = ['purchase', 'inquiry', 'other'];
/** What the server wants at least. */
const REASON_MIN = 3;

/** Records why somebody on the list of a registry may be texted. */
export default function ExemptionDialog({ phone, opened, onClose }: ExemptionDialogProps) {
  const { zone } = useProductClock(60_000);
  const [kind, setKind] = useState<DncExemption['kind']>('purchase');
  const [reason, setReason] = useState('');
  const [day, setDay] = useState('');
  const body = exemptionOf({ kind, reason, day }, { phone, zone });
  const record = useAction({
    run: (exemption: NewExemption, key) => recordExemption(exemption, key),
    touches: [dncKeys.all],
    onDone: () => {
      onClose();
      toastDone(`${formatPhone(phone)} is exempt`);
    },
  });
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Why may ${formatPhone(phone)} be texted?`}
      confirmLabel="Record the exemption"
      disabled={body === undefined || reason.trim().length < REASON_MIN}
      busy={record.isPending}
      error={record.error}
      onConfirm={() => {
        if (body !== undefined) record.mutate(body);
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          Counts for the registries of the nation and of states only: whoever is on a list of your own is not texted.
        </Text>
        <NativeSelect
          label="Reason"
          data={KINDS.map((value) => ({ value, label: EXEMPTIONS[value].label }))}
          value={kind}
          onChange={(event) => setKind(exemptionKind(event.currentTarget.value))}
        />
        <TextInput
          label="What shows it"
          placeholder="Invoice 1204, roof of 12 Elm Street"
          maxLength={500}
          autoComplete="off"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <TimeInput
          type="date"
          label={EXEMPTIONS[kind].day}
          description={EXEMPTIONS[kind].about}
          value={day}
          onChange={setDay}
        />
      </Stack>
    </ConfirmDialog>
  );
}
