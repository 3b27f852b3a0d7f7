import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../../test/around-triggers.ts';
import { takeLease } from '../../test/claimed.ts';
import {
  enrollmentStates,
  insertAccount,
  insertContacts,
  launchTestCampaign,
  testPhones,
} from '../../test/fixtures.ts';
import { answering, localGateway } from '../../test/local-gateway.ts';
import { API_KEY, NUMBERS, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { getCampaign } from '../campaigns/campaign-store.ts';
import { readWaitingFacts } from '../campaigns/read-waiting.ts';
import { waitingFor } from '../campaigns/waiting.ts';
import type { GatewayMessage } from '../gateways/gateway.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import type { Database, Db } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { addMs, HOUR_MS, MINUTE_MS, msBetween } from '../platform/time.ts';
import { guardAgainstClones } from './clone-guard.ts';
import { saveForeignUntil } from './guard-store.ts';
import { readTurnFacts } from './turn-store.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const LANES = NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone, dailyCap: 1_000 }));
const PEOPLE = 12;
const BODY = 'Hi {first_name|there}, your estimate is ready. Reply STOP to opt out.';

/** Tables, each behind those that it refers to. */
async function tablesOf(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string; refers: string[] }>`
    select c.relname as name, coalesce((select array_agg(distinct r.relname::text) from pg_constraint k join pg_class r on r.oid = k.confrelid
      where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid), '{}') as refers
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like '%migration%'`.execute(
    db,
  );
  const ordered: string[] = [];
  while (ordered.length < rows.length) {
    const next = rows.find(
      ({ name, refers }) => !ordered.includes(name) && refers.every((other) => ordered.includes(other)),
    );
    if (next === undefined) throw new Error('tables refer to each other in a ring');
    ordered.push(next.name);
  }
  return ordered;
}

/** A copy of every row, and the way back to it. */
async function backUp(db: Db): Promise<() => Promise<void>> {
  const tables = await tablesOf(db);
  await sql`create schema backup`.execute(db);
  for (const table of tables) await sql.raw(`create table backup."${table}" as table public."${table}"`).execute(db);
  return async () => {
    await emptyTables(db, ...tables.map((table) => `public."${table}"`));
    for (const table of tables) {
      const { rows } = await sql<{ name: string }>`
        select quote_ident(column_name) as name from information_schema.columns
        where table_schema = 'public' and table_name = ${table} and is_generated = 'NEVER'`.execute(db);
      const columns = rows.map((row) => row.name).join(', ');
      await sql.raw(`alter table public."${table}" disable trigger user`).execute(db);
      await sql.raw(`insert into public."${table}" (${columns}) select ${columns} from backup."${table}"`).execute(db);
      await sql.raw(`alter table public."${table}" enable trigger user`).execute(db);
    }
  };
}

interface Restored {
  readonly world: SendingWorld;
  readonly accountId: Uuid;
  readonly campaignId: Uuid;
}

/** A campaign with a cap of 4 has sent 4 texts; then comes the backup, and 4 more texts that the restored database does not know. */
async function restoredWorld(): Promise<Restored> {
  const world = await sendingWorld(database, { factor: 60 });
  const people = testPhones(PEOPLE).map((phone, index) => ({ phone, firstName: `P${index}` }));
  await insertContacts(database.db, world, people);
  const account = await insertAccount(database.db, world, {
    baseUrl: world.sandbox.url,
    apiKey: API_KEY,
    lanes: LANES.slice(0, 1),
  });
  const campaignId = await launchTestCampaign(database.db, world, {
    laneIds: account.laneIds,
    variants: [{ label: 'A', weight: 1, body: BODY }],
  });
  await sendUpTo(world, campaignId, 4);
  const restore = await backUp(database.db);
  await sendUpTo(world, campaignId, 8);
  await restore();
  return { world, accountId: account.id, campaignId };
}

async function sendUpTo(world: SendingWorld, campaignId: Uuid, texts: number): Promise<void> {
  await sql`update lane set daily_cap = ${texts}`.execute(database.db);
  const worker = world.startWorker('first');
  await world.until(`${texts} texts are recorded`, async () => {
    const { sent = 0, delivered = 0 } = await enrollmentStates(database.db, campaignId);
    return sent + delivered === texts;
  });
  await worker.drain();
}

async function accountState(): Promise<{ readonly state: string; readonly reason: string | null }> {
  const { rows } = await sql<{
    state: string;
    reason: string | null;
  }>`select state, state_reason as reason from gateway_account`.execute(database.db);
  return rows[0] ?? { state: 'gone', reason: null };
}

const paused = async (): Promise<boolean> => (await accountState()).state === 'paused';
const timesEach = (world: SendingWorld): readonly number[] =>
  [...Map.groupBy(world.sandbox.accepted(), (text) => text.to).values()].map((texts) => texts.length);

