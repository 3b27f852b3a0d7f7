import { beforeAll, expect, it } from 'vitest';
import { insertAccount, insertContacts } from '../../../test/fixtures.ts';
import { httpWorld } from '../../../test/http-world.ts';
import { runCli } from '../../cli/cli.fixture.ts';
import { warmUpClassifier } from '../../compliance/opt-out.ts';
import { recordInbound } from '../../conversations/record-inbound.ts';
import { runTx } from '../../platform/database.ts';
import { HOUR_MS } from '../../platform/time.ts';
import { registerInboxRoutes } from './inbox-routes.ts';
import { registerOptOutReviewRoutes } from './opt-out-review-routes.ts';

/** Compiling the patterns takes longer on a busy machine than a transaction may be idle. */
beforeAll(warmUpClassifier);

const world = await httpWorld({ registrars: [registerOptOutReviewRoutes, registerInboxRoutes] });
const owner = await world.owner();
const ANN = '+16175550123';
const BEN = '+16175550124';
const STRANGER = '+16175550125';

const open = async () => (await owner.get('/v1/opt-out-reviews')).json.data;
const decide = (id: string, decision: string, key = `${id}-${decision}`) =>
  owner.post(`/v1/opt-out-reviews/${id}/decide`, { decision }, { 'idempotency-key': key });

beforeAll(async () => {
  const { services, database, clock } = world;
  const lanes = [{ gatewayRef: 'PNtest01', phone: '+16175550001' }];
  const account = await insertAccount(database.db, services, { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes });
  await insertContacts(database.db, services, [{ phone: ANN, firstName: 'Ann' }, { phone: BEN }]);
  const receiver = { id: account.id, kind: 'quo', environment: 'sandbox' } as const;
  const sent = { type: 'message_received', to: ['+16175550001'], laneRef: 'PNtest01', media: [] } as const;
  const hear = (from: string, text: string) => {
    const id = `${from} ${text}`;
    const said = { ...sent, eventId: id, gatewayMessageId: id, from, text, at: clock.now() };
    return runTx(database.db, (tx) => recordInbound(tx, services, receiver, said));
  };
  await hear(ANN, 'How much is it?');
  await hear(ANN, 'NO!');
  await clock.advance(HOUR_MS);
  await hear(BEN, 'Who IS this?');
  await hear(STRANGER, 'no');
});

it('lists what waits, the most urgent first, with the words that make it unclear and the texts around it', async () => {
  expect((await owner.get('/v1/opt-out-reviews/counts')).json).toEqual({ open: 3 });
  const first = await owner.get('/v1/opt-out-reviews?limit=2');
  expect(first.json.data).toMatchObject([
    {
      phone: ANN,
      name: 'Ann',
      text: 'NO!',
      dueAt: '2026-11-18T15:00:00Z',
      decision: null,
      recent: [
        { direction: 'inbound', text: 'How much is it?' },
        { direction: 'inbound', text: 'NO!' },
      ],
    },
    { phone: BEN, highlight: { start: 0, end: 11 }, why: expect.stringContaining('who we are') },
  ]);
  const rest = await owner.get(`/v1/opt-out-reviews?limit=2&cursor=${first.json.nextCursor}`);
  expect(rest.json).toMatchObject({ data: [{ phone: STRANGER, contactId: null }], nextCursor: null });
  expect(await owner.get(`/v1/opt-out-reviews?view=decided&cursor=${first.json.nextCursor}`)).toMatchObject({
    status: 422,
  });
});

it('a decision is made once, shown with who made it, and refused when it was made otherwise', async () => {
  const [ann] = await open();
  const decided = await decide(ann.id, 'not_opt_out', 'once');
  expect(decided).toMatchObject({ status: 200, json: { decision: 'not_opt_out', decidedHow: 'person' } });
  expect((await decide(ann.id, 'not_opt_out', 'once')).json).toEqual(decided.json);
  expect(await decide(ann.id, 'opt_out')).toMatchObject({ status: 409, json: { state: 'not_opt_out', allowed: [] } });
  expect((await owner.get('/v1/opt-out-reviews?view=decided')).json.data).toMatchObject([
    { id: ann.id, decidedBy: decided.json.decidedBy },
  ]);
  expect(await decide(ann.id, 'maybe')).toMatchObject({ status: 422 });
  expect(await decide('rev_0193f6c2a1b47c3d8e5f60718293a4b5', 'opt_out')).toMatchObject({ status: 404 });
});

it('the command line lists and decides the same', async () => {
  const env = { DATABASE_URL: world.database.connectionString };
  const cli = (...args: readonly string[]) => runCli(['optout', 'review', ...args], { env });
  const [ben, stranger] = await open();
  const listed = await cli('list');
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(listed.out).toContain(`${ben.id}  ${BEN}`);
  const decided = await cli('decide', ben.id, 'wrong_number');
  expect(decided.out).toContain('wrong_number (person) by');
  expect(await cli('decide', ben.id, 'opt_out')).toMatchObject({ code: 1, err: expect.stringContaining('is decided') });
  expect(await cli('decide', stranger.id, 'perhaps')).toMatchObject({ code: 2 });
  expect((await open()).map(({ id }: { readonly id: string }) => id)).toEqual([stranger.id]);
});

it('the owner says for how long a reply may wait', async () => {
  expect((await owner.get('/v1/opt-out-review-settings')).json).toEqual({ hours: 24, hoursMax: 24 });
  expect((await owner.send('PUT', '/v1/opt-out-review-settings', { body: { hours: 6 } })).json).toEqual({
    hours: 6,
    hoursMax: 24,
  });
  expect((await owner.get('/v1/opt-out-review-settings')).json).toEqual({ hours: 6, hoursMax: 24 });
  for (const hours of [0, 25])
    expect(await owner.send('PUT', '/v1/opt-out-review-settings', { body: { hours } })).toMatchObject({ status: 422 });
  const env = { DATABASE_URL: world.database.connectionString };
  const hours = (...args: readonly string[]) => runCli(['optout', 'review', 'hours', ...args], { env });
  expect(await hours('12')).toMatchObject({
    code: 0,
    out: expect.stringContaining('A reply may wait 12 hours for a decision; 24 is the most'),
  });
  expect((await hours('--json')).out).toBe('{"hours":12,"hoursMax":24}\n');
  expect(await hours('soon')).toMatchObject({ code: 2, err: expect.stringContaining('expected a whole number') });
  expect(await hours('25')).toMatchObject({ code: 1, err: expect.stringContaining('from 1 to 24') });
});
