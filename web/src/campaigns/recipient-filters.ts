import type { Campaign, CampaignLive, EnrollmentState } from '../api/campaigns.ts';
import type { Filter } from '../patterns/filter-chips.tsx';
import { STATES } from '../patterns/states.ts';

/** What the address says about the people of a campaign: filters that are off are absent. */
export interface RecipientSearch {
  readonly search?: string;
  readonly state?: EnrollmentState;
  readonly reason?: string;
  readonly variant?: string;
}

/** In the order of a person's way through the campaign. */
const STATE_ORDER = ['pending', 'handing_over', 'unknown', 'sent', 'delivered', 'failed', 'skipped'] as const;

/** The chips; `live` knows the reasons and how often they occur. */
export function filtersOf(
  campaign: Pick<Campaign, 'totals' | 'variants'>,
  live: Pick<CampaignLive, 'failures' | 'skips'> | undefined,
  { state, reason, variant }: RecipientSearch,
): readonly Filter[] {
  const states = STATE_ORDER.filter((name) => campaign.totals[name] > 0 || name === state);
  const variants = campaign.variants.map(({ label, totals }) => ({
    value: label,
    label: `Variant ${label}`,
    ...(totals === null ? {} : { count: totals.enrolled }),
  }));
  return [
    {
      name: 'state',
      label: 'State',
      value: state,
      options: states.map((name) => ({ value: name, label: STATES[name].word, count: campaign.totals[name] })),
    },
    { name: 'reason', label: 'Reason', value: reason, options: reasonsOf(live) },
    ...(variants.length < 2 ? [] : [{ name: 'variant', label: 'Variant', value: variant, options: variants }]),
  ];
}

const reasonsOf = (live: Pick<CampaignLive, 'failures' | 'skips'> | undefined) => [
  ...(live?.failures ?? []).map(({ code, sentence, count }) => ({ value: code, label: sentence, count })),
  ...(live?.skips ?? []).map(({ reason, sentence, count }) => ({ value: reason, label: sentence, count })),
];

/** The address after one filter was changed; `value` is undefined when it was taken off. */
export function withFilter(
  before: RecipientSearch,
  change: { readonly name: string; readonly value: string | undefined },
  live: Pick<CampaignLive, 'skips'> | undefined,
): RecipientSearch {
  const { state, reason, ...others } = before;
  const { name, value } = change;
  if (name === 'state') {
    // A reason belongs to one state, so that it goes with it.
    const chosen = STATE_ORDER.find((known) => known === value);
    return chosen === undefined ? others : { ...others, state: chosen };
  }
  if (name === 'reason') {
    if (value === undefined) return state === undefined ? others : { ...others, state };
    return {
      ...others,
      state: live?.skips.some((skip) => skip.reason === value) ? 'skipped' : 'failed',
      reason: value,
    };
  }
  return Object.fromEntries(
    Object.entries({ ...before, [name]: value }).filter(([, one]) => one !== undefined && one !== ''),
  );
}
