import { SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction } from '../api/use-action.ts';
import {
  eventKeys,
  type ReplayPreview,
  type ReplaySelection,
  replayPreviewQuery,
  startReplay,
} from '../api/webhook-events.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { formatCount, formatDuration, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { EventCounts } from './event-counts.tsx';

interface ReplayDialogProps {
  readonly selection: ReplaySelection;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const RATES = ['10', '50', '200', '500'];
const DEFAULT_RATE = '50';
/** From here on the number must be typed. */
const TYPE_ABOVE = 1_000;
const SECOND_MS = 1_000;

/** The dry run, and the button that does it. */
export default function ReplayDialog({ selection, opened, onClose }: ReplayDialogProps) {
  const navigate = useNavigate();
  const [rate, setRate] = useState(DEFAULT_RATE);
  const [reason, setReason] = useState('');
  const preview = useQuery({ ...replayPreviewQuery(selection), enabled: opened });
  const start = useAction({
    run: (order: { readonly rate: string; readonly reason: string }, key) => {
      const { reason: why } = order;
      const reasoned = why.trim() === '' ? {} : { reason: why.trim() };
      return startReplay({ ...selection, ...reasoned, perSecond: Number(order.rate) }, key);
    },
    touches: [eventKeys.all, eventKeys.replays],
    onDone: (replay) => {
      onClose();
      toastDone(`${plural(replay.total, 'event is', 'events are')} being replayed`);
      void navigate({ to: '/operations/replays' });
    },
  });
  const total = preview.data?.total ?? 0;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title="Replay these events?"
      confirmLabel={total === 0 ? 'Replay' : `Replay ${plural(total, 'event', 'events')}`}
      disabled={total === 0}
      busy={start.isPending}
      error={start.error}
      {...(total > TYPE_ABOVE ? { typeToConfirm: formatCount(total) } : {})}
      onConfirm={() => start.mutate({ rate, reason })}
    >
      <Loaded query={preview} what="They could not be counted" skeleton={<LoadingSkeleton shape="lines" count={4} />}>
        {(data) => (
          <Stack gap="md">
            <Text>{previewWords(data)}</Text>
            {data.counts.length === 0 ? null : <EventCounts counts={data.counts} />}
            {data.total === 0 ? null : (
              <>
                <Stack gap={4}>
                  <Text size="sm" fw={550} id="replay-rate">
                    Events a second
                  </Text>
                  <SegmentedControl aria-labelledby="replay-rate" data={RATES} value={rate} onChange={setRate} />
                  <Text size="xs" c="dimmed">
                    Takes about {formatDuration(Math.max(SECOND_MS, (data.total / Number(rate)) * SECOND_MS))}. What
                    comes in meanwhile is applied beside it.
                  </Text>
                </Stack>
                <TextInput
                  label="Why, for the history"
                  maxLength={300}
                  value={reason}
                  onChange={(event) => setReason(event.currentTarget.value)}
                />
              </>
            )}
          </Stack>
        )}
      </Loaded>
    </ConfirmDialog>
  );
}

function previewWords({ total, totalIsLeast, leftAlone }: ReplayPreview): string {
  const left =
    leftAlone === 0 ? '' : ` ${plural(leftAlone, 'other is', 'others are')} on the way already and left alone.`;
  if (total === 0) return `There is nothing to replay.${left}`;
  const least = totalIsLeast ? 'At least ' : '';
  return `${least}${plural(total, 'event is', 'events are')} applied once more. What they have done already is not done twice.${left}`;
}
