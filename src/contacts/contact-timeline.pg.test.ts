import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { inboxFixture } from '../conversations/inbox.fixture.ts';
import { runTx } from '../platform/database.ts';
import { contactTimeline } from './contact-timeline.ts';
import { createContact } from './create-contact.ts';
import { mergeContacts } from './merge-contacts.ts';
import type { TimelineEntry } from './timeline-entry.ts';
import { timelineQuery } from './timeline-store.ts';
import { updateContact } from './update-contact.ts';

const { db } = await testDatabase();
const world = testWorld();
const fixture = await inboxFixture(db, world.newUuid);
const by = { actor: 'user:1', name: 'Ann' };

const read = async (id: string, options: { cursor?: string; limit?: number } = {}) => {
  const page = await contactTimeline(db, { id, cursor: options.cursor, limit: options.limit ?? 50 });
  if (!page.ok) throw new Error(page.error.message);
  return page.value;
};
const titles = (entries: readonly TimelineEntry[]): readonly string[] => entries.map((entry) => entry.title);

it('tells everything that happened with a person in plain sentences, newest first', async () => {
  const phone = '+16175550123';
  const created = await runTx(db, (tx) => createContact(tx, world, { phone, firstName: 'Maria', by }));
  if (!created.ok) throw new Error(created.error.message);
  const { id } = created.value;
  await world.clock.advance(60_000);
  await runTx(db, (tx) => updateContact(tx, world, { id, change: { firstName: 'Mary', tags: ['estimate'] }, by }));
  const spring = await fixture.campaign('Spring');
  const summer = await fixture.campaign('Summer');
  const winter = await fixture.campaign('Winter');
  const texted = await fixture.enrollment({
    campaignId: spring,
    contactId: id,
    phone,
    at: '2026-11-18T10:00:00Z',
    state: 'pending',
  });
  await fixture.message({
    phone,
    at: '2026-11-18T10:00:00Z',
    body: 'Hi Mary',
    purpose: 'campaign',
    enrollmentId: texted,
  });
  await fixture.message({
    phone,
    at: '2026-11-18T10:05:00Z',
    body: 'Stop please',
    direction: 'inbound',
    understoodAs: 'opt_out',
  });
  await fixture.suppression({
    phone,
    at: '2026-11-18T10:05:01Z',
    evidence: { text: 'Stop please' },
    lifted: { at: '2026-11-19T08:00:00Z', evidence: { text: 'START' } },
  });
  await fixture.message({
    phone,
    at: '2026-11-18T10:05:02Z',
    body: 'Done.',
    purpose: 'opt_out_confirmation',
    state: 'failed',
    failureCode: '30006',
  });
  await fixture.enrollment({
    campaignId: summer,
    contactId: id,
    phone,
    at: '2026-11-18T11:00:00Z',
    state: 'skipped',
    code: 'opted_out',
  });
  await fixture.enrollment({
    campaignId: winter,
    contactId: id,
    phone,
    at: '2026-11-18T12:00:00Z',
    state: 'failed',
    code: 'missing_field',
  });
  await fixture.message({
    phone,
    at: '2026-11-19T09:00:00Z',
    body: 'Welcome back',
    createdBy: 'Ann',
    state: 'unknown',
  });
  await fixture.suppression({
    phone,
    at: '2026-11-20T09:00:00Z',
    channel: 'staff',
    evidence: { note: 'Called the office', by: 'Ann' },
  });

  const { data } = await read(id);
  expect(titles(data)).toEqual([
    'Asked not to be texted (recorded by staff)',
    'Reply by Ann from Main line: the gateway did not say whether it took the text',
    'Asked to be texted again',
    'Could not be texted by campaign Winter: the text needs a field that this contact does not have',
    'Not texted by campaign Summer: asked not to be texted',
    'Confirmation of the opt-out from Main line: a landline, or a carrier that cannot be reached',
    'Asked not to be texted (by text)',
    'Wrote to Main line, understood as asking not to be texted',
    'Text of campaign Spring from Main line',
    'Ann changed first name, tags',
    'Added by Ann',
  ]);
  expect(data.map((entry) => entry.text)).toEqual([
    'Called the office (noted by Ann)',
    'Welcome back',
    'START',
    null,
    null,
    'Done.',
    'Stop please',
    'Stop please',
    'Hi Mary',
    null,
    null,
  ]);
  expect(data[8]).toMatchObject({
    kind: 'text_out',
    state: 'sent',
    laneName: 'Main line',
    campaign: { id: spring, name: 'Spring' },
  });
});

