import { getBusiness, getSendingPolicy } from '../business/business-store.ts';
import type { EnrollmentState } from '../campaigns/campaign.ts';
import type { WaitReason } from '../campaigns/forecast.ts';
import { listRecipients, type RecipientPlace, type RecipientRow } from '../campaigns/recipient-store.ts';
import { NO_LANE_ID } from '../campaigns/wait-spans-store.ts';
import { readWaitSpans } from '../campaigns/who-waits.ts';
import { showRecipient } from '../http/routes/recipient-list-routes.ts';
import { findCampaign } from './find-campaign.ts';
import { withServices } from './open-services.ts';
import type { Shell } from './shell.ts';
import { table } from './words.ts';

export interface RecipientsOptions {
  readonly state?: EnrollmentState;
  readonly waits?: WaitReason;
  readonly limit?: number;
  readonly json?: true;
}

const PAGE_ROWS = 200;

/** One JSON line per person, of the shape that the API has; or a table for people. */
export async function recipientsCommand(reference: string, options: RecipientsOptions, shell: Shell): Promise<void> {
  const { state, waits: reason, json, limit = Number.POSITIVE_INFINITY } = options;
  await withServices(shell, async ({ database: { db }, clock }) => {
    const campaign = await findCampaign(db, reference);
    const choice = reason === undefined ? undefined : { reason, untilMs: undefined };
    const waits =
      choice === undefined ? undefined : await readWaitSpans(db, clock, { campaignId: campaign.id, choice });
    const nothingElse = { reason: undefined, contactId: undefined, variantId: undefined, search: undefined };
    const query = { campaignId: campaign.id, state, waits, ...nothingElse };
    const [{ zone }, policy] = await Promise.all([getBusiness(db), getSendingPolicy(db)]);
    let left = limit;
    for (let after: RecipientPlace | undefined; left > 0; ) {
      const rows = await listRecipients(db, query, { after, limit: Math.min(left, PAGE_ROWS) });
      const shown = rows.map((row) => showRecipient(row, { campaign, policy, zone, now: clock.now() }));
      if (json) await shell.out.json(...shown);
      else if (rows.length > 0)
        await shell.out.lines(...table(shown.map(({ phone, state: now, name, why }) => [phone, now, name, why ?? ''])));
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) return;
      left -= rows.length;
      after = waits === undefined ? { state: last.state, id: last.enrollmentId } : waitingPlace(last);
    }
  });
}

const waitingPlace = ({ zoneGroup, laneId, notBefore, enrollmentId }: RecipientRow): RecipientPlace => ({
  zoneGroup,
  laneId: laneId ?? NO_LANE_ID,
  notBefore,
  id: enrollmentId,
});
