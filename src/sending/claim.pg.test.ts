import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { claimNow, claimTexts, takeLease } from '../../test/claimed.ts';
import {
  insertAccount,
  insertContacts,
  launchCampaignIn,
  launchTestCampaign,
  testPhones,
} from '../../test/fixtures.ts';
import { API_KEY, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { LANES, textStates, underWay } from '../../test/under-way.ts';
import { keepPublicAddress } from '../business/public-address.ts';
import { linkTokens } from '../compliance/link-token.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import type { Gateway } from '../gateways/gateway.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { type Database, newConnection, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, DAY_MS, MINUTE_MS } from '../platform/time.ts';
import { claimCampaign, claimDirect } from './claim.ts';
import { type KnownStanding, lockGround } from './claim-store.ts';
import { DEFAULT_ENGINE_OPTIONS, startEngine } from './engine.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const reach = (): void => undefined;

describe('an opt-out', () => {
  it('is not held up by a launch that is just enrolling the same person, who gets no text of it', async () => {
    const world = await sendingWorld(database);
    const phones = testPhones(2);
    const [phone = '', other = ''] = phones;
    await insertContacts(
      database.db,
      world,
      phones.map((each) => ({ phone: each })),
    );
    const account = { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES };
    const { id, laneIds } = await insertAccount(database.db, world, account);
    const campaignId = await runTx(database.db, async (launching) => {
      const launched = await launchCampaignIn(launching, world, { laneIds });
      await runTx(database.db, (tx) =>
        suppressNumber(tx, world, { phone, reason: 'opt_out', channel: 'sms', evidence: {}, actor: 'contact' }),
      );
      return launched;
    });
    const states = async () =>
      new Map(
        (
          await sql<{ phone: string; state: string }>`
            select phone, concat_ws(' ', state, skip_reason) as state from enrollment`.execute(database.db)
        ).rows.map((row) => [row.phone, row.state]),
      );
    expect((await states()).get(phone)).toBe('pending');
    const lease = await takeLease(database.db, world, id);
    const prepared = await claimTexts(database.db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });
    expect(prepared.map((text) => text.phone)).toEqual([other]);
    expect((await states()).get(phone)).toBe('skipped opted_out');
  });
});

describe('a worker that stands still in the middle of a claim', () => {
  it('does not keep its locks for as long as an opt-out of the same person would wait', async () => {
    const world = await sendingWorld(database);
    const [phone = ''] = testPhones(1);
    await insertContacts(database.db, world, [{ phone }]);
    const { connectionString } = database;
    const frozen = newConnection({ connectionString, applicationName: 'test-frozen' });
    frozen.on('error', () => undefined);
    await frozen.connect();
    await frozen.query('begin');
    await frozen.query('select 1 from contact for no key update');
    await runTx(database.db, (tx) =>
      suppressNumber(tx, world, { phone, reason: 'opt_out', channel: 'sms', evidence: {}, actor: 'contact' }),
    );
    await expect(frozen.query('commit')).rejects.toThrow();
  });
});

describe('a text with an opt-out link', () => {
  const BODY = 'Hi, shall we come by? Acme. No more texts: {opt_out_link}';
  const launched = async () => {
    const world = await sendingWorld(database);
    const { db } = database;
    const [phone = ''] = testPhones(1);
    await insertContacts(db, world, [{ phone }]);
    const account = { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES };
    const { laneIds } = await insertAccount(db, world, account);
    await keepPublicAddress(db, 'https://acme.example', world.clock.now());
    const campaignId = await launchTestCampaign(db, world, {
      laneIds,
      variants: [{ label: 'A', weight: 1, body: BODY }],
    });
    return { ...world, phone, campaignId };
  };

  it('holds the link of its person, under the address that people reach us by', async () => {
    const world = await launched();
    world.startWorker('one');
    await world.until('it is sent', () => world.completed(world.campaignId));
    const [text] = world.sandbox.accepted();
    const token = /https:\/\/acme\.example\/u\/(\S+)$/.exec(text?.text ?? '')?.[1];
    expect(linkTokens(world.secrets).phoneOf(token ?? '')).toBe(world.phone);
  });

  it('is not sent when there is no such address any more, and says so', async () => {
    const world = await launched();
    await keepPublicAddress(database.db, undefined, world.clock.now());
    world.startWorker('one');
    await world.until('it is ended', () => world.completed(world.campaignId));
    const { rows } = await sql<{ code: string }>`select failure_code as code from enrollment`.execute(database.db);
    expect(rows.map(({ code }) => sentenceFor(code).remedy)).toEqual([
      expect.stringContaining('TEXTWRIGHT_PUBLIC_URL'),
    ]);
  });
});

