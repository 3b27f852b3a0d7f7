import { type RawBuilder, sql } from 'kysely';
import { utcText } from '../compliance/rule-inputs.ts';
import { addMs, DAY_MS, type Instant, instantFromMs } from '../platform/time.ts';

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

/** One condition of a rule: what it asks, what it looks at, and whether a contact meets it. */
export interface AudienceCondition {
  readonly code: 'tags' | 'states' | 'cities' | 'not_contacted';
  /** "tagged estimate or flood": reads well behind "not". */
  readonly words: string;
  readonly met: RawBuilder<unknown>;
  /** JSON object of what the contact has. */
  readonly has: RawBuilder<unknown>;
}

/** The conditions of a rule over `contact c`, in one order; none when everybody is meant, or nobody. */
export function audienceConditions(rule: AudienceRule | null, now: Instant): readonly AudienceCondition[] {
  if (rule === null || rule.all === true) return [];
  const { tags = [], states = [], cities = [], notContactedDays } = rule;
  const conditions: AudienceCondition[] = [];
  if (tags.length > 0)
    conditions.push({
      code: 'tags',
      words: `tagged ${tags.join(' or ')}`,
      met: sql`c.tags && ${tags}::text[]`,
      has: sql`jsonb_build_object('tags', c.tags)`,
    });
  if (states.length > 0)
    conditions.push({
      code: 'states',
      words: `in ${states.join(' or ')}`,
      met: sql`c.state = any(${states}::text[])`,
      has: sql`jsonb_build_object('state', c.state)`,
    });
  if (cities.length > 0)
    conditions.push({
      code: 'cities',
      words: `living in ${cities.join(' or ')}`,
      met: sql`lower(c.city) = any(${cities.map((city) => city.toLowerCase())}::text[])`,
      has: sql`jsonb_build_object('city', c.city)`,
    });
  if (notContactedDays !== undefined)
    conditions.push({
      code: 'not_contacted',
      words: `not texted for ${notContactedDays} days`,
      met: sql`(c.last_campaign_text_at is null or c.last_campaign_text_at < ${addMs(now, -notContactedDays * DAY_MS)})`,
      has: sql`jsonb_build_object('lastCampaignTextAt', ${utcText(sql`c.last_campaign_text_at`)})`,
    });
  return conditions;
}

/** The rule as a predicate over `contact c`. Indexes contact_tags and contact_place serve it. */
export function audienceSql(rule: AudienceRule | null, now: Instant): RawBuilder<boolean> {
  if (rule === null || !isChosen(rule)) return sql<boolean>`false`;
  if (rule.all === true) return sql<boolean>`true`;
  const conditions = audienceConditions(rule, now).map((condition) => condition.met);
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

/** "tagged estimate, in MA or NH, not texted for 30 days": the rule in words. */
export function audienceSentence(rule: AudienceRule | null): string {
  if (rule === null || !isChosen(rule)) return 'nobody yet';
  if (rule.all === true) return 'all contacts';
  return audienceConditions(rule, NO_MATTER_WHEN)
    .map((condition) => condition.words)
    .join(', ');
}

/** Words do not depend on the instant. */
const NO_MATTER_WHEN = instantFromMs(0);