async function textFromElsewhere(world: SendingWorld, to: string, content: string): Promise<void> {
  await fetch(`${world.sandbox.url}/v1/messages`, {
    method: 'POST',
    headers: { authorization: API_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ from: NUMBERS[0].id, to: [to], content }),
  });
}

describe('a database that was restored from a backup', () => {
  it('sends nothing, writes into its books what it does not know, and stops until a person resumes it', async () => {
    const { world, accountId, campaignId } = await restoredWorld();
    await sql`update lane set daily_cap = 1000`.execute(database.db);
    world.startWorker('second');
    await world.until('the account has stopped', paused);
    expect(world.sandbox.accepted()).toHaveLength(8);
    const { pending, sent = 0, delivered = 0 } = await enrollmentStates(database.db, campaignId);
    expect({ pending, gone: sent + delivered }).toEqual({ pending: PEOPLE - 8, gone: 8 });
    expect((await accountState()).reason).toMatch(/sent 4 texts .* 4 are recorded/);
    const { rows: usage } = await sql<{ reserved: number }>`select reserved from lane_usage`.execute(database.db);
    expect(usage).toEqual([{ reserved: 8 }]);
    const { rows: entries } = await sql`
      select actor, subject, detail from audit_entry where action = 'account.stopped_foreign_texts'`.execute(
      database.db,
    );
    const subject = showId('account', accountId);
    expect(entries).toEqual([{ actor: 'system', subject, detail: expect.objectContaining({ texts: 4, recorded: 4 }) }]);

    await sql`update gateway_account set state = 'active', state_reason = null`.execute(database.db);
    await sql`select pg_notify('textwright_live', 'engine')`.execute(database.db);
    await world.until('the campaign is over', () => world.completed(campaignId));
    expect(timesEach(world)).toEqual(Array.from({ length: PEOPLE }, () => 1));
  });

  it('obeys a STOP that came after the backup', async () => {
    const { world } = await restoredWorld();
    const waiting = testPhones(PEOPLE).find((phone) => !world.sandbox.accepted().some((text) => text.to === phone));
    if (waiting === undefined) throw new Error('expected somebody who still waits');
    await world.sandbox.personTexts({ from: waiting, to: LANES[0]?.phone ?? '', text: 'STOP' });
    world.startWorker('second');
    await world.until('the account has stopped', paused);
    const { rows } = await sql<{ phone: string }>`select phone from suppression where lifted_at is null`.execute(
      database.db,
    );
    expect(rows).toEqual([{ phone: waiting }]);
  });

  it('stops once for the same texts, also when they have no place in its books', async () => {
    const { world, campaignId } = await restoredWorld();
    const unknown = world.sandbox
      .accepted()
      .slice(4)
      .map((text) => text.to);
    await sql`update enrollment set state = 'skipped', skip_reason = 'opted_out' where phone = any(${unknown}::text[])`.execute(
      database.db,
    );
    world.startWorker('second');
    await world.until('the account has stopped', paused);
    expect((await accountState()).reason).toMatch(/sent 4 texts .* 0 are recorded/);
    await sql`update lane set daily_cap = 1000`.execute(database.db);
    await sql`update gateway_account set state = 'active', state_reason = null`.execute(database.db);
    await sql`select pg_notify('textwright_live', 'engine')`.execute(database.db);
    await world.until('the campaign is over', () => world.completed(campaignId));
    expect(await paused()).toBe(false);
    expect(timesEach(world)).toEqual(Array.from({ length: PEOPLE }, () => 1));
  });
});