describe('a campaign whose text cannot be read any more', () => {
  it('is paused with the reason, and holds up no other of its account', async () => {
    const world = await sendingWorld(database);
    await insertContacts(
      database.db,
      world,
      testPhones(3).map((phone) => ({ phone })),
    );
    const { laneIds } = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: LANES,
    });
    const broken = await launchTestCampaign(database.db, world, { laneIds, priority: 9 });
    const other = await launchTestCampaign(database.db, world, { laneIds, priority: 1 });
    await sql`update campaign_variant set body = 'Hi {first_name' where campaign_id = ${broken}`.execute(database.db);
    world.startWorker('one');
    await world.until('the other is completed', () => world.completed(other));
    const { rows } = await sql<{ id: Uuid; state: string; reason: string }>`
      select id, state, state_reason as reason from campaign where id = ${broken}`.execute(database.db);
    expect(rows).toEqual([
      {
        id: broken,
        state: 'paused',
        reason: expect.stringMatching(/^This version of Textwright cannot read its text: /),
      },
    ]);
  });
});

describe('a claim', () => {
  it('that finds nobody says when the first of those is due whom its number may serve', async () => {
    const world = await sendingWorld(database);
    const contacts = testPhones(4).map((phone) => ({ phone }));
    await insertContacts(database.db, world, contacts);
    const account = { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES };
    const { id: accountId, laneIds } = await insertAccount(database.db, world, account);
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    const lease = await takeLease(database.db, world, accountId);
    const [laneId = '', otherId] = laneIds;
    const claim = await claimNow(database.db, world, { lease, campaignId, laneId });
    if (claim === undefined) throw new Error('the campaign does not run');
    const now = world.clock.now();
    const inMinutes = (minutes: number) => addMs(now, minutes * MINUTE_MS);
    const set = (row: number, values: ReturnType<typeof sql>) =>
      sql`update enrollment set ${values} where id = (select id from enrollment order by id offset ${row} limit 1)`.execute(
        database.db,
      );
    await set(0, sql`not_before = ${inMinutes(9)}`);
    await set(1, sql`not_before = ${inMinutes(7)}, lane_id = ${laneId}`);
    await set(2, sql`not_before = ${inMinutes(5)}, lane_id = ${otherId}`);
    await set(3, sql`not_before = ${inMinutes(3)}, zone_group = 'closed'`);
    const deps = { db: database.db, newUuid: world.newUuid, reach, known: { standing: undefined } };
    const found = await claimCampaign(deps, lease, claim, now);
    expect(found).toMatchObject({ taken: 0, firstDueAt: inMinutes(7) });
    await sql`delete from enrollment where zone_group <> 'closed'`.execute(database.db);
    expect(await claimCampaign(deps, lease, claim, now)).toMatchObject({ taken: 0, firstDueAt: null });
  });

  it('asks the rules that came into force since the claim before', async () => {
    const world = await sendingWorld(database);
    const { db } = database;
    const [first = '', held = ''] = testPhones(2);
    await insertContacts(db, world, [{ phone: first }, { phone: held }]);
    const account = { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES };
    const { id: accountId, laneIds } = await insertAccount(db, world, account);
    const campaignId = await launchTestCampaign(db, world, { laneIds });
    const lease = await takeLease(db, world, accountId);
    await sql`update enrollment set not_before = ${addMs(world.clock.now(), MINUTE_MS)} where phone = ${held}`.execute(
      db,
    );
    const known: KnownStanding = { standing: undefined };
    const claimed = async () => {
      const claim = await claimNow(db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });
      if (claim === undefined) throw new Error('the campaign does not run');
      const deps = { db, newUuid: world.newUuid, reach, known };
      const { prepared } = await claimCampaign(deps, lease, claim, world.clock.now());
      return prepared.map(({ phone }) => phone);
    };
    expect(await claimed()).toEqual([first]);
    // Until now nobody was held, and the statement of the claim left the rule out.
    expect(known.standing).toMatchObject({ numbersAreHeld: false });
    const now = world.clock.now();
    await sql`
      insert into opt_out_review (id, phone, said, family, classifier_version, said_at, opened_at, due_at)
      values (${world.newUuid()}, ${held}, 'no more maybe', 'test', '1', ${now}, ${now}, ${addMs(now, DAY_MS)})`.execute(
      db,
    );
    await sql`update enrollment set not_before = ${now} where phone = ${held}`.execute(db);
    expect(await claimed()).toEqual([]);
    expect(known.standing).toMatchObject({ numbersAreHeld: true });
  });

  it('leaves a campaign that is just being cancelled for the next turn, so that the account’s other texts go on', async () => {
    const world = await sendingWorld(database);
    const { campaignId, lease, claim } = await underWay(database.db, world, 1);
    const running = () =>
      runTx(database.db, async (tx) => {
        const ground = await lockGround(tx, { ...claim, lease, pace: undefined, now: world.clock.now() });
        return ground.running;
      });
    await runTx(database.db, async (cancelling) => {
      await sql`select 1 from campaign where id = ${campaignId} for update`.execute(cancelling);
      expect(await running()).toBe(false);
    });
    expect(await running()).toBe(true);
  });

  it.each([
    ['is paused', sql`update campaign set state = 'paused', state_reason = 'test'`],
    ['is cancelled', sql`update campaign set state = 'cancelled', state_reason = 'test', finished_at = now()`],
    ['has its number switched off', sql`update lane set state = 'off', state_reason = 'test'`],
    ['has its number paused', sql`update lane set state = 'paused', state_reason = 'test'`],
  ])('finds nobody when its campaign %s after the turn has begun', async (_, change) => {
    const world = await sendingWorld(database);
    const { lease, claim } = await underWay(database.db, world, 1);
    await sql`update enrollment set state = 'pending'`.execute(database.db);
    await sql`update message set state = 'pending'`.execute(database.db);
    await change.execute(database.db);
    const claimed = await claimCampaign(
      { ...world, reach, known: { standing: undefined } },
      lease,
      claim,
      world.clock.now(),
    );
    expect(claimed).toMatchObject({ prepared: [], taken: 0 });
  });
});

