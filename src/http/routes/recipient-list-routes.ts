import { getBusiness, getSendingPolicy } from '../../business/business-store.ts';
import { getCampaign } from '../../campaigns/campaign-store.ts';
import { listRecipients, type RecipientPlace, type RecipientRow } from '../../campaigns/recipient-store.ts';
import { NO_LANE_ID } from '../../campaigns/wait-spans-store.ts';
import { readWaitSpans } from '../../campaigns/who-waits.ts';
import { type WaitingAt, whyPending } from '../../campaigns/why-pending.ts';
import { searchPatterns } from '../../contacts/contact-search.ts';
import { outcomeText } from '../../messages/outcome-sentences.ts';
import { makeCursor, readCursor, toPage } from '../../platform/cursor.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import { notFound, type Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/recipients.ts';
import { isoTextOrNull, type RouteInput } from '../route-types.ts';

type ListServices = Pick<Services, 'database' | 'clock'>;

export function registerRecipientList(api: Api, services: ListServices): void {
  const { db } = services.database;
  api.handle(contract.listRecipients, async ({ params, query }) => {
    const after = query.waits === undefined ? placeOf(query.cursor) : waitingPlaceOf(query.cursor);
    if (!after.ok) return after;
    const campaign = await getCampaign(db, uuidOf('campaign', params.id));
    if (campaign === undefined) return notFound('campaign', params.id);
    const { state, reason, variant, limit } = query;
    const variantId = campaign.variants.find(({ label }) => label === variant)?.id;
    // A variant that the campaign does not have was sent to nobody.
    if (variant !== undefined && variantId === undefined) return ok({ data: [], nextCursor: null });
    const wanted = {
      campaignId: campaign.id,
      state,
      reason,
      variantId,
      contactId: query.contactId === undefined ? undefined : uuidOf('contact', query.contactId),
      search: query.search ? searchPatterns(query.search) : undefined,
      waits: await waitsOf(services, campaign.id, query),
    };
    const rows = await listRecipients(db, wanted, { after: after.value, limit: limit + 1 });
    const page = toPage(rows, limit, query.waits === undefined ? cursorOf : waitingCursorOf);
    const [{ zone }, policy] = await Promise.all([getBusiness(db), getSendingPolicy(db)]);
    const at = { campaign, policy, zone, now: services.clock.now() };
    return ok({ ...page, data: page.data.map((row) => showRecipient(row, at)) });
  });
}

type RecipientsQuery = RouteInput<typeof contract.listRecipients>['query'];

async function waitsOf({ database, clock }: ListServices, campaignId: Uuid, { waits, waitsUntil }: RecipientsQuery) {
  if (waits === undefined) return undefined;
  const untilMs = waitsUntil === undefined ? undefined : instant(waitsUntil).epochMilliseconds;
  return readWaitSpans(database.db, clock, { campaignId, choice: { reason: waits, untilMs } });
}

function placeOf(text: string | undefined): Outcome<RecipientPlace | undefined> {
  const cursor = readCursor(text, ['text', 'uuid']);
  if (!cursor.ok) return cursor;
  if (cursor.value === undefined) return ok(undefined);
  return ok({ state: cursor.value[0], id: cursor.value[1] });
}

const cursorOf = ({ state, enrollmentId }: RecipientRow): string => makeCursor(state, enrollmentId);

/** People who wait are in another order than the others. */
function waitingPlaceOf(text: string | undefined): Outcome<RecipientPlace | undefined> {
  const cursor = readCursor(text, ['text', 'uuid', 'instant', 'uuid']);
  if (!cursor.ok) return cursor;
  if (cursor.value === undefined) return ok(undefined);
  const [zoneGroup, laneId, notBefore, id] = cursor.value;
  return ok({ zoneGroup, laneId, notBefore: instant(notBefore), id });
}

const waitingCursorOf = ({ zoneGroup, laneId, notBefore, enrollmentId }: RecipientRow): string =>
  makeCursor(zoneGroup, laneId ?? NO_LANE_ID, notBefore.toString(), enrollmentId);

/** A recipient as the API and the command line show it. */
export const showRecipient = (row: RecipientRow, at: WaitingAt) => ({
  enrollmentId: showId('enrollment', row.enrollmentId),
  contactId: showId('contact', row.contactId),
  name: row.name,
  phone: row.phone,
  state: row.state,
  variant: row.variant,
  laneName: row.laneName,
  why: whyText(row, at),
  text: row.text,
  parts: row.parts,
  sentAt: isoTextOrNull(row.sentAt),
  deliveredAt: isoTextOrNull(row.deliveredAt),
  repliedAt: isoTextOrNull(row.repliedAt),
  optedOutAt: isoTextOrNull(row.optedOutAt),
});

function whyText(row: RecipientRow, at: WaitingAt): string | null {
  if (row.reason !== null) return outcomeText(row.reason);
  if (row.state === 'unknown') return 'The answer of the gateway was lost; it is being asked whether the text went out';
  return row.state === 'pending' ? whyPending(row, at) : null;
}
