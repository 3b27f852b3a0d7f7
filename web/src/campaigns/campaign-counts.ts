import type { Totals } from '../api/campaigns.ts';
import type { StateName } from '../patterns/states.ts';

/** The figures of a campaign, each defined once. A person is counted in exactly one enrollment state. */

/** Those who are to be texted: enrolled and not left out. */
export const peopleOf = (totals: Totals): number => totals.enrolled - totals.skipped;
/** Those whose text the gateway took, also when it failed afterwards. */
export const sentOf = (totals: Totals): number => totals.accepted;
/** Those whose turn is over: sent, or failed before that. */
export const textedOf = (totals: Totals): number => totals.sent + totals.delivered + totals.failed;
/** Those who still wait for their text, or for the gateway's word about it. */
export const waitingOf = (totals: Totals): number => totals.pending + totals.handing_over + totals.unknown;

interface Share {
  readonly label: string;
  readonly count: number;
  readonly of: { readonly count: number; readonly word: string };
}

/** The four figures that every list, page and comparison of variants shows, with what each is a rate of. */
export function sharesOf(totals: Totals): Readonly<Record<'sent' | 'delivered' | 'replied' | 'optedOut', Share>> {
  const delivered = { count: totals.delivered, word: 'delivered' };
  const people = peopleOf(totals);
  return {
    sent: { label: 'Sent', count: sentOf(totals), of: { count: people, word: people === 1 ? 'person' : 'people' } },
    delivered: { label: 'Delivered', count: totals.delivered, of: { count: sentOf(totals), word: 'sent' } },
    replied: { label: 'Replied', count: totals.replied, of: delivered },
    optedOut: { label: 'Opted out', count: totals.opted_out, of: delivered },
  };
}

/** The bar of a campaign, from what is done to what is left. */
export const progressOf = (totals: Totals): readonly { readonly state: StateName; readonly count: number }[] =>
  (['delivered', 'sent', 'failed', 'unknown', 'handing_over', 'pending', 'skipped'] as const).map((state) => ({
    state,
    count: totals[state],
  }));
