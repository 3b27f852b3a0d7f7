import { useNavigate } from '@tanstack/react-router';
import { campaignKeys, createCampaign } from '../api/campaigns.ts';
import { useProductClock } from '../api/product-clock.ts';
import { useAction } from '../api/use-action.ts';
import { formatDay } from '../patterns/format.ts';
import { toastProblem } from '../patterns/toast.tsx';

/** Makes a draft and opens its builder: the action behind every "New campaign". */
export function useNewCampaign() {
  const navigate = useNavigate();
  const clock = useProductClock(60_000);
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: clock.zone }).format(clock.nowMs);
  const create = useAction({
    run: (_input: null, key) => createCampaign({ name: `Campaign of ${formatDay(day)}` }, key),
    touches: [campaignKeys.all],
    onDone: (campaign) => void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } }),
    onProblem: (error) => toastProblem('The draft was not made', error),
  });
  return { start: () => create.mutate(null), busy: create.isPending };
}
