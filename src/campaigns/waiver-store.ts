import { type RawBuilder, sql } from 'kysely';
import { audienceSql } from '../audiences/audience.ts';
import { readEligibilityFacts } from '../audiences/eligibility-facts.ts';
import { type AskedConsent, reachesBeyondLaw } from '../compliance/consent-policy.ts';
import { endingReasonSql } from '../compliance/eligibility.ts';
import { lacksConsentSql } from '../compliance/needs-consent.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type Campaign, consentAsked, consentAtLaunch } from './campaign.ts';

/** Whom an owner's word about a draft is about: those of its audience who had not agreed when it was given. */
type Draft = Pick<Campaign, 'id' | 'audience' | 'consent' | 'consentWaiver'>;

/** Also those who are left out for something else just now, and may not be at the launch. */
export async function rememberWaived(tx: Tx, { id, audience, consent }: Draft, now: Instant): Promise<void> {
  await forgetWaived(tx, id);
  const asked = consentAsked({ consent, waived: true }, now);
  if (asked === null) return;
  await sql`
    insert into waived_person (campaign_id, contact_id)
    select ${id}, c.id from contact c where ${audienceSql(audience, now)} and ${lacksConsentSql(asked, asked.lawfulKinds, now)}`.execute(
    tx,
  );
}

export async function forgetWaived(tx: Tx, campaignId: Uuid): Promise<void> {
  await sql`delete from waived_person where campaign_id = ${campaignId}`.execute(tx);
}

/** Over `contact c`: has not agreed as the law asks, and was not there when an owner gave a word. Primary key of waived_person. */
export const unseenSql = (campaignId: Uuid, asked: AskedConsent, now: Instant): RawBuilder<boolean> =>
  sql<boolean>`(${lacksConsentSql(asked, asked.lawfulKinds, now)}
    and not exists (select 1 from waived_person w where w.campaign_id = ${campaignId} and w.contact_id = c.id))`;

/** How many of those whom a launch would text now the owner has not seen; 0 of a draft without such a word. */
export async function countUnseen(db: Db | Tx, campaign: Draft, now: Instant): Promise<number> {
  const asked = consentAtLaunch(campaign, now);
  if (campaign.consentWaiver === null || asked === null || !reachesBeyondLaw(asked)) return 0;
  const facts = await readEligibilityFacts(db, now, asked);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from contact c
    where ${audienceSql(campaign.audience, now)} and ${unseenSql(campaign.id, asked, now)} and ${endingReasonSql(facts)} is null`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}
