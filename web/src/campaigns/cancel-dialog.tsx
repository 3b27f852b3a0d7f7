import { Text } from '@mantine/core';
import type { Campaign } from '../api/campaigns.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { plural } from '../patterns/format.ts';
import { textedOf } from './campaign-counts.ts';
import type { useCampaignControl } from './use-campaign-control.ts';

/** Above this many people who wait, cancelling asks for the campaign's name, as launching does. */
const CONFIRM_NAME_ABOVE = 500;

interface CancelDialogProps {
  readonly campaign: Campaign;
  readonly control: ReturnType<typeof useCampaignControl>;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export default function CancelDialog({ campaign, control, opened, onClose }: CancelDialogProps) {
  const waiting = campaign.totals.pending;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title="Cancel this campaign?"
      tone="red"
      confirmLabel={waiting === 0 ? 'Cancel the campaign' : `Do not text ${plural(waiting, 'person', 'people')}`}
      busy={control.busy}
      {...(waiting > CONFIRM_NAME_ABOVE ? { typeToConfirm: campaign.name } : {})}
      onConfirm={() => control.cancel(onClose)}
    >
      <Text>{cancelWords(waiting, textedOf(campaign.totals))}</Text>
    </ConfirmDialog>
  );
}

function cancelWords(waiting: number, texted: number): string {
  const left =
    waiting === 0
      ? 'Nobody waits any more.'
      : `${plural(waiting, 'person who still waits is', 'people who still wait are')} left out for good.`;
  const gone =
    texted === 0
      ? 'Nothing has gone out yet.'
      : `What went out to ${plural(texted, 'person', 'people')} stays as it is, and replies keep coming in.`;
  return `${left} ${gone} To stop only for a while, pause instead.`;
}