describe('a text whose request has not left', () => {
  it('stays here when its campaign is paused meanwhile, and goes out when that goes on', async () => {
    const world = await sendingWorld(database);
    await insertContacts(database.db, world, [{ phone: testPhones(1)[0] ?? '' }]);
    const { laneIds } = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: LANES,
    });
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    const real = quoGateway({ ...world, baseUrl: world.sandbox.url, apiKey: API_KEY, requestTimeoutMs: 1_000 });
    const connected = Promise.withResolvers<void>();
    let called = false;
    const slow: Gateway = {
      ...real,
      async send(request) {
        called = true;
        await connected.promise;
        return real.send(request);
      },
    };
    const engine = startEngine({ ...world, openGateway: () => slow }, { ...DEFAULT_ENGINE_OPTIONS, owner: 'one' });
    await world.until('its call has begun', async () => called);
    const set = (state: string) =>
      runTx(database.db, async (tx) => {
        await sql`update campaign set state = ${state}, state_reason = case when ${state} = 'paused' then 'test' end`.execute(
          tx,
        );
        await notifyLive(tx, ['engine']);
      });
    await set('paused');
    // Long enough for the turn that sees it, and shorter than the text may take to begin.
    await world.clock.sleep(240_000);
    connected.resolve();
    await world.until('it waits again', async () => (await textStates(database.db)).join() === 'pending');
    expect(world.sandbox.accepted()).toEqual([]);
    await set('running');
    await world.until('completed', () => world.completed(campaignId));
    expect(world.sandbox.accepted()).toHaveLength(1);
    await engine.drain();
  });
});

describe('answers that wait', () => {
  it('go out by whom they are for: confirmations of opt-outs, other answers of the program, replies, its own checks', async () => {
    const world = await sendingWorld(database);
    const { id, laneIds } = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: LANES,
    });
    // The later in this list the longer it waits.
    const purposes = ['opt_out_confirmation', 'opt_out_confirmation', 'help', 'reply', 'reply', 'health_check'];
    for (const [index, purpose] of purposes.entries())
      await sql`
        insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, attempts, lease_epoch,
          not_before, created_at)
        values (${world.newUuid()}, ${id}, ${laneIds[0]}, 'outbound', ${purpose}, '+16175550100', ${`${purpose} ${index}`}, 'GSM-7', 1,
          'pending', 0, 0, ${addMs(world.clock.now(), -index * MINUTE_MS)}, ${world.clock.now()})`.execute(database.db);
    const lease = await takeLease(database.db, world, id);
    const bodies: string[] = [];
    for (let index = 0; index < purposes.length; index += 1) {
      const choice = { limit: 1, automaticOnly: false };
      const [text] = await claimDirect({ ...world, reach }, lease, world.clock.now(), choice);
      bodies.push(text?.body ?? 'none');
    }
    expect(bodies).toEqual([
      'opt_out_confirmation 1',
      'opt_out_confirmation 0',
      'help 2',
      'reply 4',
      'reply 3',
      'health_check 5',
    ]);
  });
});
