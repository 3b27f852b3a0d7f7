import { sql } from 'kysely';
import { expect } from 'vitest';
import type { AcceptedText, Sandbox } from '../src/gateways/sandbox/sandbox.ts';
import type { Db } from '../src/platform/database.ts';

/**
 * What the gateway has taken, against what our tables say: none twice, none missing, none unrecorded, all campaigns completed.
 * `undelivered`: of the texts that it took, those that it did not bring.
 */
export async function expectBalancedBooks(
  db: Db,
  sandbox: Sandbox,
  expected: { readonly sent: number; readonly skipped?: number; readonly undelivered?: number },
): Promise<void> {
  const { undelivered = 0, skipped = 0 } = expected;
  const taken = expected.sent + undelivered;
  const ours = await campaignTexts(db);
  const answers = await otherTexts(db);
  const accepted = sandbox.accepted();
  const inCampaigns = accepted.filter(({ id }) => !answers.has(id));

  const phones = new Set(inCampaigns.map(({ to }) => to));
  const twice = [...Map.groupBy(inCampaigns, ({ to }) => to).values()].filter((same) => same.length > 1).flat();
  expect({ twice: await howItCame(db, twice) }).toEqual({ twice: [] });
  const unrecorded = inCampaigns.filter(({ id }) => !ours.has(id));
  expect({ unrecorded: await howItCame(db, unrecorded) }).toEqual({ unrecorded: [] });
  expect({ missing: [...ours.values()].filter((phone) => !phones.has(phone)) }).toEqual({ missing: [] });
  expect({ accepted: inCampaigns.length, recorded: ours.size }).toEqual({
    accepted: taken,
    recorded: taken,
  });
  expect(await enrollments(db)).toEqual({ sent: expected.sent, skipped, open: 0, failed: undelivered });
  expect(await campaignStates(db)).toEqual(['completed']);
  expect({ reserved: await reserved(db) }).toEqual({ reserved: taken });
}

/** The people of these texts, when the gateway took them and what we had tried: a failure must tell how it came about. */
async function howItCame(db: Db, texts: readonly AcceptedText[]): Promise<readonly object[]> {
  const people = Map.groupBy(texts, ({ to }) => to);
  const { rows } = await sql<{ phone: string }>`
    select m.phone, m.purpose, m.state, m.gateway_message_id, m.created_at, a.attempt, a.worker, a.lease_epoch, a.started_at,
      a.finished_at, a.outcome, a.detail
    from message m left join message_attempt a on a.message_id = m.id
    where m.direction = 'outbound' and m.phone = any(${[...people.keys()]}::text[]) order by m.created_at, a.started_at`.execute(
    db,
  );
  return [...people].map(([phone, theirs]) => ({
    phone,
    accepted: theirs.map(({ id, acceptedAt }) => `${id} ${acceptedAt.toString()}`),
    attempts: rows.filter((row) => row.phone === phone).map((row) => JSON.stringify(row)),
  }));
}

/** Numbers by the gateway's id of their text; what it took and did not bring has its id, what it refused has none. */
async function campaignTexts(db: Db): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string | null; messageId: string; phone: string }>`
    select gateway_message_id as id, id as message_id, phone from message where purpose = 'campaign'
      and (state in ('sent', 'delivered') or state = 'failed' and gateway_message_id is not null)`.execute(db);
  return new Map(rows.map(({ id, messageId, phone }) => [id ?? `without an id: ${messageId}`, phone]));
}

/** The gateway's ids of confirmations and replies. */
async function otherTexts(db: Db): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select gateway_message_id as id from message where direction = 'outbound' and purpose <> 'campaign'
      and gateway_message_id is not null`.execute(db);
  return new Set(rows.map((row) => row.id));
}

async function enrollments(db: Db): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<Readonly<Record<string, number>>>`
    select count(*) filter (where state in ('sent', 'delivered')) as sent, count(*) filter (where state = 'skipped') as skipped,
      count(*) filter (where state in ('pending', 'handing_over', 'unknown')) as open,
      count(*) filter (where state = 'failed') as failed
    from enrollment`.execute(db);
  return rows[0] ?? {};
}

async function campaignStates(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ state: string }>`select distinct state from campaign where state <> 'draft'`.execute(db);
  return rows.map((row) => row.state);
}

async function reserved(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`select coalesce(sum(reserved), 0) as n from lane_usage`.execute(db);
  return rows[0]?.n ?? 0;
}
