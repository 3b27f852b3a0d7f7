import type { RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Webhooks } from '../src/http/contract/health.ts';
import type { Account } from '../src/http/contract/operations.ts';
import { parseId } from '../src/platform/ids.ts';
import { localGateway } from './local-gateway.ts';
import { runningWorld } from './running-world.ts';
import { API_KEY, NUMBERS } from './sending-world.ts';
import { testDatabase } from './test-database.ts';

/** New accounts ask for the newest generation of the gateway's events, and for the one before where their key may not have it. */
const OLDER = { apiKey: 'key-of-an-older-plan', number: { id: 'PNolder1', phone: '+16175550009', name: 'Older' } };
const database = await testDatabase();
const world = await runningWorld(database, {
  factor: 60,
  sandbox: {
    accounts: [
      { apiKey: API_KEY, numbers: NUMBERS },
      { apiKey: OLDER.apiKey, numbers: [OLDER.number] },
    ],
  },
});
const { client, sandbox } = world;
const { db } = database;

const connect = (name: string, apiKey: string, baseUrl: string) =>
  client.send<Account>(
    'POST',
    '/v1/accounts',
    { kind: 'quo', name, apiKey, baseUrl, historyDays: 0 },
    `connect-${name}`,
  );
const webhooksOf = ({ id }: Account) => client.get<Webhooks>(`/v1/accounts/${id}/webhooks`);
const check = ({ id }: Account) => client.send<Webhooks>('POST', `/v1/accounts/${id}/webhooks/check`, undefined);

/** The sandbox, but for the webhooks of the newest generation, which are answered so. */
const without =
  (status: number): RequestListener =>
  (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const version = headers['quo-api-version'];
    const isNewest = version !== undefined && url.startsWith('/webhooks');
    void (async () => {
      const body = await buffer(request);
      const answer = isNewest
        ? Response.json({ title: 'Forbidden', message: 'This key has no access to 2026-03-30 webhooks' }, { status })
        : await fetch(`${sandbox.url}${url}`, {
            method,
            headers: {
              authorization: headers.authorization ?? '',
              'content-type': 'application/json',
              ...(typeof version === 'string' ? { 'quo-api-version': version } : {}),
            },
            ...(body.length === 0 ? {} : { body }),
          });
      const text = await answer.text();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
    })();
  };

/** How a text to the account came in: the generation of its payload, and that a key of the account has signed it. */
async function textComesIn(account: Account): Promise<{ readonly apiVersion: unknown; readonly header: unknown }> {
  await sandbox.personTexts({ from: '+16175550142', to: account.lanes[0]?.phone ?? '', text: `Hello ${account.name}` });
  const event = await world.until('its text is applied', async () => {
    const { rows } = await sql<{ payload: string; headers: Record<string, string>; signedBy: string | null }>`
      select payload, headers, signed_by from gateway_event
      where account_id = ${parseId('account', account.id)} and type = 'message.received' and state = 'applied'`.execute(
      db,
    );
    return rows[0];
  });
  expect((await webhooksOf(account)).keys.map(({ signer }) => signer)).toContain(event.signedBy);
  const header = Object.keys(event.headers).find((name) => name.endsWith('-signature'));
  return { apiVersion: JSON.parse(event.payload).apiVersion, header };
}

describe('the events of a new account', () => {
  it('are of the newest generation, in one registration, and its signature is taken', async () => {
    const account = await connect('Office', API_KEY, sandbox.url);
    const report = await webhooksOf(account);
    expect(report).toMatchObject({ generation: 'newest', fallback: null, keys: [{ part: 'all', retireAt: null }] });
    expect(await textComesIn(account)).toEqual({ apiVersion: '2026-03-30', header: 'webhook-signature' });
    expect(await check(account)).toMatchObject({ findings: [], generation: 'newest' });
  });

  it('stay of it when a registration that was removed is repaired', async () => {
    const { data } = await client.get<{ data: readonly Account[] }>('/v1/accounts');
    const account = data.find(({ name }) => name === 'Office');
    if (account === undefined) throw new Error('no account');
    const headers = { authorization: API_KEY, 'quo-api-version': '2026-03-30' };
    const listed = (await (await fetch(`${sandbox.url}/webhooks?limit=50`, { headers })).json()) as {
      data: readonly { id: string }[];
    };
    for (const { id } of listed.data) await fetch(`${sandbox.url}/webhooks/${id}`, { method: 'DELETE', headers });
    expect((await check(account)).findings).toMatchObject([{ kind: 'missing' }]);
    const repaired = await client.send<Webhooks>('POST', `/v1/accounts/${account.id}/webhooks/repair`, {});
    expect(repaired).toMatchObject({ generation: 'newest', findings: [] });
    expect(repaired.keys.filter(({ retireAt }) => retireAt === null).map(({ part }) => part)).toEqual(['all']);
  });

  it('are asked for later where the gateway does not answer: that is no refusal', async () => {
    await expect(connect('Away', OLDER.apiKey, await localGateway(without(503)))).rejects.toThrow(/did not answer/);
  });

  it('are of the one before where the gateway refuses the newest to this key, and its reason is told', async () => {
    const account = await connect('Older', OLDER.apiKey, await localGateway(without(403)));
    const report = await webhooksOf(account);
    expect(report).toMatchObject({
      generation: 'proven',
      fallback: expect.stringContaining('This key has no access to 2026-03-30 webhooks'),
    });
    expect(report.keys.map(({ part }) => part).sort()).toEqual([
      'call-summaries',
      'call-transcripts',
      'calls',
      'messages',
    ]);
    expect(await textComesIn(account)).toEqual({ apiVersion: 'v4', header: 'openphone-signature' });
    expect(await check(account)).toMatchObject({ findings: [], generation: 'proven' });
    const { rows } = await sql<{ detail: object }>`
      select detail from audit_entry where action = 'account.connected' order by at desc limit 1`.execute(db);
    expect(rows[0]?.detail).toMatchObject({ webhooks: 'proven', fallback: report.fallback });
  });
});
