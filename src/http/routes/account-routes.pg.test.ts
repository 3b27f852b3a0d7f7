import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../../../test/around-triggers.ts';
import { togetherBehind } from '../../../test/concurrency.ts';
import { type ConnectingGateway, connectingGateway, gatewayNumber } from '../../../test/connecting-gateway.ts';
import { type Client, type HttpWorld, httpWorld } from '../../../test/http-world.ts';
import type { Answer as GatewayAnswer, GatewayNumber } from '../../gateways/gateway.ts';
import { err, ok } from '../../platform/result.ts';

const input = { kind: 'quo', name: 'Main line', apiKey: 'a-key-that-works', baseUrl: 'http://127.0.0.1:7090' };

const emptyAccounts = ({ database }: HttpWorld) =>
  emptyTables(database.db, 'gateway_account', 'lane', 'account_lease', 'audit_entry');

describe('accounts', () => {
  let world: HttpWorld;
  let owner: Client;
  let quo: ConnectingGateway;
  const rows = async (query: string) => (await sql.raw<Record<string, unknown>>(query).execute(world.database.db)).rows;
  const connect = (change: object = {}) => owner.post('/v1/accounts', { ...input, ...change });
  beforeAll(async () => {
    world = await httpWorld();
    owner = await world.owner();
  });
  // One database for the file would be enough for each test to see the lanes of the ones before.
  beforeEach(async () => {
    await emptyAccounts(world);
    quo = connectingGateway();
    world.outside.gateway = quo;
    quo.numbers = ok([gatewayNumber(1), gatewayNumber(2, false), gatewayNumber(3)]);
  });

  it('are connected with their numbers as lanes, a webhook and a lease', async () => {
    const answer = await connect();
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      kind: 'quo',
      name: 'Main line',
      environment: 'sandbox',
      ratePerSecond: 8,
      state: 'active',
      webhookUrl: `${world.server.url}/webhooks/quo/${answer.json.id}`,
      webhookRegistered: true,
      lastEventAt: null,
      heldBy: null,
    });
    expect(quo.webhooks.urls).toEqual([answer.json.webhookUrl]);
    expect(
      answer.json.lanes.map((lane: Record<string, unknown>) => [
        lane['phone'],
        lane['name'],
        lane['state'],
        lane['zone'],
      ]),
    ).toEqual([
      ['+16175550101', 'Line 1', 'active', 'America/New_York'],
      ['+16175550102', 'Line 2', 'off', 'America/New_York'],
      ['+16175550103', '+16175550103', 'active', 'America/New_York'],
    ]);
    expect(answer.json.lanes[1].stateReason).toContain('10DLC');
    expect((await owner.get('/v1/accounts')).json.data).toEqual([answer.json]);
    expect(await rows('select owner, epoch from account_lease')).toEqual([{ owner: null, epoch: 0 }]);
  });

  it('keep key and webhook secret sealed', async () => {
    await connect();
    const [row] = await rows('select api_key_sealed, webhook_secrets_sealed from gateway_account');
    const sealed = JSON.stringify(row);
    expect(sealed).not.toContain('a-key-that-works');
    expect(world.services.secrets.open(String(row?.['apiKeySealed']))).toBe('a-key-that-works');
    expect(JSON.stringify((await owner.get('/v1/accounts')).json)).not.toMatch(/sealed|whsec|a-key/i);
    expect(world.logLines.join('')).not.toContain('a-key-that-works');
  });

  const refusals: readonly (readonly [string, GatewayAnswer<readonly GatewayNumber[]>, number, string])[] = [
    ['a wrong key', err({ kind: 'unauthorized', message: 'HTTP 401' }), 422, 'refused the API key'],
    ['an unreachable host', err({ kind: 'unavailable', message: 'ECONNREFUSED' }), 503, 'did not answer'],
    ['a busy gateway', err({ kind: 'throttled', message: 'HTTP 429' }), 503, 'slow down'],
    ['an account without numbers', ok([]), 422, 'no phone number'],
  ];
  it.each(refusals)('are refused with %s, and nothing is kept', async (_, numbers, status, words) => {
    quo.numbers = numbers;
    const answer = await connect();
    expect([answer.status, answer.json.detail]).toEqual([status, expect.stringContaining(words)]);
    expect(await rows('select 1 from gateway_account')).toEqual([]);
    expect(quo.webhooks.urls).toEqual([]);
  });

  it('are refused at an address inside of the network, before anything is called', async () => {
    world.outside.gateway = undefined;
    const answer = await connect({ baseUrl: 'http://10.0.0.1' });
    expect([answer.status, answer.json.errors[0].pointer]).toEqual([422, '/baseUrl']);
  });

  it.each([
    ['a key of the other provider', { apiKey: 'a-key-that-works' }, '/authToken'],
    ['an API key instead of the account', { accountSid: 'SKtest0001', authToken: 'a-token-of-ours' }, '/accountSid'],
    ['no token', { accountSid: 'ACtest0001' }, '/authToken'],
  ])('at Twilio are refused with %s', async (_, fields, pointer) => {
    world.outside.gateway = undefined;
    const body = { kind: 'twilio', name: 'Office', ...fields };
    const answer = await owner.post('/v1/accounts', body);
    expect(answer.status).toBe(422);
    expect(answer.json.errors.map((problem: { pointer: string }) => problem.pointer)).toContain(pointer);
  });

  it('that are live are refused where no reply could arrive', async () => {
    const answer = await connect({ baseUrl: 'https://api.openphone.com' });
    expect([answer.status, answer.json.detail]).toEqual([409, expect.stringContaining('TEXTWRIGHT_PUBLIC_URL')]);
  });

  it('go on with a new key once the gateway takes it, and with the old one until then', async () => {
    const { json } = await connect();
    const replace = () => owner.put(`/v1/accounts/${json.id}/key`, { key: 'the-next-key-of-ours' });
    const keys = () => rows('select api_key_sealed from gateway_account');
    const keyNow = async () => world.services.secrets.open(String((await keys())[0]?.['apiKeySealed']));
    await rows("update account_lease set owner = 'worker', expires_at = '2030-01-01Z'");
    const { numbers } = quo;
    quo.numbers = err({ kind: 'unauthorized', message: 'HTTP 401' });
    const refused = await replace();
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, '/key']);
    expect(await keyNow()).toBe('a-key-that-works');
    quo.numbers = numbers;
    expect((await replace()).status).toBe(200);
    expect(await keyNow()).toBe('the-next-key-of-ours');
    // Whoever held the account with the old key lets go of it.
    expect(await rows('select owner from account_lease')).toEqual([{ owner: null }]);
    const audit = JSON.stringify(await rows("select detail from audit_entry where action = 'account.key_replaced'"));
    expect(audit).not.toBe('[]');
    expect(audit).not.toContain('the-next-key');
  });

  it.each([
    ['twilio', null],
    ['quo', 'worker'],
  ])(
    'at %s that report to another address are held by %s afterwards: its texts name that address',
    async (kind, held) => {
      const { json } = await connect();
      await rows(`update gateway_account set kind = '${kind}'`);
      await rows("update account_lease set owner = 'worker', expires_at = '2030-01-01Z'");
      expect((await owner.post(`/v1/accounts/${json.id}/refresh`)).status).toBe(200);
      expect(await rows('select owner from account_lease')).toEqual([{ owner: held }]);
    },
  );

  it('cannot share a number, also when connected at the same instant', async () => {
    const lock = sql`lock table lane in share row exclusive mode`;
    const calls = [() => connect(), () => connect({ name: 'Second' })];
    const answers = await togetherBehind(world.database.db, lock, calls);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
    const later = await connect({ name: 'Third' });
    expect([later.status, later.json.state]).toEqual([409, 'number_taken']);
    expect(later.json.detail).toContain('+16175550101 (and 2 more)');
    expect(await rows('select 1 from gateway_account')).toHaveLength(1);
  });

  it('are read again: new numbers, lost ones, a finished registration, a webhook that was removed', async () => {
    const { json } = await connect();
    quo.numbers = ok([gatewayNumber(1), gatewayNumber(2), gatewayNumber(4)]);
    const answer = await owner.post(`/v1/accounts/${json.id}/refresh`);
    expect(answer.status).toBe(200);
    expect(answer.json.lanes.map((lane: Record<string, unknown>) => [lane['phone'], lane['state']])).toEqual([
      ['+16175550101', 'active'],
      ['+16175550102', 'active'],
      ['+16175550103', 'off'],
      ['+16175550104', 'active'],
    ]);
    // What works is left as it is.
    expect(quo.webhooks.urls).toHaveLength(1);
    quo.webhooks.registrations.length = 0;
    await owner.post(`/v1/accounts/${json.id}/refresh`);
    const [row] = await rows('select webhook_ref, webhook_secrets_sealed from gateway_account');
    expect(row?.['webhookRef']).toBe('WH2');
    const secrets = row?.['webhookSecretsSealed'] as string[];
    expect(secrets.map((secret) => world.services.secrets.open(secret))).toEqual(['whsec_2', 'whsec_1']);
    expect(await rows('select webhook_ref, retire_at is null as signs from webhook_key order by 1')).toEqual([
      { webhookRef: 'WH1', signs: false },
      { webhookRef: 'WH2', signs: true },
    ]);
    expect((await owner.post('/v1/accounts/acc_00000000000070008000000000000000/refresh')).status).toBe(404);
  });

  it('say who confirms opt-outs, and keep who changed that', async () => {
    const { json } = await connect();
    expect(json.optOutsConfirmedBy).toBe('by_word');
    const changed = await owner.patch(`/v1/accounts/${json.id}`, { optOutsConfirmedBy: 'textwright' });
    expect(changed.json).toMatchObject({ optOutsConfirmedBy: 'textwright', name: json.name });
    expect((await owner.patch(`/v1/accounts/${json.id}`, { optOutsConfirmedBy: 'nobody' })).status).toBe(422);
    const [, entry] = await rows('select action, detail from audit_entry order by at, id');
    expect(entry).toMatchObject({
      action: 'account.changed',
      detail: { before: { optOutsConfirmedBy: 'by_word' }, after: { optOutsConfirmedBy: 'textwright' } },
    });
  });

  it('are paused and resumed by people, who are named', async () => {
    const { json } = await connect();
    const change = (body: object) => owner.patch(`/v1/accounts/${json.id}`, body);
    expect((await change({ state: 'paused', ratePerSecond: 2.5, name: 'Line A' })).json).toMatchObject({
      state: 'paused',
      stateReason: 'Paused by Olivia Owner',
      ratePerSecond: 2.5,
      name: 'Line A',
    });
    expect((await change({ name: 'Line B' })).json).toMatchObject({
      stateReason: 'Paused by Olivia Owner',
      name: 'Line B',
    });
    expect((await change({ state: 'active' })).json).toMatchObject({ state: 'active', stateReason: null });
    expect((await change({ state: 'paused', reason: ' Wrong price ' })).json.stateReason).toBe(
      'Wrong price (Olivia Owner)',
    );
    expect((await change({ reason: 'Second thoughts' })).json.stateReason).toBe('Wrong price (Olivia Owner)');
    const actions = await rows('select action, actor from audit_entry order by at, id');
    expect(actions.map((row) => row['action'])).toEqual(['account.connected', ...Array(5).fill('account.changed')]);
    expect(actions[1]?.['actor']).toMatch(/^user:usr_/);
  });

  it('have lanes that are changed one by one', async () => {
    const [lane] = (await connect()).json.lanes;
    const change = (body: object) => owner.patch(`/v1/lanes/${lane.id}`, body);
    const changed = await change({ name: 'Front desk', zone: 'america/denver', dailyCap: 40, state: 'off' });
    expect(changed.json).toEqual({
      ...lane,
      name: 'Front desk',
      zone: 'America/Denver',
      dailyCap: 40,
      state: 'off',
      stateReason: 'Switched off by Olivia Owner',
    });
    expect((await change({ state: 'paused', reason: 'On holiday' })).json.stateReason).toBe(
      'On holiday (Olivia Owner)',
    );
    expect((await change({ zone: 'Nowhere' })).json.errors[0].pointer).toBe('/zone');
    expect((await change({ dailyCap: 0 })).json.errors[0].pointer).toBe('/dailyCap');
    await sql`update lane set state = 'paused', state_reason = 'Carrier cap', paused_until = now() + interval '1 day'`.execute(
      world.database.db,
    );
    expect((await change({ state: 'active' })).json).toMatchObject({ state: 'active', stateReason: null });
    const [row] = await rows(`select paused_until from lane where name = 'Front desk'`);
    expect(row).toEqual({ pausedUntil: null });
  });

  it('have numbers whose throughput is set and taken away again', async () => {
    const { json } = await connect();
    const [lane] = json.lanes;
    const change = (body: object) => owner.patch(`/v1/lanes/${lane.id}`, body);
    expect(lane).toMatchObject({
      messagesPerSecond: null,
      partsPerSecond: null,
      partsPerDay: null,
      partsUsedToday: 0,
      pausedUntil: null,
      waitingPeople: null,
    });
    const limits = { messagesPerSecond: 0.5, partsPerSecond: 1.25, partsPerDay: 2_000 };
    expect((await change(limits)).json).toEqual({ ...lane, ...limits });
    expect((await change({ partsPerDay: null })).json).toEqual({ ...lane, ...limits, partsPerDay: null });
    const refused = async (body: object) => {
      const answer = await change(body);
      return [answer.status, answer.json.errors[0].pointer, answer.json.detail];
    };
    expect(await refused({ messagesPerSecond: 0 })).toEqual([
      422,
      '/messagesPerSecond',
      'number +16175550101 (Line 1): messagesPerSecond: expected 0.01 to 1,000 messages a second, got 0; to send nothing from it, pause it or switch it off',
    ]);
    expect(await refused({ partsPerSecond: 1_001 })).toMatchObject([422, '/partsPerSecond', expect.any(String)]);
    expect(await refused({ partsPerDay: 0, name: 'New name' })).toMatchObject([
      422,
      '/partsPerDay',
      expect.any(String),
    ]);
    expect(await refused({ dailyCap: -1 })).toMatchObject([422, '/dailyCap', expect.any(String)]);
    expect(await refused({ state: 'gone' })).toMatchObject([422, '/state', expect.any(String)]);
    expect((await owner.get('/v1/accounts')).json.data[0].lanes[0]).toEqual({ ...lane, ...limits, partsPerDay: null });
    const [audited] = await rows(
      `select detail from audit_entry where action = 'lane.changed' and subject = '${lane.id}' order by at, id limit 1`,
    );
    expect(audited).toMatchObject({ detail: { before: { partsPerDay: null }, after: limits } });
  });

  it('have numbers that drain, and say in whose words', async () => {
    const { json } = await connect();
    const change = (body: object) => owner.patch(`/v1/lanes/${json.lanes[0].id}`, body);
    expect((await change({ state: 'draining' })).json).toMatchObject({
      state: 'draining',
      stateReason: 'Set to take no new people by Olivia Owner',
      waitingPeople: 0,
    });
    expect((await owner.get('/v1/status')).json.attention).toEqual([
      {
        kind: 'lane_drained',
        sentence:
          'The number +16175550101 (Line 1) is drained: nobody who knows it waits in a campaign any more. Switch it off under Settings, Numbers',
        link: `/settings/numbers?show=${json.lanes[0].id}`,
      },
    ]);
    expect((await change({ state: 'active' })).json).toMatchObject({ stateReason: null, waitingPeople: null });
  });

  it('show an open breaker, since when and why', async () => {
    const { json } = await connect();
    expect(json.breaker).toBeNull();
    await sql`update gateway_account set breaker_open_since = '2026-11-17T14:30:00Z', breaker_detail = 'HTTP 503'`.execute(
      world.database.db,
    );
    const [account] = (await owner.get('/v1/accounts')).json.data;
    expect(account.breaker).toEqual({ openSince: '2026-11-17T14:30:00Z', detail: 'HTTP 503' });
    expect((await owner.get('/v1/home')).json.attention).toMatchObject([
      {
        kind: 'breaker_open',
        sentence: expect.stringContaining('does not answer since Tue, Nov 17, 09:30 EST (HTTP 503)'),
        link: `/settings/numbers?show=${json.id}`,
      },
    ]);
  });

  it('show until when the gateway asked for time, while that is not over', async () => {
    const { json } = await connect();
    const ask = (until: string) =>
      sql`update gateway_account set breaker_held_until = ${until}`.execute(world.database.db);
    await ask('2026-11-17T17:00:00Z');
    expect((await owner.get('/v1/accounts')).json.data).toMatchObject([{ heldUntil: '2026-11-17T17:00:00Z' }]);
    const attention = [
      {
        kind: 'throttled',
        sentence: expect.stringContaining('The gateway of "Main line" asked for time until Tue, Nov 17, 12:00 EST'),
        link: `/settings/numbers?show=${json.id}`,
      },
    ];
    expect((await owner.get('/v1/home')).json.attention).toMatchObject(attention);
    expect((await owner.get('/v1/status')).json.attention).toMatchObject(attention);
    await ask('2026-11-17T14:59:00Z');
    expect((await owner.get('/v1/accounts')).json.data).toMatchObject([{ heldUntil: null }]);
    expect((await owner.get('/v1/home')).json.attention).toEqual([]);
  });

  it('wake the engine and the pages', async () => {
    const topics = new Set<string>();
    const heard = Promise.withResolvers<void>();
    const all = ['engine', 'engine-accounts', 'status'];
    const stop = all.map((topic) =>
      world.services.live.subscribe(topic, (told) => {
        topics.add(told);
        if (all.every((one) => topics.has(one))) heard.resolve();
      }),
    );
    await connect();
    await heard.promise;
    for (const end of stop) end();
  });

  it('show who holds them, what lanes used on their own day, and the newest event', async () => {
    const { json } = await connect();
    const db = world.database.db;
    const now = world.clock.now();
    await sql`update account_lease set owner = 'worker-1', epoch = 3, expires_at = ${now.add({ seconds: 5 })}`.execute(
      db,
    );
    await sql`update lane set zone = 'Pacific/Kiritimati' where gateway_ref = 'PN3'`.execute(db);
    await sql`insert into lane_usage (lane_id, day, reserved) select id, d.day::date, d.n from lane,
      (values ('2026-11-16', 1), ('2026-11-17', 20), ('2026-11-18', 300)) as d (day, n)`.execute(db);
    // Ids grow with time.
    for (const n of [2, 1])
      await sql`insert into gateway_event (id, account_id, event_id, type, payload, headers, received_at, state)
        select ${world.services.newUuid()}::uuid, id, ${`e${n}`}, 'message.received', '{}', '{}', ${now.subtract({ hours: n })}, 'received'
        from gateway_account`.execute(db);
    const account = (await owner.get('/v1/accounts')).json.data[0];
    expect(account).toMatchObject({ id: json.id, heldBy: 'worker-1', lastEventAt: '2026-11-17T14:00:00Z' });
    expect(account.lanes.map((lane: { usedToday: number }) => lane.usedToday)).toEqual([20, 20, 300]);
    await sql`update account_lease set expires_at = ${now}`.execute(db);
    expect((await owner.get('/v1/accounts')).json.data[0].heldBy).toBeNull();
  });
});

