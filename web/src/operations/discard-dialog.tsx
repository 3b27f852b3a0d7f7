import { Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type DiscardPreview, discardEvents, discardPreviewQuery } from '../api/event-discards.ts';
import { useAction } from '../api/use-action.ts';
import { eventKeys, type ReplaySelection } from '../api/webhook-events.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { EventCounts } from './event-counts.tsx';

interface DiscardDialogProps {
  readonly selection: ReplaySelection;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** From here on the number must be typed. */
const TYPE_ABOVE = 1_000;

/** The dry run, the reason, and the button that does it. */
export default function DiscardDialog({ selection, opened, onClose }: DiscardDialogProps) {
  const [reason, setReason] = useState('');
  const preview = useQuery({ ...discardPreviewQuery(selection), enabled: opened });
  const discard = useAction({
    run: (why: string, key) => discardEvents({ ...selection, reason: why.trim() }, key),
    touches: [eventKeys.all],
    onDone: ({ discarded, more }) => {
      onClose();
      setReason('');
      toastDone(
        `${plural(discarded, 'event was', 'events were')} discarded${more ? '; there are more, discard them the same way' : ''}`,
      );
    },
  });
  const total = preview.data?.total ?? 0;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={total === 1 ? 'Discard this event?' : 'Discard these events?'}
      confirmLabel={total === 0 ? 'Discard' : `Discard ${plural(total, 'event', 'events')}`}
      tone="red"
      disabled={total === 0 || reason.trim() === ''}
      busy={discard.isPending}
      error={discard.error}
      {...(total > TYPE_ABOVE ? { typeToConfirm: formatCount(total) } : {})}
      onConfirm={() => discard.mutate(reason)}
    >
      <Loaded query={preview} what="They could not be counted" skeleton={<LoadingSkeleton shape="lines" count={4} />}>
        {(data) => (
          <Stack gap="md">
            <Text>{previewWords(data)}</Text>
            {data.total < 2 ? null : <EventCounts counts={data.counts} />}
            {data.total === 0 ? null : (
              <TextInput
                label="Why, for the history"
                required
                maxLength={300}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </Stack>
        )}
      </Loaded>
    </ConfirmDialog>
  );
}

function previewWords({ total, totalIsLeast }: DiscardPreview): string {
  if (total === 0) return 'There is nothing to discard: none of these rests as failed.';
  const which = total === 1 ? 'It is kept and shown as discarded' : 'They are kept and shown as discarded';
  const least = totalIsLeast ? 'At least ' : '';
  const given = total === 1 ? '' : `${least}${plural(total, 'event is', 'events are')} given up. `;
  return `${given}${which}, and can still be replayed. What ${total === 1 ? 'it says' : 'they say'} does not get into the books.`;
}
