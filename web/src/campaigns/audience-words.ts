import type { AudienceRule } from '../api/campaigns.ts';
import { plural } from '../patterns/format.ts';

/** The rule as part of a sentence: "contacts tagged estimate or flood, in MA, not contacted for 30 days". */
export function audienceWords(rule: AudienceRule | null): string {
  if (rule?.all) return 'all contacts';
  const { tags = [], states = [], cities = [], notContactedDays } = rule ?? {};
  const conditions = [
    tags.length === 0 ? '' : `tagged ${tags.join(' or ')}`,
    states.length === 0 ? '' : `in ${states.join(' or ')}`,
    cities.length === 0 ? '' : `living in ${cities.join(' or ')}`,
    notContactedDays === undefined ? '' : `not contacted for ${plural(notContactedDays, 'day', 'days')}`,
  ].filter((words) => words !== '');
  return conditions.length === 0 ? 'nobody yet' : `contacts ${conditions.join(', ')}`;
}