it('tells of calls, with what was said in short', async () => {
  const phone = '+16175550128';
  const id = await fixture.contact({ phone });
  const call = await fixture.call({
    phone,
    at: '2026-11-18T10:00:00Z',
    state: 'missed',
    voicemail: 'Water in the basement',
  });
  const talk = await fixture.call({ phone, at: '2026-11-18T11:00:00Z', state: 'completed', durationSeconds: 240 });
  await fixture.call({ phone, at: '2026-11-18T12:00:00Z', state: 'missed' });
  await fixture.call({ phone, at: '2026-11-18T13:00:00Z', state: 'unanswered', direction: 'outbound' });
  await sql`insert into call_summary (call_id, status, summary, next_steps, as_of)
    values (${talk}, 'completed', '{Comes on Friday.,Brings the plans.}', '{}', now()), (${call}, 'absent', '{}', '{}', now())`.execute(
    db,
  );
  const { data } = await read(id);
  expect(data.map(({ kind, title, text }) => [kind, title, text])).toEqual([
    ['call', 'Call, no answer from Main line', null],
    ['missed_call', 'Missed call to Main line', null],
    ['call', 'Call 4 min to Main line', 'Comes on Friday.\nBrings the plans.'],
    ['missed_call', 'Voicemail 0:23 to Main line', 'Water in the basement'],
    ['created', 'Added', null],
  ]);
});

