import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import type { WebhookEdge } from '../gateways/gateway.ts';
import { quoHmac } from '../gateways/quo/quo-signing.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { twilioWebhookEdge } from '../gateways/twilio/twilio-webhook.ts';
import type { Clock } from '../platform/clock.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, HOUR_MS } from '../platform/time.ts';
import { openEndpoints } from './endpoints.ts';
import { intakeLimit } from './intake-limit.ts';
import { verifyWebhook } from './verify-webhook.ts';

it('reads the accounts again when the clock was set back: an account that was connected since must not be unknown', async () => {
  const { db } = await testDatabase();
  const world = testWorld();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  let shiftMs = 0;
  const clock: Clock = { ...world.clock, now: () => addMs(world.clock.now(), shiftMs) };
  const endpoints = openEndpoints({ db, clock, secrets });
  const connect = (digit: number) =>
    insertAccount(
      db,
      { ...world, secrets },
      {
        baseUrl: 'http://127.0.0.1:1',
        apiKey: 'key',
        lanes: [{ gatewayRef: `PN${digit}`, phone: `+1617555010${digit}` }],
      },
    );
  const first = await connect(1);
  expect(await endpoints.get(first.id)).toBeDefined();
  const second = await connect(2);
  shiftMs = -HOUR_MS;
  expect(await endpoints.refreshed(second.id)).toBeDefined();
});

it('looks for the only account anew for whoever asks for it, and prefers a live one', async () => {
  const { db } = await testDatabase();
  const world = testWorld();
  const secrets = secretsWithKey(world.random.bytes(32), world.random);
  const endpoints = openEndpoints({ db, clock: world.clock, secrets });
  const connect = async (environment: 'live' | 'sandbox', digit: number) => {
    const lanes = [{ gatewayRef: `PN${digit}`, phone: `+1617555010${digit}` }];
    const account = await insertAccount(
      db,
      { ...world, secrets },
      { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes },
    );
    await sql`update gateway_account set environment = ${environment} where id = ${account.id}`.execute(db);
    return account;
  };
  const only = async () => (await endpoints.get({ onlyOf: 'quo' }))?.account.id;
  const onlyRefreshed = async () => (await endpoints.refreshed({ onlyOf: 'quo' }))?.account.id;
  expect(await only()).toBeUndefined();
  const sandbox = await connect('sandbox', 1);
  expect(await only()).toBeUndefined();
  expect(await onlyRefreshed()).toBe(sandbox.id);
  const live = await connect('live', 2);
  expect(await only()).toBe(sandbox.id);
  expect(await onlyRefreshed()).toBe(live.id);
});

it.each([
  ['quo', quoWebhookEdge, { 'openphone-signature': 'hmac;1;1763391600000;d3Jvbmc=' }],
  ['twilio', twilioWebhookEdge, { 'x-twilio-signature': 'd3Jvbmc=' }],
] as const)(
  'an address that nobody has costs the same signatures over the body as one of %s',
  async (kind, edge, headers) => {
    const { db } = await testDatabase();
    const world = {
      ...testWorld(),
      publicUrl: () => 'https://textwright.example',
      localUrl: () => 'http://127.0.0.1:7080',
    };
    const secrets = secretsWithKey(world.random.bytes(32), world.random);
    const lanes = [{ gatewayRef: 'PN1', phone: '+16175550101' }];
    const webhookSecret = Buffer.alloc(32, 7).toString('base64');
    const account = { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', webhookSecret, lanes };
    const { id } = await insertAccount(db, { ...world, secrets }, account);
    await sql`update gateway_account set kind = ${kind}`.execute(db);
    const endpoints = openEndpoints({ db, clock: world.clock, secrets });
    const wrong = intakeLimit(world.clock, 100);
    const rawBody = Buffer.from('MessageSid=SM1&Body=STOP');
    /** What was checked of a post, and its answer. */
    const askedAt = async (accountId: string) => {
      const checked: object[] = [];
      const verify: WebhookEdge['verify'] = (input) => {
        const found = edge.verify(input);
        // A key that signs nothing would be passed over.
        const keys = input.secrets.map((secret) => quoHmac({ secret, prefix: '', rawBody })?.length);
        checked.push({ bytes: input.rawBody.length, keys, said: found.ok ? 'fine' : found.error.reason });
        return found;
      };
      const services = { ...world, webhookEdge: () => ({ ...edge, verify }) };
      const posted = { kind, accountId, rawBody, headers, sandboxOnly: false, query: '', source: '192.0.2.1' } as const;
      const answer = await verifyWebhook(services, { endpoints, wrong }, { ...posted, receivedAt: world.clock.now() });
      return { checked, refused: answer.ok ? 'no' : answer.error.kind };
    };
    const checked = Array.from({ length: 2 }, () => ({ bytes: rawBody.length, keys: [44], said: 'signature_wrong' }));
    expect(await askedAt(id)).toEqual({ checked, refused: 'signature' });
    expect(await askedAt(world.newUuid())).toEqual({ checked, refused: 'unknown_account' });
  },
);
