import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type Campaign, campaignKeys, createCampaign } from '../api/campaigns.ts';
import { accountsQuery } from '../api/operations.ts';
import { useProductClock } from '../api/product-clock.ts';
import { useAction } from '../api/use-action.ts';
import { formatDay } from '../patterns/format.ts';
import { toastProblem } from '../patterns/toast.tsx';
import { consentInput } from './consent-form.ts';

type NewCampaign = Parameters<typeof createCampaign>[0];

/**
 * Makes a draft and opens its builder: the action behind every "New campaign". It starts with one empty message and every number that
 * can send, because that is what most campaigns use.
 */
export function useNewCampaign() {
  const queryClient = useQueryClient();
  const clock = useProductClock(60_000);
  const create = useCreateCampaign();
  const start = async (): Promise<void> => {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: clock.zone }).format(clock.nowMs);
    const accounts = await queryClient.fetchQuery(accountsQuery).catch(() => ({ data: [] }));
    create.mutate({
      name: `Campaign of ${formatDay(day)}`,
      variants: [{ label: 'A', weight: 1, body: '' }],
      laneIds: accounts.data
        .flatMap((account) => account.lanes)
        .filter((lane) => lane.state === 'active')
        .map((lane) => lane.id),
    });
  };
  return { start: () => void start(), busy: create.isPending };
}

/** The same audience, texts, numbers and schedule as a new draft. */
export function useCopyCampaign() {
  const create = useCreateCampaign();
  return {
    copy: (campaign: Campaign, name = `${campaign.name} (copy)`) => create.mutate(contentOf(campaign, name)),
    busy: create.isPending,
  };
}

function useCreateCampaign() {
  const navigate = useNavigate();
  return useAction({
    run: (input: NewCampaign, key) => createCampaign(input, key),
    touches: [campaignKeys.list({})],
    onDone: (campaign) => void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } }),
    onProblem: (error) => toastProblem('The draft was not made', error),
  });
}

const NAME_LENGTH_MAX = 200;
const contentOf = (campaign: Campaign, name: string): NewCampaign => {
  const { audience, consent, variants, laneIds, priority, window, pace, pointless } = campaign;
  const hours = pointless?.hoursAfterWindow ?? null;
  return {
    name: name.slice(0, NAME_LENGTH_MAX),
    audience,
    ...(consent === null ? {} : { consent: consentInput(consent) }),
    variants: variants.map(({ label, weight, body }) => ({ label, weight, body })),
    laneIds,
    priority,
    window,
    // Instants belong to the campaign that had them.
    pace: { maxPerHour: pace.maxPerHour, maxPerDay: pace.maxPerDay },
    ...(pointless === null || hours === null
      ? {}
      : { pointless: { hoursAfterWindow: hours, action: pointless.action } }),
  };
};