describe('texts of this database', () => {
  /** What the guard finds of texts that went out two hours ago, with four times fifty others on top of them. */
  async function found(body: string, text: string): Promise<number> {
    const world = await sendingWorld(database);
    const phones = testPhones(3);
    await insertContacts(
      database.db,
      world,
      phones.map((phone) => ({ phone, firstName: 'Ann' })),
    );
    const account = { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES.slice(0, 1) };
    const { id, laneIds } = await insertAccount(database.db, world, account);
    await launchTestCampaign(database.db, world, { laneIds, variants: [{ label: 'A', weight: 1, body }] });
    await sql`update lane set created_at = created_at - interval '1 day'`.execute(database.db);
    const lease = await takeLease(database.db, world, id);
    const now = world.clock.now();
    const listed = (to: string, words: string, minutesAgo: number): GatewayMessage => ({
      gatewayMessageId: `${to} ${words}`,
      direction: 'outbound',
      from: NUMBERS[0].phone,
      to: [to],
      text: words,
      status: 'delivered',
      createdAt: addMs(now, -minutesAgo * MINUTE_MS),
    });
    const strangers = (page: number) =>
      Array.from({ length: 50 }, (_, place) =>
        listed(`+1617555${2_000 + page * 50 + place}`, 'Autumn special: gutters cleaned for 99 dollars', page),
      );
    const gateway = {
      ...quoGateway({ ...world, baseUrl: world.sandbox.url, apiKey: API_KEY, requestTimeoutMs: 1_000 }),
      async listNewest({ olderThan = '0' }: { readonly olderThan?: string | undefined }) {
        const page = Number(olderThan);
        const messages = page < 4 ? strangers(page) : phones.map((phone) => listed(phone, text, 120));
        return { ok: true as const, value: { messages, olderThan: page < 4 ? String(page + 1) : undefined } };
      },
    };
    const facts = await readTurnFacts(database.db, id, now);
    if (facts === undefined) throw new Error('the account is gone');
    const deps = { ...world, db: database.db, gateway, mayAsk: async () => undefined };
    const answer = await guardAgainstClones(deps, lease, facts);
    return answer.ok ? answer.value : Number.NaN;
  }

  it('are found under hundreds that it has never heard of', async () =>
    expect(await found(BODY, 'Hi Ann, your estimate is ready. Reply STOP to opt out.')).toBe(3));
  it('are found though they are short, as what they say to these people', async () =>
    expect(await found('{first_name}, 9am ok?', 'Ann, 9am ok?')).toBe(3));
});

