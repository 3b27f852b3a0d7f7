import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { inboxFixture } from '../conversations/inbox.fixture.ts';
import { runTx } from '../platform/database.ts';
import type { Contact } from './contact.ts';
import { type CreateContactInput, createContact } from './create-contact.ts';
import { getContact, listContacts } from './list-contacts.ts';
import { optOutContact } from './opt-out-contact.ts';
import { updateContact } from './update-contact.ts';

const { db } = await testDatabase();
const world = testWorld();
const fixture = await inboxFixture(db, world.newUuid);
const by = { actor: 'user:1', name: 'Ann' };

const create = (input: Omit<CreateContactInput, 'by'>) => runTx(db, (tx) => createContact(tx, world, { ...input, by }));
const created = async (input: Omit<CreateContactInput, 'by'>): Promise<Contact> => {
  const contact = await create(input);
  if (!contact.ok) throw new Error(contact.error.message);
  return contact.value;
};
const update = (id: string, change: Parameters<typeof updateContact>[2]['change']) =>
  runTx(db, (tx) => updateContact(tx, world, { id, change, by }));
const audits = async (phone: string) => {
  const { rows } = await sql<{ action: string; detail: object }>`
    select action, detail from audit_entry where phone = ${phone} order by id`.execute(db);
  return rows;
};

describe('adding', () => {
  it('keeps what was typed in its tidy form and knows the hours of the number and the address', async () => {
    const contact = await created({
      phone: ' (617) 555-0123 ',
      firstName: ' Maria ',
      lastName: '',
      state: 'florida',
      tags: ['Estimate', ' estimate', 'roof '],
    });
    expect(contact).toMatchObject({
      phone: '+16175550123',
      firstName: 'Maria',
      lastName: null,
      state: 'FL',
      tags: ['Estimate', 'roof'],
      zoneGroup: 'FL,MA|America/Chicago,America/New_York',
      numberState: 'unverified',
      suppressed: null,
    });
  });

  it('names the contact that has the number already, and changes nothing', async () => {
    const known = await created({ phone: '+1 617 555 0131', firstName: 'Jo', lastName: 'Brown' });
    const again = await create({ phone: '6175550131', firstName: 'Someone' });
    expect(again).toMatchObject({ ok: false, error: { kind: 'conflict', errors: [{ pointer: '/phone' }] } });
    expect(again.ok ? '' : again.error.message).toMatch(
      /^\+16175550131 is already the number of Jo Brown \(con_[0-9a-f]{32}\)/,
    );
    expect(await getContact(db, known.id)).toMatchObject({ value: { firstName: 'Jo' } });
  });

  it.each([
    ['555-01', 'phone: "555-01" is not a number that can exist; expected a US number such as (617) 555-0123'],
    ['', 'phone: expected a number, got nothing'],
    [
      '+44 20 7946 0958',
      'phone: "+44 20 7946 0958" belongs to a country outside +1; expected a US number such as (617) 555-0123',
    ],
  ])('refuses the number "%s"', async (phone, message) => {
    expect(await create({ phone })).toMatchObject({ ok: false, error: { kind: 'invalid', message } });
  });

  it('shows an opt-out that is older than the contact', async () => {
    await fixture.suppression({ phone: '+16175550132', at: '2026-11-01T00:00:00Z' });
    expect((await created({ phone: '+16175550132' })).suppressed?.reason).toBe('opt_out');
  });
});

describe('changing', () => {
  it('leaves absent fields, empties null ones, and records the names of what changed', async () => {
    const { id } = await created({ phone: '+16175550141', firstName: 'Jo', city: 'Boston', tags: ['a'] });
    const after = await update(id, { firstName: null, company: 'Acme', tags: ['a', 'b'] });
    expect(after).toMatchObject({ value: { firstName: null, city: 'Boston', company: 'Acme', tags: ['a', 'b'] } });
    expect(await audits('+16175550141')).toEqual([
      { action: 'contact.created', detail: { by: 'Ann' } },
      { action: 'contact.changed', detail: { by: 'Ann', fields: ['firstName', 'company', 'tags'] } },
    ]);
  });

  it('writes nothing when nothing changes', async () => {
    const before = await created({ phone: '+16175550142', state: 'MA' });
    await world.clock.advance(1_000);
    expect(await update(before.id, { state: 'Massachusetts', firstName: ' ' })).toEqual({ ok: true, value: before });
    expect((await audits('+16175550142')).length).toBe(1);
  });

  it('moves whoever still waits for a text to the hours of the new address', async () => {
    const { id, phone } = await created({ phone: '+16175550143' });
    const campaignId = await fixture.campaign('Fall');
    await fixture.enrollment({ campaignId, contactId: id, phone, at: '2026-11-17T15:00:00Z', state: 'pending' });
    await update(id, { state: 'CA', postalCode: '90210' });
    const { rows } = await sql<{
      zoneGroup: string;
    }>`select zone_group from enrollment where contact_id = ${id}`.execute(db);
    expect(rows).toEqual([{ zoneGroup: 'CA,MA|America/Los_Angeles,America/New_York' }]);
  });

  it('refuses a contact that does not exist', async () => {
    expect(await update(world.newUuid(), { firstName: 'X' })).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });
});

describe('recording an opt-out', () => {
  it('is effective with its transaction, ends what waits and settles a conversation under review', async () => {
    const { id, phone } = await created({ phone: '+16175550151' });
    const campaignId = await fixture.campaign('Roofs');
    await fixture.enrollment({ campaignId, contactId: id, phone, at: '2026-11-17T15:00:00Z', state: 'pending' });
    await fixture.conversation({ phone, at: '2026-11-17T14:00:00Z', needsReview: true });
    const optOut = () => runTx(db, (tx) => optOutContact(tx, world, { id, note: 'Called the office', by }));
    expect(await optOut()).toMatchObject({ value: { suppressed: { reason: 'opt_out', since: world.clock.now() } } });
    expect(await optOut()).toMatchObject({ ok: true });
    const { rows } = await sql`select state, skip_reason from enrollment where contact_id = ${id}`.execute(db);
    expect(rows).toEqual([{ state: 'skipped', skipReason: 'opted_out' }]);
    const review = await sql`select needs_review from conversation where phone = ${phone}`.execute(db);
    expect(review.rows).toEqual([{ needsReview: false }]);
    const { rows: evidence } = await sql<{
      evidence: object;
    }>`select evidence from suppression where phone = ${phone}`.execute(db);
    expect(evidence).toEqual([
      { evidence: { note: 'Called the office', by: 'Ann', saidAt: world.clock.now().toString() } },
    ]);
  });
});

it('lists with a cursor until nothing is left', async () => {
  const seen: string[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await listContacts(db, { filters: { search: '617 555-01' }, cursor, limit: 3 });
    if (!page.ok) throw new Error(page.error.message);
    seen.push(...page.value.data.map((contact) => contact.phone));
    cursor = page.value.nextCursor ?? undefined;
    more = page.value.nextCursor !== null;
  }
  const { rows } = await sql<{ phone: string }>`select phone from contact order by created_at desc, id desc`.execute(
    db,
  );
  expect(seen).toEqual(rows.map((row) => row.phone));
});
