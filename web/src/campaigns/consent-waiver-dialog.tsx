import { Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Campaign, campaignKeys, waiveConsent } from '../api/campaigns.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { plural } from '../patterns/format.ts';
import { isReason, ReasonInput } from '../patterns/reason-input.tsx';

interface ConsentWaiverDialogProps {
  readonly campaign: Campaign;
  readonly people: number;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** An owner’s reason to text people who have not agreed, which is kept for good. */
export default function ConsentWaiverDialog({ campaign, people, opened, onClose }: ConsentWaiverDialogProps) {
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  const waive = useAction({
    run: (input: { readonly revision: number; readonly people: number; readonly reason: string }) =>
      waiveConsent(campaign.id, input),
    onDone: (answer) => {
      onClose();
      queryClient.setQueryData(campaignKeys.one(campaign.id), answer);
    },
  });
  const who = plural(people, 'person', 'people');
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Let ${who} be texted without consent?`}
      confirmLabel={`Let ${who} be texted`}
      tone="red"
      busy={waive.isPending}
      disabled={!isReason(reason)}
      error={waive.error}
      onConfirm={() => waive.mutate({ revision: campaign.revision, people, reason: reason.trim() })}
    >
      <Text size="sm" mb="sm">
        Each text without the consent that the law asks for can cost $500 to $1,500. Whoever took a consent back or
        opted out stays out. It holds for this audience and these words: once they are changed, a reason is needed
        again. Your name and the reason are kept with the campaign and in the audit log.
      </Text>
      <ReasonInput label="Why these people may be texted" value={reason} onChange={setReason} focused />
    </ConfirmDialog>
  );
}
