import { sql } from 'kysely';
import { type AskedConsent, reachesBeyondLaw } from '../compliance/consent-policy.ts';
import { ruleSentence, skipReasonSql } from '../compliance/eligibility.ts';
import type { EligibilityFacts } from '../compliance/eligibility-rule.ts';
import { lacksConsentSql } from '../compliance/needs-consent.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type AudienceRule, audienceSql } from './audience.ts';
import { readEligibilityFacts } from './eligibility-facts.ts';

export interface PersonSample {
  readonly id: Uuid;
  readonly name: string;
  readonly phone: string;
}

export interface AudiencePreview {
  readonly matched: number;
  readonly textable: number;
  /** Those of them who have not agreed as the law asks of such texts. */
  readonly withoutConsent: number;
  readonly excluded: readonly {
    readonly reason: string;
    readonly sentence: string;
    readonly count: number;
    readonly sample: readonly PersonSample[];
  }[];
  readonly byState: readonly { readonly state: string; readonly count: number }[];
  readonly sample: readonly PersonSample[];
  /** Textable people by where they may be (contacts/zones.ts). */
  readonly zoneGroups: readonly { readonly zoneGroup: string; readonly people: number }[];
}

/** A contact's name for people, or its number: over `contact c`. */
export const contactNameSql = sql<string>`coalesce(nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), nullif(c.company, ''), c.phone)`;

const SAMPLE_SIZE = 5;

/** Who would be enrolled right now, and who would be left out for which reason; without a rule nobody. One pass over the audience. */
export async function previewAudience(
  db: Db | Tx,
  rule: AudienceRule | null,
  now: Instant,
  consent: AskedConsent | null = null,
): Promise<AudiencePreview> {
  const facts = await readEligibilityFacts(db, now, consent);
  const beyondLaw =
    consent !== null && reachesBeyondLaw(consent)
      ? lacksConsentSql(consent, consent.lawfulKinds, now)
      : sql<boolean>`false`;
  const { rows } = await sql<PeopleRow>`
    select ${skipReasonSql(facts)} as reason, c.state, c.zone_group, count(*) as count, count(*) filter (where ${beyondLaw}) as beyond_law
    from contact c where ${audienceSql(rule, now)} group by 1, 2, 3`.execute(db);
  const reasons = new Map<string, number>();
  const states = new Map<string, number>();
  const zoneGroups = new Map<string, number>();
  let textable = 0;
  let withoutConsent = 0;
  for (const row of rows) {
    if (row.reason === null) {
      textable += row.count;
      withoutConsent += row.beyondLaw;
      const state = row.state ?? 'unknown';
      states.set(state, (states.get(state) ?? 0) + row.count);
      zoneGroups.set(row.zoneGroup, (zoneGroups.get(row.zoneGroup) ?? 0) + row.count);
    } else reasons.set(row.reason, (reasons.get(row.reason) ?? 0) + row.count);
  }
  const excluded = await Promise.all(
    [...reasons].map(async ([reason, count]) => ({
      reason,
      sentence: ruleSentence(reason) ?? reason,
      count,
      sample: await samplePeople(db, { rule, facts, reason }),
    })),
  );
  return {
    matched: rows.reduce((sum, row) => sum + row.count, 0),
    textable,
    withoutConsent,
    excluded: excluded.sort((a, b) => b.count - a.count),
    byState: [...states].map(([state, count]) => ({ state, count })).sort((a, b) => b.count - a.count),
    sample: await samplePeople(db, { rule, facts, reason: null }),
    zoneGroups: [...zoneGroups].map(([zoneGroup, people]) => ({ zoneGroup, people })),
  };
}

interface PeopleRow {
  readonly reason: string | null;
  readonly state: string | null;
  readonly zoneGroup: string;
  readonly count: number;
  readonly beyondLaw: number;
}

async function samplePeople(
  db: Db | Tx,
  query: { readonly rule: AudienceRule | null; readonly facts: EligibilityFacts; readonly reason: string | null },
): Promise<readonly PersonSample[]> {
  const { rows } = await sql<PersonSample>`
    select c.id, ${contactNameSql} as name, c.phone from contact c
    where ${audienceSql(query.rule, query.facts.now)}
      and ${skipReasonSql(query.facts)} is not distinct from ${query.reason}::text
    order by c.created_at desc, c.id desc limit ${SAMPLE_SIZE}`.execute(db);
  return rows;
}