it('goes on behind the last entry, also among entries of one instant', async () => {
  const phone = '+16175550124';
  const id = await fixture.contact({ phone });
  for (let n = 0; n < 5; n += 1)
    await fixture.message({ phone, at: '2026-11-18T10:00:00Z', body: `${n}`, direction: 'inbound' });
  await fixture.suppression({ phone, at: '2026-11-18T10:00:00Z' });
  const whole = await read(id);
  expect(whole.data.length).toBe(7);
  const pieces: TimelineEntry[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await read(id, { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    pieces.push(...page.data);
    cursor = page.nextCursor ?? undefined;
    more = page.nextCursor !== null;
  }
  expect(pieces).toEqual(whole.data);
});

it('tells of texts from before the person was a contact, and nothing of others', async () => {
  await fixture.message({
    phone: '+16175550125',
    at: '2026-10-18T10:00:00Z',
    body: 'Who are you?',
    direction: 'inbound',
  });
  const id = await fixture.contact({ phone: '+16175550125' });
  expect(titles((await read(id)).data)).toEqual(['Added', 'Wrote to Main line']);
});

it('tells what was with a number that was merged into the contact, and says with which', async () => {
  const [own, other] = ['+16175550140', '+16175550141'];
  const [id, from] = [await fixture.contact({ phone: own }), await fixture.contact({ phone: other })];
  const campaignId = await fixture.campaign('Autumn');
  await fixture.enrollment({
    ...{ campaignId, contactId: from, phone: other, at: '2026-11-18T09:00:00Z' },
    ...{ state: 'skipped', code: 'opted_out' },
  });
  await fixture.message({ phone: other, at: '2026-11-18T10:00:00Z', body: 'Still me', direction: 'inbound' });
  await fixture.message({ phone: own, at: '2026-11-18T10:05:00Z', body: 'Me too', direction: 'inbound' });
  await runTx(db, (tx) => mergeContacts(tx, world, { into: id, from, by }));
  await fixture.suppression({ phone: other, at: '2026-11-18T11:00:00Z' });
  const pieces: TimelineEntry[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await read(id, { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    pieces.push(...page.data);
    cursor = page.nextCursor ?? undefined;
    more = page.nextCursor !== null;
  }
  expect(pieces).toEqual((await read(id)).data);
  expect(pieces.map(({ title, otherNumber }) => [title, otherNumber])).toEqual([
    ['Asked not to be texted (by text)', other],
    ['Wrote to Main line', null],
    ['Wrote to Main line', other],
    ['Not texted by campaign Autumn: asked not to be texted', null],
    ['Ann merged the contact with this number into another one', other],
    ['Ann merged another contact of this person into this one', null],
    ['Added', null],
  ]);
});

it('refuses an unknown contact and a cursor of another list', async () => {
  const unknown = await contactTimeline(db, { id: world.newUuid(), cursor: undefined, limit: 10 });
  expect(unknown).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  const id = await fixture.contact({ phone: '+16175550126' });
  expect(await contactTimeline(db, { id, cursor: 'bm8', limit: 10 })).toMatchObject({
    ok: false,
    error: { kind: 'invalid' },
  });
});

it('reads each table by the index of the person, however many others there are', async () => {
  const id = await fixture.contact({ phone: '+16175550127' });
  await sql`insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
    select gen_random_uuid(), l.account_id, l.id, 'inbound', 'inbound', '+1212' || lpad((n % 2000)::text, 7, '0'), 'hello', 'GSM-7', 1, 'received',
      timestamptz '2026-01-01Z', timestamptz '2026-01-01Z' + n * interval '1 second'
    from generate_series(1, 20000) n, lane l where l.id = ${fixture.laneId}`.execute(db);
  await sql`insert into audit_entry (id, at, actor, action, subject, phone, detail)
    select gen_random_uuid(), timestamptz '2026-01-01Z' + n * interval '1 second', 'system', 'contact.changed', 'x',
      '+1212' || lpad((n % 2000)::text, 7, '0'), '{}' from generate_series(1, 20000) n`.execute(db);
  await sql`insert into call (id, account_id, gateway_call_id, lane_id, direction, phone, state, heard, heard_at, created_at)
    select gen_random_uuid(), l.account_id, 'bulk' || n, l.id, 'inbound', '+1212' || lpad((n % 2000)::text, 7, '0'), 'completed', '{completed}',
      timestamptz '2026-01-01Z' + n * interval '1 second', timestamptz '2026-01-01Z'
    from generate_series(1, 20000) n, lane l where l.id = ${fixture.laneId}`.execute(db);
  await sql`insert into suppression (id, phone, reason, channel, evidence, created_at)
    select gen_random_uuid(), '+1212' || lpad(n::text, 7, '0'), 'opt_out', 'sms', '{}', timestamptz '2026-01-01Z' from generate_series(1, 5000) n`.execute(
    db,
  );
  await sql`analyze`.execute(db);
  const query = timelineQuery({
    contactId: id,
    phones: ['+12120000017', '+12120000018'],
    after: { at: '2026-01-01T04:00:00Z', key: 'message:00000000-0000-7000-8000-000000000000' },
    limit: 51,
  });
  const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${query}`.execute(db.withoutPlugins());
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  // The instant of the cursor narrows the index, not only the rows that it gives.
  expect(plan).toMatch(/Index Cond: \(\(phone = [^)]+\) AND \(created_at <= /);
  for (const index of ['message_phone', 'call_phone', 'suppression_history', 'audit_entry_phone'])
    expect(plan).toContain(index);
  for (const table of ['message', 'call', 'suppression', 'audit_entry'])
    expect(plan).not.toContain(`Seq Scan on ${table} `);
});
