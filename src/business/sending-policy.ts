import type { Blackout, BusinessHours, QuietHoursPolicy } from '../compliance/quiet-hours.ts';
import type { Preset } from '../compliance/quiet-hours-table.ts';
import { MINUTE_MS } from '../platform/time.ts';

/** What the owner allows, for all campaigns; a row of `setting`. It can only narrow what the law leaves. */
export interface SendingPolicy {
  readonly preset: Preset;
  readonly businessHours: BusinessHours | null;
  readonly blackouts: readonly Blackout[];
  /** Campaign texts to one person in any 24 hours. */
  readonly messagesPerDay: number;
}

/** Nothing is begun in the last minutes before hours close: what a stopped worker had begun is not late then. */
export const WINDOW_MARGIN_MS = 15 * MINUTE_MS;

export const DEFAULT_SENDING_POLICY: SendingPolicy = {
  preset: 'standard',
  businessHours: null,
  blackouts: [],
  messagesPerDay: 3,
};

/** The hours of everybody under this policy, before a campaign narrows them further. */
export const hoursOfAll = (policy: SendingPolicy): QuietHoursPolicy => ({
  preset: policy.preset,
  businessHours: policy.businessHours ?? undefined,
  blackouts: policy.blackouts,
});

/** The hours of one campaign's people under this policy. */
export const hoursOf = (
  policy: SendingPolicy,
  campaign: { readonly windowStartMinute: number; readonly windowEndMinute: number },
): QuietHoursPolicy => ({
  ...hoursOfAll(policy),
  window: { startMinute: campaign.windowStartMinute, endMinute: campaign.windowEndMinute },
});
