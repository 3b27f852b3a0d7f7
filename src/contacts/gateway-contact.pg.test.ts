import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { inboxFixture } from '../conversations/inbox.fixture.ts';
import { runTx } from '../platform/database.ts';
import { addMs } from '../platform/time.ts';
import { NO_FIELDS } from './contact.ts';
import { contactTimeline } from './contact-timeline.ts';
import { decideFill, type GatewayContact } from './decide-fill.ts';
import { fillFromGateway, forgetGatewayContact } from './gateway-contact.ts';
import { getContact } from './list-contacts.ts';

const { db } = await testDatabase();
const world = testWorld();
const fixture = await inboxFixture(db, world.newUuid);
const { rows: accounts } = await sql<{ id: string }>`select id from gateway_account`.execute(db);
const accountId = accounts[0]?.id ?? '';

const updated = (said: Partial<GatewayContact> = {}): GatewayContact => ({
  type: 'contact_updated',
  eventId: 'EV1',
  at: world.clock.now(),
  gatewayContactId: 'CT1',
  firstName: 'Maria',
  lastName: 'Lopez',
  company: 'Lopez Roofing',
  phones: [],
  emails: ['maria@example.com'],
  ...said,
});
const fill = (said: Partial<GatewayContact>) => runTx(db, (tx) => fillFromGateway(tx, world, accountId, updated(said)));
const forget = () =>
  runTx(db, (tx) =>
    forgetGatewayContact(tx, world, accountId, {
      type: 'contact_deleted',
      eventId: 'EV2',
      at: world.clock.now(),
      gatewayContactId: 'CT1',
    }),
  );
const refs = async () => {
  const { rows } = await sql<{ phone: string }>`
    select c.phone from contact_gateway_ref r join contact c on c.id = r.contact_id order by 1`.execute(db);
  return rows.map((row) => row.phone);
};
const titles = async (id: string) => {
  const page = await contactTimeline(db, { id, cursor: undefined, limit: 10 });
  return page.ok ? page.value.data.map((entry) => entry.title) : [];
};

describe('the address book of the gateway', () => {
  it.each<[string, Partial<Parameters<typeof decideFill>[0]>, Partial<GatewayContact>, object]>([
    [
      'fills what is empty',
      {},
      {},
      { firstName: 'Maria', lastName: 'Lopez', company: 'Lopez Roofing', email: 'maria@example.com' },
    ],
    [
      'leaves what the business wrote',
      { firstName: 'Mary', lastName: 'Lopes', company: 'Acme', email: 'm@acme.com' },
      {},
      {},
    ],
    [
      'adds the last name to the same first name',
      { firstName: 'maria', company: 'Acme', email: 'm@acme.com' },
      {},
      { lastName: 'Lopez' },
    ],
    ['does not put two people together', { firstName: 'Omar', company: 'Acme', email: 'm@acme.com' }, {}, {}],
    [
      'takes no number for a name',
      {},
      { firstName: '(617) 555-0123', lastName: '', company: undefined, emails: [] },
      {},
    ],
    [
      'takes no nonsense for an address',
      { company: 'Acme', firstName: 'A', lastName: 'B' },
      { emails: ['none', 'b@example.com'] },
      { email: 'b@example.com' },
    ],
  ])('%s', (_case, ours, theirs, expected) =>
    expect(decideFill({ ...NO_FIELDS, ...ours }, updated(theirs))).toEqual(expected),
  );

  it('fills every contact with one of the numbers, makes none, and remembers them until they leave it', async () => {
    const [first, second] = ['+16175550301', '+16175550302'];
    const id = await fixture.contact({ phone: first });
    const other = await fixture.contact({ phone: second, firstName: 'Omar' });
    await fill({ phones: ['(617) 555-0302', first, '+16175550303', 'no number'] });
    expect(await getContact(db, id)).toMatchObject({ value: { firstName: 'Maria', company: 'Lopez Roofing' } });
    expect(await getContact(db, other)).toMatchObject({ value: { firstName: 'Omar', lastName: null } });
    expect(await refs()).toEqual([first, second]);
    const { rows } = await sql`select 1 from contact where phone = '+16175550303'`.execute(db);
    expect(rows).toEqual([]);

    await fill({ phones: [first], firstName: 'Somebody else' });
    expect(await refs()).toEqual([first]);
    expect(await getContact(db, id)).toMatchObject({ value: { firstName: 'Maria' } });

    await world.clock.advance(60_000);
    await forget();
    await forget();
    expect(await refs()).toEqual([]);
    expect(await getContact(db, id)).toMatchObject({ value: { firstName: 'Maria' } });
    expect(await titles(id)).toEqual([
      'Left the gateway’s address book; nothing changed here',
      'The gateway’s address book changed first name, last name, e-mail, company',
      'Added',
    ]);
  });

  it('what is older than what is known of a person changes nothing, in whatever order it comes', async () => {
    const [one, two] = ['+16175550311', '+16175550312'];
    const id = await fixture.contact({ phone: one });
    const other = await fixture.contact({ phone: two });
    const told = (said: Partial<GatewayContact>, minutes: number) =>
      fill({ gatewayContactId: 'CT2', at: addMs(world.clock.now(), minutes * 60_000), ...said });
    await told({ phones: [one], company: undefined }, 2);
    await told({ phones: [two], company: 'Of before' }, 1);
    expect(await refs()).toEqual([one]);
    expect(await getContact(db, other)).toMatchObject({ value: { firstName: null, company: null } });
    await runTx(db, (tx) =>
      forgetGatewayContact(tx, world, accountId, {
        type: 'contact_deleted',
        eventId: 'EV3',
        at: addMs(world.clock.now(), 3 * 60_000),
        gatewayContactId: 'CT2',
      }),
    );
    expect(await refs()).toEqual([]);
    await told({ phones: [one, two] }, 2);
    await told({ phones: [one, two] }, 3);
    expect(await refs()).toEqual([]);
    await told({ phones: [two] }, 4);
    expect(await refs()).toEqual([two]);
    expect(await getContact(db, id)).toMatchObject({ value: { firstName: 'Maria' } });
  });
});
