import type { AudiencePreview } from '../api/campaigns.ts';
import type { OptOutWording, PolicyEffects } from '../api/compliance-policy.ts';
import type { PolicyPreview } from '../api/sending-policy.ts';
import { formatCount, plural } from '../patterns/format.ts';

/** What each of these settings would change, told before it is saved. Pure. */
export function wordingEffect({ adds }: OptOutWording, { contacts, neverTexted, estimated }: PolicyEffects): string {
  if (contacts === 0) return 'There are no contacts yet.';
  const about = estimated ? 'About ' : '';
  const have = neverTexted === 1 ? 'has' : 'have';
  const who = `${about}${formatCount(neverTexted)} of ${plural(contacts, 'contact', 'contacts')} ${have} never been texted`;
  return adds
    ? `${who}: their first campaign text will say it, unless it does by itself.`
    : `${who}: nothing is added to their first campaign text.`;
}

export function reviewEffect({ heldNumbers }: PolicyEffects): string {
  if (heldNumbers === 0) return 'Nobody waits for a decision now; replies from now on get this time.';
  const wait = plural(heldNumbers, 'number waits', 'numbers wait');
  return `${wait} for a decision now, and keep the time they were given; replies from now on get this time.`;
}

/** How many people a cap on texts in 24 hours would let wait now. */
export function capEffect(cap: number, { textsOfDay }: PolicyEffects): string {
  const capped = textsOfDay.reduce((sum, { texts, people }) => (texts >= cap ? sum + people : sum), 0);
  return capped === 0
    ? 'Nobody has had so many in the last 24 hours.'
    : `${plural(capped, 'person has', 'people have')} had so many in the last 24 hours: campaigns would wait for them.`;
}

/** Whom other sending hours would reach of those who wait now. */
export function hoursEffect({ campaigns, people, otherHours, noHours }: PolicyPreview['effect']): string {
  if (people === 0) return 'Nobody waits in a campaign now: campaigns that start later have these hours.';
  const who = `${plural(people, 'person waits', 'people wait')} in ${plural(campaigns, 'campaign', 'campaigns')}`;
  if (otherHours.people === 0) return `${who}: their hours stay as they are.`;
  const other = `${formatCount(otherHours.people)} of them, in ${plural(otherHours.campaigns, 'campaign', 'campaigns')}`;
  const none = noHours === 0 ? '' : `, and ${formatCount(noHours)} could not be texted any more`;
  return `${who}: ${other}, would get other hours${none}.`;
}

/** Whom a new campaign to everybody would text, asking for that consent. */
export const newCampaignsEffect = ({ matched, textable }: Pick<AudiencePreview, 'matched' | 'textable'>): string =>
  matched === 0
    ? 'There are no contacts yet.'
    : `A new campaign to everybody would text ${formatCount(textable)} of ${plural(matched, 'contact', 'contacts')} and leave out ${formatCount(matched - textable)}.`;
