import { type RawBuilder, sql } from 'kysely';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';

/**
 * The saved condition that chooses the contacts of a campaign: every contact, which must be said, or those for whom all given
 * conditions hold; any value of one condition is enough. No rule (null), and a rule without conditions, choose nobody.
 */
export interface AudienceRule {
  readonly all?: true | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly states?: readonly string[] | undefined;
  readonly cities?: readonly string[] | undefined;
  readonly notContactedDays?: number | undefined;
}

/** Whether the rule says who is meant. */
export function isChosen(rule: AudienceRule | null): boolean {
  if (rule === null) return false;
  const { all, tags = [], states = [], cities = [], notContactedDays } = rule;
  return all === true || tags.length + states.length + cities.length > 0 || notContactedDays !== undefined;
}

/** The rule as a predicate over `contact c`. Indexes contact_tags and contact_place serve it. */
export function audienceSql(rule: AudienceRule | null, now: Instant): RawBuilder<boolean> {
  if (rule === null || !isChosen(rule)) return sql<boolean>`false`;
  if (rule.all === true) return sql<boolean>`true`;
  const conditions: RawBuilder<unknown>[] = [];
  if (rule.tags !== undefined && rule.tags.length > 0) conditions.push(sql`c.tags && ${rule.tags}::text[]`);
  if (rule.states !== undefined && rule.states.length > 0) conditions.push(sql`c.state = any(${rule.states}::text[])`);
  if (rule.cities !== undefined && rule.cities.length > 0)
    conditions.push(sql`lower(c.city) = any(${rule.cities.map((city) => city.toLowerCase())}::text[])`);
  if (rule.notContactedDays !== undefined)
    conditions.push(
      sql`(c.last_campaign_text_at is null or c.last_campaign_text_at < ${addMs(now, -rule.notContactedDays * DAY_MS)})`,
    );
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

/** "tagged estimate, in MA or NH, not texted for 30 days": the rule in words. */
export function audienceSentence(rule: AudienceRule | null): string {
  if (rule === null || !isChosen(rule)) return 'nobody yet';
  if (rule.all === true) return 'all contacts';
  const words: string[] = [];
  if (rule.tags?.length) words.push(`tagged ${rule.tags.join(' or ')}`);
  if (rule.states?.length) words.push(`in ${rule.states.join(' or ')}`);
  if (rule.cities?.length) words.push(`living in ${rule.cities.join(' or ')}`);
  if (rule.notContactedDays !== undefined) words.push(`not texted for ${rule.notContactedDays} days`);
  return words.join(', ');
}
