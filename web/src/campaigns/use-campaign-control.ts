import { useQueryClient } from '@tanstack/react-query';
import {
  type Campaign,
  type CampaignLive,
  campaignKeys,
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
} from '../api/campaigns.ts';
import { operationKeys } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { toastProblem } from '../patterns/toast.tsx';

const ACTS = {
  pause: { run: pauseCampaign, failed: 'The campaign was not paused' },
  resume: { run: resumeCampaign, failed: 'The campaign was not resumed' },
  cancel: { run: cancelCampaign, failed: 'The campaign was not cancelled' },
} as const;
type Act = keyof typeof ACTS;

/** Pausing, resuming and cancelling one campaign; the page shows what the server answers. */
export function useCampaignControl(campaign: Pick<Campaign, 'id'>) {
  const queryClient = useQueryClient();
  const action = useAction({
    run: (act: Act) => ACTS[act].run(campaign.id),
    touches: [campaignKeys.list({}), campaignKeys.of(campaign.id), operationKeys.home],
    onDone: (changed) => {
      queryClient.setQueryData(campaignKeys.one(campaign.id), changed);
      queryClient.setQueryData<CampaignLive>(
        campaignKeys.live(campaign.id),
        (live) => live && { ...live, campaign: changed },
      );
    },
    onProblem: (error, act) => {
      toastProblem(ACTS[act].failed, error);
      void queryClient.invalidateQueries({ queryKey: campaignKeys.of(campaign.id) });
    },
  });
  return {
    pause: () => action.mutate('pause'),
    resume: () => action.mutate('resume'),
    cancel: (onDone: () => void) => action.mutate('cancel', { onSuccess: onDone }),
    busy: action.isPending,
  };
}
