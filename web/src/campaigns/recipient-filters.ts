import type { Campaign, CampaignLive, EnrollmentState, Forecast } from '../api/campaigns.ts';
import type { Filter } from '../patterns/filter-chips.tsx';
import { formatWhen, type Moment } from '../patterns/format.ts';
import { STATES } from '../patterns/states.ts';
import { WAIT_REASONS, WAITS_IN_TURN, type WaitReason, waitsOf } from './wait-reasons.ts';

type Wait = Forecast['waits'][number];

/** What the address says about the people of a campaign: filters that are off are absent. */
export interface RecipientSearch {
  readonly search?: string;
  readonly state?: EnrollmentState;
  readonly reason?: string;
  readonly waits?: WaitReason;
  /** With `waits`: those for whom it goes on then. */
  readonly until?: string;
  readonly variant?: string;
}

/** In the order of a person's way through the campaign. */
const STATE_ORDER = ['pending', 'handing_over', 'unknown', 'sent', 'delivered', 'failed', 'skipped'] as const;

/** The chips; `live` knows the reasons and how often they occur. */
export function filtersOf(
  campaign: Pick<Campaign, 'totals' | 'variants'>,
  live: Pick<CampaignLive, 'failures' | 'skips' | 'forecast'> | undefined,
  { state, reason, waits, until, variant }: RecipientSearch,
  moment: Moment,
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
    ...waitFilters(live?.forecast?.waits ?? [], {
      chosen: waits,
      when: until === undefined ? '' : `${formatWhen(until, moment)}: `,
    }),
    ...(variants.length < 2 ? [] : [{ name: 'variant', label: 'Variant', value: variant, options: variants }]),
  ];
}

/** Not there while nobody waits, unless it is on. */
function waitFilters(
  counted: readonly Wait[],
  { chosen, when }: { readonly chosen: WaitReason | undefined; readonly when: string },
): readonly Filter[] {
  if (counted.length === 0 && chosen === undefined) return [];
  const options = [...Map.groupBy(counted, ({ reason }) => waitsOf(reason))].map(([reason, same]) => ({
    value: reason,
    label: reason === 'turn' ? WAITS_IN_TURN : (same[0]?.sentence ?? reason),
    count: same.reduce((sum, { people }) => sum + people, 0),
  }));
  const value = chosen === undefined ? undefined : waitsOf(chosen);
  const known = options.map((option) =>
    option.value === value ? { ...option, label: `${when}${option.label}` } : option,
  );
  const missing = value !== undefined && options.every((option) => option.value !== value);
  return [
    {
      name: 'waits',
      label: 'Waits for',
      value,
      options: missing ? [...known, { value, label: `${when}${WAIT_WORDS[value] ?? value}`, count: 0 }] : known,
    },
  ];
}

/** For a link that is older than what people wait for by now. */
const WAIT_WORDS: Partial<Record<WaitReason, string>> = {
  turn: WAITS_IN_TURN,
  quiet_hours: 'Quiet hours',
  put_off: 'Had their texts of 24 hours',
  lane_paused: 'A paused number',
  never_opens: 'The window never opens',
  stopped: 'The campaign has stopped',
};

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
  const { state, reason, waits, until, ...others } = before;
  const { name, value } = change;
  if (name === 'state') {
    // A reason, and what is waited for, belong to one state, so that they go with it.
    const chosen = STATE_ORDER.find((known) => known === value);
    return chosen === undefined ? others : { ...others, state: chosen };
  }
  if (name === 'waits') {
    const chosen = WAIT_REASONS.find((known) => known === value);
    return chosen === undefined ? others : { ...others, waits: chosen };
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