describe('the sandbox', () => {
  const sandbox = {
    accountId: '00000000-0000-7000-8000-0000000000aa',
    baseUrl: 'http://127.0.0.1:7091',
    apiKey: 'sandbox-key',
  };
  let world: HttpWorld;
  let owner: Client;
  let other: ConnectingGateway;
  const stay = (headers?: Record<string, string>) => owner.post('/v1/accounts/sandbox', undefined, headers);
  const connectLive = () =>
    owner.post('/v1/accounts', { ...input, baseUrl: 'https://api.example.com', name: 'Real line' });
  beforeAll(async () => {
    world = await httpWorld({ publicUrl: 'https://texts.example.com' });
    owner = await world.owner();
  });
  beforeEach(async () => {
    await emptyAccounts(world);
    other = connectingGateway();
    other.numbers = ok([gatewayNumber(1), gatewayNumber(2)]);
    world.outside.gateway = other;
    world.outside.sandbox = sandbox;
  });

  it('is one account with its numbers, whoever asks again', async () => {
    const answer = await stay();
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      name: 'Sandbox',
      environment: 'sandbox',
      baseUrl: sandbox.baseUrl,
      state: 'active',
    });
    expect(answer.json.lanes).toHaveLength(2);
    world.outside.sandbox = undefined;
    expect((await stay()).json).toEqual(answer.json);
    expect((await owner.get('/v1/accounts')).json.data).toHaveLength(1);
  });

  it('posts its events to this server on this machine, whatever the public address, also after a refresh', async () => {
    const { json } = await stay();
    const here = `${world.server.url}/webhooks/quo/${json.id}`;
    expect(json.webhookUrl).toBe(here);
    expect((await owner.post(`/v1/accounts/${json.id}/refresh`)).status).toBe(200);
    expect(other.webhooks.urls).toEqual([here]);
  });

  it('is not given without an idempotency key, which brings the same answer again', async () => {
    expect((await world.client().post('/v1/accounts/sandbox')).status).toBe(401);
    const bare = await owner.send('POST', '/v1/accounts/sandbox', {});
    expect([bare.status, bare.json.detail]).toEqual([400, expect.stringContaining('Idempotency-Key')]);
    const key = { 'idempotency-key': 'stay-here' };
    expect((await stay(key)).json).toEqual((await stay(key)).json);
  });

  it('keeps the secrets of both webhooks when two ask at the same instant', async () => {
    const lock = sql`lock table lane in share row exclusive mode`;
    const answers = await togetherBehind(world.database.db, lock, [() => stay(), () => stay()]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(answers[0]?.json.id).toBe(answers[1]?.json.id);
    const { rows } = await sql<{ sealed: readonly string[] }>`
      select webhook_secrets_sealed as sealed from gateway_account`.execute(world.database.db);
    expect(rows[0]?.sealed.map((secret) => world.services.secrets.open(secret)).sort()).toEqual(['whsec_1', 'whsec_2']);
  });

  it('is refused beside real numbers, before it is started', async () => {
    world.outside.sandbox = undefined;
    expect((await connectLive()).json.environment).toBe('live');
    const answer = await stay();
    expect([answer.status, answer.json.state]).toEqual([409, 'live']);
    expect(answer.json.detail).toContain('"Real line"');
  });

  it('takes no share of campaigns any more once a real number is connected', async () => {
    await stay();
    other.numbers = ok([gatewayNumber(3)]);
    expect((await connectLive()).status).toBe(201);
    const [made, real] = (await owner.get('/v1/accounts')).json.data;
    expect(made.lanes).toMatchObject([
      { state: 'off', stateReason: expect.stringContaining('real number') },
      { state: 'off' },
    ]);
    expect(real.lanes).toMatchObject([{ state: 'active', stateReason: null }]);
    const { rows } = await sql<{ off: readonly string[] }>`
      select detail -> 'sandboxOff' as off from audit_entry where detail ? 'sandboxOff'`.execute(world.database.db);
    expect(rows).toEqual([{ off: ['+16175550101', '+16175550102'] }]);
  });
});
