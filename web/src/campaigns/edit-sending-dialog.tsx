import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { type Campaign, type CampaignLive, campaignKeys, updateCampaign } from '../api/campaigns.ts';
import { accountsQuery, operationKeys } from '../api/operations.ts';
import { fieldProblem } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { LaneChoices } from './numbers-section.tsx';
import SendingFields, { FieldGroup } from './sending-fields.tsx';
import { changedSending, type LaunchedForm, launchedForm, windowProblem } from './sending-form.ts';

interface EditSendingDialogProps {
  readonly campaign: Campaign;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** How a campaign that was launched goes on sending. What it was when the dialog opened stays in it, whatever comes in meanwhile. */
export default function EditSendingDialog({ campaign, opened, onClose }: EditSendingDialogProps) {
  const queryClient = useQueryClient();
  const accounts = useQuery(accountsQuery);
  const [base, setBase] = useState(campaign);
  const [form, setForm] = useState<LaunchedForm>(() => launchedForm(campaign));
  const save = useAction({
    run: (change: ReturnType<typeof changedSending>) => updateCampaign(base.id, { revision: base.revision, ...change }),
    touches: [campaignKeys.list({}), campaignKeys.of(campaign.id), operationKeys.home],
    onDone: (changed) => {
      queryClient.setQueryData(campaignKeys.one(changed.id), changed);
      queryClient.setQueryData<CampaignLive>(
        campaignKeys.live(changed.id),
        (live) => live && { ...live, campaign: changed },
      );
      toastDone('Saved: it sends like this from now on');
      onClose();
    },
  });
  const { reset } = save;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only opening takes over what the campaign is now.
  useEffect(() => {
    if (!opened) return;
    setBase(campaign);
    setForm(launchedForm(campaign));
    reset();
  }, [opened]);
  const put = (change: Partial<LaunchedForm>): void => {
    setForm((before) => ({ ...before, ...change }));
    reset();
  };
  const change = changedSending(launchedForm(base), form);
  const ready = Object.keys(change).length > 0 && windowProblem(form.window) === undefined && form.laneIds.length > 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !save.isPending) save.mutate(change);
  };
  const problemOf = (pointer: string): string | undefined => fieldProblem(save.error, pointer);
  const shownAtField = ['/window', '/pace', '/pointless', '/priority', '/laneIds'].some(
    (pointer) => problemOf(pointer) !== undefined,
  );
  return (
    <Modal opened={opened} onClose={onClose} title="Edit sending" size="lg">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            Obeyed within seconds. What has gone out stays as it is.
          </Text>
          <SendingFields value={form} onChange={put} problemOf={problemOf} />
          <FieldGroup
            name="Numbers"
            note="People who know a number that you take out are texted from another."
            problem={
              form.laneIds.length === 0
                ? 'Keep at least one number, or pause or cancel the campaign'
                : problemOf('/laneIds')
            }
          >
            <Loaded
              query={accounts}
              what="The numbers could not be loaded"
              skeleton={<LoadingSkeleton shape="lines" count={2} />}
            >
              {({ data }) => (
                <LaneChoices accounts={data} chosen={form.laneIds} onChange={(laneIds) => put({ laneIds })} />
              )}
            </Loaded>
          </FieldGroup>
          {save.error === null || shownAtField ? null : <ErrorState compact error={save.error} what="Not saved" />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" disabled={!ready} loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
