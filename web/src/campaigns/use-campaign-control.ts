import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import {
  type Campaign,
  type CampaignLive,
  campaignKeys,
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
} from '../api/campaigns.ts';
import { operationKeys } from '../api/operations.ts';
import { meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { toastProblem } from '../patterns/toast.tsx';

const ACTS = {
  pause: { run: pauseCampaign, done: 'Paused', failed: 'The campaign was not paused' },
  resume: { run: resumeCampaign, done: 'Resumed', failed: 'The campaign was not resumed' },
  cancel: { run: cancelCampaign, done: 'Cancelled', failed: 'The campaign was not cancelled' },
} as const;
type Act = keyof typeof ACTS;

/** Pausing, resuming and cancelling one campaign; the page shows what the server answers. */
export function useCampaignControl(campaign: Pick<Campaign, 'id'>) {
  const queryClient = useQueryClient();
  const { data: me } = useSuspenseQuery(meQuery);
  const action = useAction({
    // Everyone who looks at the campaign later sees who it was.
    run: (act: Act) => ACTS[act].run(campaign.id, { reason: `${ACTS[act].done} by ${me.user.name}` }),
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
