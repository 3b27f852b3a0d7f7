import { type RawBuilder, sql } from 'kysely';
import type { GatewayEvent } from '../../src/gateways/gateway.ts';
import type { Db } from '../../src/platform/database.ts';
import { COUNTS } from './counted-texts.ts';
import type { Outside } from './outside.ts';

/** When everything has its end: nobody is left waiting, the books agree with each other and with the gateway's, and all is explained. */
export async function checkEnd(
  db: Db,
  run: {
    readonly outside: Outside;
    readonly answered: ReadonlyMap<string, GatewayEvent>;
    readonly violations: string[];
  },
): Promise<void> {
  const { violations } = run;
  for (const question of QUESTIONS) {
    const { rows } = await question.execute(db);
    for (const { said } of rows.slice(0, 5)) violations.push(said);
  }
  await checkAccepted(db, run);
  await checkEvents(db, run);
}

async function checkAccepted(
  db: Db,
  { outside, violations }: { readonly outside: Outside; readonly violations: string[] },
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select gateway_message_id as id from message where direction = 'outbound' and gateway_message_id is not null`.execute(
    db,
  );
  const ours = new Set(rows.map((row) => row.id));
  const theirs = new Set(outside.accepted.map((text) => text.id));
  for (const text of outside.accepted)
    if (!ours.has(text.id)) violations.push(`unrecorded: the gateway took ${text.id} to ${text.to}, we do not know it`);
  for (const id of ours) if (!theirs.has(id)) violations.push(`invented: we hold ${id}, the gateway does not know it`);
}

/** Events that were answered 2xx are stored and applied, or kept where people see them. */
async function checkEvents(
  db: Db,
  { answered, violations }: { readonly answered: ReadonlyMap<string, GatewayEvent>; readonly violations: string[] },
): Promise<void> {
  const { rows } = await sql<{ key: string; state: string; recorded: boolean }>`
    select g.account_id || ' ' || g.event_id as key, g.state, exists (
      select 1 from message m where m.gateway_message_id = g.payload::jsonb ->> 'gatewayMessageId'
        and case g.type when 'message.received' then m.direction = 'inbound' else m.state in ('delivered', 'failed') end) as recorded
    from gateway_event g where g.type <> 'unreadable'`.execute(db);
  const stored = new Map(rows.map((row) => [row.key, row]));
  const erased = await erasedOf(db, [...answered.values()].flatMap(personOf));
  for (const [key, event] of answered) {
    const row = stored.get(key);
    if (row === undefined)
      violations.push(`event: ${event.eventId} was answered 2xx or put on the disk, and is not stored`);
    else if (row.state === 'discarded' && personOf(event).some((phone) => erased.has(phone))) continue;
    else if (row.state !== 'applied' && row.state !== 'failed')
      violations.push(`event: ${event.eventId} was answered 2xx and never applied`);
    else if (row.state === 'applied' && !row.recorded)
      violations.push(`event: ${event.eventId} is marked as applied, and had no effect`);
  }
}

function personOf(event: GatewayEvent): readonly string[] {
  if (event.type === 'message_received') return [event.from];
  return event.type === 'message_status' && event.to !== undefined ? [event.to] : [];
}

async function erasedOf(db: Db, phones: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ phone: string }>`
    select distinct p.phone from unnest(${phones}::text[]) as p (phone) join erasure e on e.number_key = number_key(p.phone)`.execute(
    db,
  );
  return new Set(rows.map(({ phone }) => phone));
}

/** Rows of one person, before they were erased and after. */
const person = (column: string) =>
  sql`case when ${sql.ref(column)} like 'erased:%' then ${sql.ref(column)} else number_key(${sql.ref(column)}) end`;

/** Each answers with a sentence for whatever must not be. */
const QUESTIONS: readonly RawBuilder<{ said: string }>[] = [
  sql`select format('event: %s was taken for one of the gateway (%s)', event_id, state) as said from gateway_event
    where event_id like 'forged %' or event_id like 'garbled %' or (type = 'unreadable' and state not in ('failed', 'discarded'))`,
  sql`select format('opt-outs: campaign %s counts %s, the notes of opt-outs say %s', campaign_id, counted, noted) as said
    from (
      select campaign_id, sum(opted_out) as counted, (select count(*) from opt_out o where o.campaign_id = t.campaign_id) as noted
      from campaign_totals t group by 1) c
    where counted <> noted`,
  // START lifts a suppression and gives no consent back. Whoever agreed after what they said is taken at that word.
  sql`select format('consent: %s has opted out, and a consent of before is still in force', k.phone) as said
    from consent k where k.consent_event_id is not null and exists (
      select 1 from suppression s where s.phone = k.phone and s.reason <> 'invalid_number'
        and coalesce((s.evidence ->> 'saidAt')::timestamptz, s.created_at) >= k.valid_from)`,
  sql`select format('stuck: %s enrollments are still %s', count(*), state) as said from enrollment
    where state in ('pending', 'handing_over', 'unknown') group by state`,
  sql`select format('stuck: campaign %s is still %s', name, state) as said from campaign where state not in ('completed', 'cancelled')`,
  sql`select format('stuck: a %s text to %s is still %s', purpose, phone, state) as said from message
    where direction = 'outbound' and state in ('pending', 'handing_over', 'unknown')`,
  sql`select format('unexplained: a person is %s without a reason', state) as said from enrollment
    where (state = 'skipped' and skip_reason is null) or (state = 'failed' and failure_code is null)`,
  sql`select format('unexplained: the text to %s is %s without a record of why it went', m.phone, m.state) as said
    from enrollment e left join message m on m.enrollment_id = e.id
    where e.state in ('sent', 'delivered') and (m.id is null or m.gateway_message_id is null or m.state <> e.state
      or m.decision #>> '{quietHours,table}' is null or m.decision #>> '{quietHours,rule}' is null or m.decision ->> 'lane' is null
      or m.decision -> 'eligibility' is null
      or (m.decision #>> '{frequency,texts}')::int >= (m.decision #>> '{frequency,allowed}')::int)`,
  sql`select format('unexplained: attempt %s of the text to %s has no end', a.attempt, m.phone) as said
    from message_attempt a join message m on m.id = a.message_id where a.finished_at is null or a.outcome is null`,
  sql`select format('unexplained: the text to %s counts %s attempts and has %s', m.phone, m.attempts, count(a.*)) as said
    from message m left join message_attempt a on a.message_id = m.id where m.direction = 'outbound'
    group by m.id having m.attempts <> count(a.*)`,
  sql`select format('twice: %s has two texts of one campaign', max(m.phone)) as said from message m
    where m.enrollment_id is not null group by m.enrollment_id having count(*) > 1`,
  // Whoever is erased and comes back is another person.
  sql`select format('twice: %s has %s texts of campaign %s', m.phone, count(*), e.campaign_id) as said
    from message m join enrollment e on e.id = m.enrollment_id where m.phone like '+%' and ${COUNTS}
    group by e.campaign_id, m.phone having count(*) > 1`,
  sql`select format('merged: an opt-out is still to be written for %s', phone) as said from opt_out_to_carry`,
  sql`select format('totals: those of campaign %s differ from its enrollments', campaign_id) as said from (
      select campaign_id, sum(pending) as pending, sum(sent) as sent, sum(delivered) as delivered, sum(failed) as failed, sum(skipped) as skipped
      from campaign_totals group by 1) t
    join (select campaign_id, count(*) filter (where state = 'pending') as pending, count(*) filter (where state = 'sent') as sent,
        count(*) filter (where state = 'delivered') as delivered, count(*) filter (where state = 'failed') as failed,
        count(*) filter (where state = 'skipped') as skipped from enrollment group by 1) e using (campaign_id)
    where (t.pending, t.sent, t.delivered, t.failed, t.skipped) is distinct from (e.pending, e.sent, e.delivered, e.failed, e.skipped)`,
  sql`select format('usage: lane %s has %s texts and %s parts reserved on %s, and sent %s and %s', lane_id, reserved, parts, day, texts, sent_parts) as said
    from (select u.*, coalesce(m.texts, 0) as texts, coalesce(m.parts, 0) as sent_parts from lane_usage u left join (
        select lane_id, cap_day, count(*) as texts, sum(parts) as parts from message
        where purpose = 'campaign' and (state in ('sent', 'delivered') or (state = 'failed' and gateway_message_id is not null)) group by 1, 2) m
      on m.lane_id = u.lane_id and m.cap_day = u.day) x
    where reserved <> texts or parts <> sent_parts`,
  // One confirmation at most for each opt-out.
  sql`select format('confirmation: %s got %s for %s opt-outs', phone, confirmations, opt_outs) as said from (
      select ${person('m.phone')} as phone, count(*) as confirmations from message m
      where m.purpose = 'opt_out_confirmation' and m.state in ('sent', 'delivered', 'failed') group by 1) m
    left join (select ${person('s.phone')} as phone, count(*) as opt_outs from suppression s group by 1) s using (phone)
    where confirmations > coalesce(opt_outs, 0)`,
];
