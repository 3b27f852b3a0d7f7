import { type RawBuilder, sql } from 'kysely';
import { type AudienceRule, audienceSentence, audienceSql } from '../audiences/audience.ts';
import type { PersonSample } from '../audiences/preview-audience.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import { getCampaign, holdCampaign } from './campaign-store.ts';
import { countNewPeople, enrollMore, newPeopleIds, type ReasonCount, sampleNewPeople } from './enroll-store.ts';

/** Who is to join a campaign that has begun. */
export type Joining =
  | { readonly kind: 'contacts'; readonly contactIds: readonly Uuid[] }
  | { readonly kind: 'audience'; readonly rule: AudienceRule }
  /** Whoever matches the campaign's own audience by now. */
  | { readonly kind: 'new_matches' };

/**
 * So many are enrolled in well under a second, for which a pause has to wait. More are another campaign, with a review of its own.
 */
export const ADD_AT_ONCE_MAX = 10_000;
const SAMPLE_SIZE = 5;

export interface AddedPeople {
  /** To be texted. */
  readonly added: number;
  readonly alreadyIn: number;
  readonly leftOut: readonly { readonly reason: string; readonly sentence: string; readonly count: number }[];
}

export interface AddPreview extends AddedPeople {
  /** A few of those who would be texted. */
  readonly sample: readonly PersonSample[];
}

interface Question {
  readonly campaignId: Uuid;
  readonly who: Joining;
}

/** Who would join now. Changes nothing; refuses what adding would refuse. */
export async function previewJoining(db: Db, clock: Clock, question: Question): Promise<Outcome<AddPreview>> {
  const now = clock.now();
  const found = await findNewPeople(db, await getCampaign(db, question.campaignId), { ...question, now });
  if (!found.ok) return found;
  const { campaign, chosen, matched, fresh } = found.value;
  const query = { campaign, chosen, now, limit: SAMPLE_SIZE };
  return ok({ ...countsOf(matched, fresh), sample: await sampleNewPeople(db, query) });
}

/**
 * Enrolls people in a running or paused campaign with the statement of the launch: once each, with the same reasons for who is left
 * out; whoever is in it already stays as they are. They are texted like all others, at once when their hours allow. The campaign
 * cannot end, pause or be cancelled meanwhile; the engine goes on. Who is meant is found before the campaign is locked: looking at a
 * million contacts takes seconds.
 */
export async function addPeople(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: Question & { readonly actor: string },
): Promise<Outcome<AddedPeople>> {
  const { campaignId } = input;
  const now = deps.clock.now();
  const found = await findNewPeople(tx, await getCampaign(tx, campaignId), { ...input, now });
  if (!found.ok) return found;
  const { chosen, matched } = found.value;
  const contactIds = await newPeopleIds(tx, { campaign: found.value.campaign, chosen, limit: ADD_AT_ONCE_MAX });
  const campaign = await holdCampaign(tx, campaignId);
  if (campaign === undefined) return notFound('campaign', showId('campaign', campaignId));
  const refusal = mayNotJoin(campaign);
  if (refusal !== undefined) return refusal;
  const people = countsOf(matched, await enrollMore(tx, campaign, { contactIds, now }));
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: input.actor,
    action: 'campaign.people_added',
    subject: showId('campaign', campaignId),
    detail: { name: campaign.name, who: auditWords(input.who), ...people },
  });
  await notifyLive(tx, ['engine', 'status', `campaign:${campaignId}`]);
  return ok(people);
}

interface NewPeopleFound {
  readonly campaign: Campaign;
  readonly chosen: RawBuilder<boolean>;
  readonly matched: number;
  readonly fresh: readonly ReasonCount[];
}

async function findNewPeople(
  db: Db | Tx,
  campaign: Campaign | undefined,
  question: Question & { readonly now: Instant },
): Promise<Outcome<NewPeopleFound>> {
  const { who, campaignId, now } = question;
  if (campaign === undefined) return notFound('campaign', showId('campaign', campaignId));
  const refusal = mayNotJoin(campaign);
  if (refusal !== undefined) return refusal;
  const chosen = chosenSql(campaign, who, now);
  const { matched, fresh } = await countNewPeople(db, { campaign, chosen, now });
  if (who.kind === 'contacts' && matched < new Set(who.contactIds).size) return unknownContacts(db, who.contactIds);
  const toText = fresh.find(({ reason }) => reason === null)?.count ?? 0;
  const all = fresh.reduce((sum, { count }) => sum + count, 0);
  if (all > ADD_AT_ONCE_MAX)
    return invalid(
      `this adds ${all} people (${toText} of them to be texted), and at most ${ADD_AT_ONCE_MAX} can be added at once: narrow the choice by tags or places, or make a new campaign`,
    );
  return ok({ campaign, chosen, matched, fresh });
}

function mayNotJoin({ name, state }: Campaign) {
  if (state === 'running' || state === 'paused') return undefined;
  return conflict(
    state === 'draft'
      ? `campaign "${name}" is a draft: change its audience, everybody who matches is enrolled at its launch`
      : `campaign "${name}" is ${state} and takes nobody in any more: copy it as a new draft for these people`,
    { state, allowed: state === 'draft' ? ['edit', 'launch'] : [] },
  );
}

function chosenSql(campaign: Campaign, who: Joining, now: Instant): RawBuilder<boolean> {
  if (who.kind === 'contacts') return sql<boolean>`c.id = any(${who.contactIds}::uuid[])`;
  return audienceSql(who.kind === 'audience' ? who.rule : campaign.audience, now);
}

const NAMED_MAX = 5;

/** Nothing is added while some of the ids are wrong. */
async function unknownContacts(db: Db | Tx, contactIds: readonly Uuid[]) {
  const { rows } = await sql<{ id: Uuid }>`
    select id from unnest(${contactIds}::uuid[]) as id where not exists (select 1 from contact c where c.id = id.id)`.execute(
    db,
  );
  const named = rows.slice(0, NAMED_MAX).map(({ id }) => showId('contact', id));
  const more = rows.length > named.length ? ` and ${rows.length - named.length} more` : '';
  return invalid(`${named.join(', ')}${more}: no such contact; take ${rows.length === 1 ? 'it' : 'them'} out`, {
    errors: [{ pointer: '/contactIds', message: `unknown: ${named.join(', ')}${more}` }],
  });
}

function countsOf(matched: number, fresh: readonly ReasonCount[]): AddedPeople {
  const all = fresh.reduce((sum, { count }) => sum + count, 0);
  return {
    added: fresh.find(({ reason }) => reason === null)?.count ?? 0,
    alreadyIn: matched - all,
    leftOut: fresh.flatMap(({ reason, count }) =>
      reason === null ? [] : [{ reason, sentence: sentenceFor(reason).sentence, count }],
    ),
  };
}

function auditWords(who: Joining): object {
  if (who.kind === 'contacts') return { contacts: who.contactIds.map((id) => showId('contact', id)) };
  return who.kind === 'audience' ? { audience: who.rule, words: audienceSentence(who.rule) } : { newMatches: true };
}
