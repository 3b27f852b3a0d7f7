import { sql } from 'kysely';
import type { WebhookFinding } from '../gateways/decide-webhooks.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export type ToldFinding = Pick<WebhookFinding, 'kind' | 'sentence' | 'remedy'>;

/** What the last look at the registrations found. */
export interface WebhookLook {
  readonly lookedAt: Instant;
  readonly findings: readonly ToldFinding[];
  /** Why nothing could be found out. */
  readonly problem: string | null;
}

export async function findLook(db: Db | Tx, accountId: Uuid): Promise<WebhookLook | undefined> {
  const { rows } = await sql<WebhookLook>`
    select looked_at, findings, problem from webhook_look where account_id = ${accountId}`.execute(db);
  return rows[0];
}

/** A look that failed leaves what the one before has found. */
export async function putLook(tx: Tx, accountId: Uuid, { lookedAt, findings, problem }: WebhookLook): Promise<void> {
  const told = findings.map(({ kind, sentence, remedy }) => ({ kind, sentence, remedy }));
  await sql`
    insert into webhook_look as l (account_id, looked_at, findings, problem)
    values (${accountId}, ${lookedAt}, ${JSON.stringify(told)}::jsonb, ${problem})
    on conflict (account_id) do update set looked_at = excluded.looked_at, problem = excluded.problem,
      findings = case when excluded.problem is null then excluded.findings else l.findings end`.execute(tx);
}

/** Accounts whose registrations nobody has looked at since then, or since a change of them was cut short. */
export async function listUnlooked(
  db: Db,
  { since, now }: { readonly since: Instant; readonly now: Instant },
): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select a.id from gateway_account a left join webhook_look l on l.account_id = a.id
    where l.looked_at is null or l.looked_at < ${since}
      or (a.webhook_change_until <= ${now} and l.looked_at < a.webhook_change_until)
    order by a.id`.execute(db);
  return rows.map(({ id }) => id);
}
