import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount, testPhones } from '../../test/fixtures.ts';
import { answering } from '../../test/local-gateway.ts';
import { API_KEY, NUMBERS, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { liftOptOut, suppressNumber } from '../compliance/suppress.ts';
import { erasePerson } from '../evidence/erase-person.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { runTx } from '../platform/database.ts';
import { addMs, DAY_MS, HOUR_MS } from '../platform/time.ts';
import { applyWaiting } from '../webhooks/apply-event.ts';
import { listOptOutDifferences, readOptOutComparisons } from './list-opt-outs.ts';
import { getRun } from './run-store.ts';
import { startRun } from './start-run.ts';

const [OURS] = NUMBERS;
const OF_ANOTHER_PROGRAM = { id: 'PNother', phone: '+16175559999' };
const numbers = testPhones(12, '508');
const [refused = '', refusedElsewhere = '', stoppedElsewhere = '', stopped = '', backAgain = '', leftAlone = ''] =
  numbers;
const [known = '', sinceOptedIn = '', second = '', stoppedSince = '', justHeard = '', dead = ''] = numbers.slice(6);

interface Listed {
  readonly with: string;
  readonly and?: readonly string[];
  readonly at?: typeof OF_ANOTHER_PROGRAM;
  readonly says?: string;
  readonly status?: string;
  readonly errorCode?: string;
}

/** As the gateway lists them, at ten in the morning. */
const textsOf = (listed: readonly Listed[]) =>
  listed.map(({ with: person, and = [], at = OURS, says, status = 'delivered', errorCode }, nth) => ({
    id: `AC${nth}`,
    from: says === undefined ? at.phone : person,
    to: says === undefined ? [person, ...and] : [at.phone],
    text: says ?? 'We come on Monday',
    direction: says === undefined ? 'outgoing' : 'incoming',
    status: says === undefined ? status : 'received',
    phoneNumberId: at.id,
    createdAt: '2026-11-17T15:00:00.000Z',
    updatedAt: '2026-11-17T15:00:00.000Z',
    ...(errorCode === undefined ? {} : { errorCode }),
  }));

const REFUSAL = { status: 'failed', errorCode: '21610' } as const;
const BOOKS = textsOf([
  { with: refused, ...REFUSAL },
  { with: refusedElsewhere, at: OF_ANOTHER_PROGRAM, ...REFUSAL },
  { with: stoppedElsewhere, at: OF_ANOTHER_PROGRAM, says: 'STOP' },
  { with: stopped, says: 'please stop texting me' },
  { with: backAgain, says: 'START' },
  { with: '+15085550199', and: [leftAlone, second] },
  { with: stoppedSince, says: 'START' },
  { with: justHeard, says: 'STOP' },
  { with: dead, says: 'STOP' },
  { with: known, ...REFUSAL },
  { with: sinceOptedIn, at: OF_ANOTHER_PROGRAM, ...REFUSAL },
  { with: OURS.phone, at: OF_ANOTHER_PROGRAM, ...REFUSAL },
]);

it('every difference with the gateway’s own opt-outs is found once, explained, and settled on the strict side', async () => {
  const database = await testDatabase();
  const { db } = database;
  const world = await sendingWorld(database, { factor: 600, startsAt: '2026-11-17T16:00:00Z' });
  const account = await insertAccount(db, world, {
    baseUrl: await answering((path) => ({
      status: 200,
      body: { data: path.startsWith('/messages') ? BOOKS : [], nextCursor: null, nextPageToken: null },
    })),
    apiKey: API_KEY,
    lanes: [{ gatewayRef: OURS.id, phone: OURS.phone }],
  });
  const optOut = (phone: string) =>
    runTx(db, (tx) =>
      suppressNumber(tx, world, { phone, reason: 'opt_out', channel: 'staff', evidence: {}, actor: 'user:1' }),
    );
  const optIn = (phone: string) => {
    const saidAt = world.clock.now();
    return runTx(db, (tx) => liftOptOut(tx, world, { phone, saidAt, evidence: { saidAt: saidAt.toString() } }));
  };
  for (const phone of [backAgain, leftAlone, known, second, stoppedSince]) await optOut(phone);
  await sql`update suppression set created_at = ${addMs(world.clock.now(), -4 * HOUR_MS)}`.execute(db);
  await optOut(stoppedSince);
  /** It came in when it was said, and broke. */
  const broken = async (phone: string, state: 'retrying' | 'failed') => {
    const id = world.newUuid();
    const payload = JSON.stringify({ id: `AC${BOOKS.findIndex(({ from }) => from === phone)}` });
    await sql`
      with event as (
        insert into gateway_event (id, account_id, event_id, type, phone, order_key, payload, headers, received_at, state, attempts, error)
        values (${id}, ${account.id}, ${`EV${phone}`}, 'message.received', ${phone}, ${phone}, ${payload}, '{}', ${world.clock.now()},
          ${state}, 1, 'boom'))
      insert into gateway_event_attempt (event_id, attempt, at, outcome, error)
      values (${id}, 1, ${world.clock.now()}, 'failed', 'boom')`.execute(db);
    return id;
  };
  // Retried by a job that is not running here.
  await broken(justHeard, 'retrying');
  const deadEventId = await broken(dead, 'failed');
  await optIn(sinceOptedIn);

  world.startWorker('worker');
  const compared = async () => {
    const now = world.clock.now();
    const range = { since: addMs(now, -DAY_MS), until: now };
    const id = await runTx(db, (tx) =>
      startRun(tx, world, { accountId: account.id, kind: 'daily', ...range, actor: 'system' }),
    );
    if (!id.ok) throw new Error(id.error.message);
    await world.until('the run is over', async () => (await getRun(db, id.value))?.finishedAt != null);
    await applyWaiting({
      ...world,
      database,
      webhookEdge: () => quoWebhookEdge,
      jobs: {
        enqueue: async () => {
          throw new Error('an event failed');
        },
        close: async () => {},
      },
    });
    return getRun(db, id.value);
  };
  const suppressed = async () => {
    const { rows } = await sql<{ phone: string }>`
      select distinct phone from suppression where lifted_at is null order by phone`.execute(db);
    return rows.map(({ phone }) => phone);
  };

  expect(await compared()).toMatchObject({ state: 'completed', comparedNumbers: 13, optOutDifferences: 10 });
  const page = await listOptOutDifferences(db, { limit: 50 });
  const found = page.ok ? page.value.data : [];
  expect(
    Object.fromEntries(
      found.map(({ phone, kind, laneId, code, sentence }) => [phone, [kind, laneId !== null, code, sentence]]),
    ),
  ).toEqual({
    [refused]: ['refused', true, '21610', expect.stringContaining('opted out here now')],
    [refusedElsewhere]: ['refused', false, '21610', expect.stringContaining('opted out here now')],
    [stoppedElsewhere]: ['stop', false, null, expect.stringContaining('not connected here')],
    [stopped]: ['stop', true, null, expect.stringContaining('never reached us')],
    [backAgain]: ['start', true, null, expect.stringContaining('what they said last counts')],
    [leftAlone]: ['accepted', true, null, expect.stringContaining('not sent from here')],
    [second]: ['accepted', true, null, expect.stringContaining('not sent from here')],
    [stoppedSince]: ['start', true, null, expect.stringContaining('they stay opted out here')],
    [dead]: ['stop', true, null, expect.stringContaining('reached us, and could not be applied')],
    [sinceOptedIn]: ['refused', false, '21610', expect.stringContaining('nothing was changed')],
  });
  const told = found.map(({ phone, eventId }) => (eventId === null ? [] : [phone, eventId]));
  expect(told.flat()).toEqual([dead, deadEventId]);
  expect(await suppressed()).toEqual(
    [refused, refusedElsewhere, stoppedElsewhere, stopped, leftAlone, known, second, stoppedSince, dead].toSorted(),
  );
  expect(await readOptOutComparisons(db)).toMatchObject([{ last: { texts: 12, numbers: 13, differences: 10 } }]);

  // The next night reads the same again: a START that came in between stays.
  for (const phone of [refused, refusedElsewhere, stoppedElsewhere, stopped]) await optIn(phone);
  // Nor is what was found of somebody who is erased found again.
  const erasing = { phone: leftAlone, reason: 'Asked for it', by: { actor: 'user:1', name: 'Olive' } };
  expect(await runTx(db, (tx) => erasePerson(tx, world, erasing))).toMatchObject({ ok: true });
  expect(await compared()).toMatchObject({ comparedNumbers: 13, optOutDifferences: 0 });
  expect(await suppressed()).toEqual(
    [known, second, stoppedSince, dead, expect.stringContaining('erased:')].toSorted(),
  );
  const kept = await listOptOutDifferences(db, { limit: 50 });
  expect(
    kept.ok &&
      kept.value.data
        .filter(({ kind }) => kind === 'accepted')
        .map(({ phone }) => phone)
        .toSorted(),
  ).toEqual([second, null]);
});