/** The sandbox, but for requests about one number: what `listed` says becomes of them. */
const exceptNumber = (world: SendingWorld, laneRef: string, listed: () => Promise<boolean>): Promise<string> =>
  localGateway(async (request, response) => {
    if ((request.url ?? '').includes(laneRef) && !(await listed())) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ title: 'Not Found', message: 'no such number' }));
      return;
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = await fetch(`${world.sandbox.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: {
        authorization: API_KEY,
        'content-type': 'application/json',
        'quo-api-version': String(request.headers['quo-api-version'] ?? ''),
      },
      ...(request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  });

describe('a number that the provider does not list any more', () => {
  it('hides nothing that the others of its account sent', async () => {
    const { world, accountId, campaignId } = await restoredWorld();
    await sql`
      insert into lane (id, account_id, gateway_ref, phone, name, zone, daily_cap, state, state_reason, created_at, updated_at)
      select '00000000-0000-7000-8000-000000000001', ${accountId}, 'PNgone', '+16175550009', 'Gone', zone, 10, 'off', 'not in the account any more', created_at, updated_at
      from lane limit 1`.execute(database.db);
    await sql`update gateway_account set base_url = ${await exceptNumber(world, 'PNgone', async () => false)}`.execute(
      database.db,
    );
    await sql`update lane set daily_cap = 1000`.execute(database.db);
    world.startWorker('second');
    await world.until('it stops, or is through', async () => (await paused()) || (await world.completed(campaignId)));
    expect(await paused()).toBe(true);
    expect(world.sandbox.accepted()).toHaveLength(8);
  });
});

describe('a number whose own texts are all known', () => {
  /** Numbers are asked about in the order of their ids. The other one may have texted after the backup whom this one would text next. */
  it('hands nothing over while another number is not asked about yet, and its campaign says so', async () => {
    const { world, campaignId, accountId } = await restoredWorld();
    await sql`
      insert into lane (id, account_id, gateway_ref, phone, name, zone, daily_cap, state, created_at, updated_at)
      select 'ffffffff-0000-7000-8000-000000000001', ${accountId}, ${NUMBERS[1].id}, ${NUMBERS[1].phone}, 'Two', zone, 1000, 'active', created_at, updated_at
      from lane limit 1`.execute(database.db);
    const [first] = world.sandbox.accepted().slice(-1);
    if (first === undefined) throw new Error('expected a text');
    await database.db.transaction().execute((tx) => saveForeignUntil(tx, accountId, first.acceptedAt));
    await sql`update lane set daily_cap = 1000`.execute(database.db);
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<boolean>();
    const gateway = await exceptNumber(world, NUMBERS[1].id, () => {
      asked.resolve();
      return answered.promise;
    });
    await sql`update gateway_account set base_url = ${gateway}`.execute(database.db);
    const waitsFor = async () => {
      const campaign = await getCampaign(database.db, campaignId);
      if (campaign === undefined) throw new Error('the campaign is gone');
      return waitingFor(await readWaitingFacts(database.db, world.clock, campaign))?.code;
    };
    world.startWorker('second');
    await asked.promise;
    expect(await waitsFor()).toBe('asking_gateway');
    expect(world.sandbox.accepted()).toHaveLength(8);
    answered.resolve(true);
    await world.until('it sends', async () => world.sandbox.accepted().length > 8);
    expect(await waitsFor()).not.toBe('asking_gateway');
  });
});

describe('a worker that waits for the rate with its next question', () => {
  it('lets go of the account at once when it drains', async () => {
    const world = await sendingWorld(database, { factor: 20 });
    let questions = 0;
    const baseUrl = await answering(() => {
      questions += 1;
      return { status: 200, body: { data: [], nextCursor: null } };
    });
    const lanes = NUMBERS.map(({ id, phone }) => ({ gatewayRef: id, phone }));
    await insertAccount(database.db, world, { baseUrl, apiKey: API_KEY, lanes, ratePerSecond: 0.02 });
    const worker = world.startWorker('one');
    await world.until('the first number is asked about', async () => questions === 1);
    const before = world.clock.now();
    await worker.drain();
    // The second number's turn would come 50 seconds after the first.
    expect(msBetween(before, world.clock.now())).toBeLessThan(25_000);
    expect(questions).toBe(1);
  });
});

describe('a second copy', () => {
  it('is noticed while both send', async () => {
    const world = await sendingWorld(database, { factor: 60 });
    await insertContacts(
      database.db,
      world,
      testPhones(40).map((phone) => ({ phone })),
    );
    const account = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      ratePerSecond: 0.1,
      lanes: LANES.slice(0, 1),
    });
    const variants = [{ label: 'A', weight: 1, body: BODY }];
    const campaignId = await launchTestCampaign(database.db, world, { laneIds: account.laneIds, variants });
    world.startWorker('this copy');
    await world.until('it sends', async () => world.sandbox.accepted().length >= 2);
    const last = testPhones(40).at(-1) ?? '';
    await textFromElsewhere(world, last, 'Hi there, your estimate is ready. Reply STOP to opt out.');
    await world.until('the account has stopped', paused);
    const { pending = 0 } = await enrollmentStates(database.db, campaignId);
    expect(pending).toBeGreaterThan(0);
  });
});

describe('a database of its own', () => {
  it('goes on after a crash between the gateway’s answer and its record: that text is its own', async () => {
    const { world, accountId, campaignId } = await restoredWorld();
    // The texts after the backup are then those of a worker that died with its answers.
    const texts = world.sandbox.accepted().slice(4);
    for (const text of texts)
      await sql`
        with e as (update enrollment set state = 'handing_over', parts = 1, lane_id = (select id from lane) where phone = ${text.to} returning id, contact_id)
        insert into message (id, account_id, lane_id, contact_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state,
          attempts, lease_epoch, cap_day, not_before, created_at, attempted_at)
        select gen_random_uuid(), ${accountId}, l.id, e.contact_id, 'outbound', 'campaign', e.id, ${text.to}, ${text.text}, 'GSM-7', 1, 'handing_over',
          1, 0, null, ${text.acceptedAt}, ${text.acceptedAt}, ${text.acceptedAt} from e, lane l`.execute(database.db);
    await sql`update lane set daily_cap = 1000`.execute(database.db);
    world.startWorker('second');
    await world.until('the campaign is over', () => world.completed(campaignId));
    expect(await paused()).toBe(false);
    expect(timesEach(world)).toEqual(Array.from({ length: PEOPLE }, () => 1));
  });

  it('takes what people type in the provider’s app for what it is', async () => {
    const { world, accountId, campaignId } = await restoredWorld();
    const [newest] = world.sandbox.accepted().slice(-1);
    if (newest === undefined) throw new Error('expected a text');
    await database.db.transaction().execute((tx) => saveForeignUntil(tx, accountId, newest.acceptedAt));
    await sql`update lane set daily_cap = 1000`.execute(database.db);
    await textFromElsewhere(world, '+16175550190', 'Running ten minutes late, sorry');
    world.startWorker('second');
    await world.until('the campaign is over', () => world.completed(campaignId));
    expect(await paused()).toBe(false);
  });

  it('hands nothing over while the gateway does not say what it sent last', async () => {
    const { world } = await restoredWorld();
    await sql`update lane set daily_cap = 1000`.execute(database.db);
    world.sandbox.setFaults({ status500Share: 1 });
    world.startWorker('second');
    await world.until('the breaker is open', async () => {
      const { rows } = await sql<{ detail: string }>`
        select breaker_detail as detail from gateway_account where breaker_detail like '%what it sent last%'`.execute(
        database.db,
      );
      return rows.length === 1;
    });
    await world.clock.sleep(HOUR_MS / 60);
    expect(world.sandbox.accepted()).toHaveLength(8);
    world.sandbox.setFaults({});
    await world.until('the account has stopped', paused);
    expect(world.sandbox.accepted()).toHaveLength(8);
  });
});
