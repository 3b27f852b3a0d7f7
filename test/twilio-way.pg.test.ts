import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../src/http/contract/campaigns.ts';
import type { Account } from '../src/http/contract/operations.ts';
import type { Database } from '../src/platform/database.ts';
import { type FakeTwilio, startFakeTwilio } from './fake-twilio.ts';
import { inboundForm, signForm } from './fake-twilio-wire.ts';
import { AS_IT_IS, everybodyAgrees, insertContacts, testPhones } from './fixtures.ts';
import { type RunningWorld, runningWorld } from './running-world.ts';
import { testDatabase } from './test-database.ts';

/** The whole way with an account at Twilio: texts go out, receipts and replies come back, a STOP is confirmed by one of the two. */
const ACCOUNT = 'ACtest0001';
const TOKENS = ['the-primary-token', 'the-secondary-token'] as const;
const LINE = '+16175550100';
const PEOPLE = testPhones(12);
const [LANDLINE = '', BLOCKED = '', FIRST = '', SECOND = '', THIRD = '', FOURTH = ''] = PEOPLE;

let database: Database;
let world: RunningWorld;
let twilio: FakeTwilio;
let account: Account;

beforeAll(async () => {
  database = await testDatabase();
  world = await runningWorld(database, { startsAt: '2026-11-17T18:30:00Z' });
  twilio = await startFakeTwilio({
    clock: world.clock,
    accountSid: ACCOUNT,
    authTokens: TOKENS,
    numbers: [{ sid: 'PNtest0001', phone: LINE, name: 'Main' }],
    dead: { [LANDLINE]: '30006' },
    handlesStop: true,
  });
  await insertContacts(
    database.db,
    world.running.services,
    PEOPLE.map((phone) => ({ phone })),
  );
  await everybodyAgrees(database.db);
  return () => twilio.close();
});

const connect = (input: object) =>
  world.client.send<Account>('POST', '/v1/accounts', { kind: 'twilio', name: 'Office', ...input }, 'connect');

async function launch(name: string): Promise<Campaign> {
  const draft = await world.client.send<Campaign>(
    'POST',
    '/v1/campaigns',
    {
      name,
      audience: { all: true },
      variants: [{ label: 'A', weight: 1, body: `${name}: shall we come by? Reply STOP to opt out.` }],
      laneIds: account.lanes.map((lane) => lane.id),
    },
    `create-${name}`,
  );
  await world.client.send(
    'POST',
    `/v1/campaigns/${draft.id}/launch`,
    { revision: draft.revision, acknowledgement: AS_IT_IS.reason },
    `launch-${name}`,
  );
  return draft;
}
const campaignNow = (id: string): Promise<Campaign> => world.client.get<Campaign>(`/v1/campaigns/${id}`);

const setEnvironment = (environment: 'live' | 'sandbox') =>
  sql`update gateway_account set environment = ${environment}`.execute(database.db);

const suppressionsOf = async (phone: string): Promise<readonly string[]> =>
  (
    await sql<{ reason: string }>`select reason from suppression where phone = ${phone} and lifted_at is null`.execute(
      database.db,
    )
  ).rows.map((row) => row.reason);
const confirmationsTo = async (phone: string): Promise<number> =>
  (await sql`select 1 from message where phone = ${phone} and purpose = 'opt_out_confirmation'`.execute(database.db))
    .rows.length;
const answersTo = (phone: string): readonly string[] =>
  twilio
    .texts()
    .filter((text) => text.to === phone && !text.body.includes('shall we come by'))
    .map((text) => text.direction);

describe('an account at Twilio', () => {
  it('is refused with a wrong token, and nothing is changed there or here', async () => {
    await expect(connect({ accountSid: ACCOUNT, authToken: 'somebody-elses', baseUrl: twilio.url })).rejects.toThrow(
      /refused the Account SID with its Auth Token .*20003 Authenticate/,
    );
    expect(twilio.settings()).toEqual([]);
    const { data } = await world.client.get<{ data: readonly Account[] }>('/v1/accounts');
    expect(data).toEqual([]);
  });

  it('is connected: its numbers become lanes, and texts and calls are turned to us', async () => {
    // Said to Twilio before we were there: only Twilio knows of it.
    await twilio.personTexts({ from: BLOCKED, to: LINE, text: 'STOP' });
    account = await connect({ accountSid: ACCOUNT, authToken: TOKENS[0], baseUrl: twilio.url, historyDays: 0 });
    const webhookUrl = `${world.url}/webhooks/twilio/${account.id}`;
    expect(account).toMatchObject({ kind: 'twilio', webhookUrl, webhookRegistered: true });
    expect(account.lanes.map(({ phone, state }) => [phone, state])).toEqual([[LINE, 'active']]);
    expect(twilio.settings()).toEqual([{ smsUrl: webhookUrl, statusCallback: webhookUrl }]);
    expect(JSON.stringify(account)).not.toContain(TOKENS[0]);
    // From here on as with the real one, whose own answer to STOP is counted on.
    await setEnvironment('live');
  });

  it('sends a campaign, whose receipts come back', async () => {
    const { id } = await launch('Spring');
    await world.until('everybody has an end', async () => {
      const { state, totals } = await campaignNow(id);
      return state === 'completed' && totals.delivered + totals.failed === PEOPLE.length;
    });
    expect((await campaignNow(id)).totals).toMatchObject({ enrolled: PEOPLE.length, delivered: PEOPLE.length - 2 });
    expect(twilio.accepted().map(({ to }) => to)).toEqual(
      expect.arrayContaining(PEOPLE.filter((phone) => phone !== BLOCKED)),
    );
    expect(twilio.accepted()).toHaveLength(PEOPLE.length - 1);
    expect(await suppressionsOf(BLOCKED)).toEqual(['provider_opt_out']);
    expect(await suppressionsOf(LANDLINE)).toEqual(['invalid_number']);
    const { rows } = await sql<{ phone: string; code: string }>`
      select phone, failure_code as code from message where state = 'failed' order by phone`.execute(database.db);
    expect(rows).toEqual([
      { phone: LANDLINE, code: '30006' },
      { phone: BLOCKED, code: '21610' },
    ]);
  });

  it('keeps one event for each status, however often it is posted', async () => {
    const text = twilio.accepted().find(({ to }) => to !== LANDLINE);
    if (text?.statusCallback === undefined) throw new Error('no address for receipts');
    const form = new URLSearchParams({ AccountSid: ACCOUNT, MessageSid: text.sid, MessageStatus: 'delivered' });
    expect(await twilio.post(text.statusCallback, form)).toBe(true);
    const { rows } = await sql<{ eventId: string; state: string }>`
      select event_id, state from gateway_event where event_id like ${`${text.sid}:%`} order by event_id desc`.execute(
      database.db,
    );
    expect(rows.map(({ eventId }) => eventId.split(':')[1])).toEqual(['sent', 'delivered']);
  });

  it('leaves the confirmation of a STOP to Twilio, and never sends a second one', async () => {
    await twilio.personTexts({ from: FIRST, to: LINE, text: 'Stop' });
    // The post has been answered: it is in force.
    expect(await suppressionsOf(FIRST)).toEqual(['opt_out']);
    await twilio.personTexts({ from: FIRST, to: LINE, text: 'stop' });
    expect(await confirmationsTo(FIRST)).toBe(0);
    expect(answersTo(FIRST)).toEqual(['outbound-reply', 'outbound-reply']);
  });

  it('confirms in our words what Twilio does not take for a keyword', async () => {
    await twilio.personTexts({ from: SECOND, to: LINE, text: 'please stop texting me' });
    expect(await suppressionsOf(SECOND)).toEqual(['opt_out']);
    await world.until('confirmed', async () => answersTo(SECOND).length === 1);
    expect(answersTo(SECOND)).toEqual(['outbound-api']);
  });

  it('takes a word that the owner added at Twilio for the opt-out that it is there', async () => {
    const form = inboundForm(ACCOUNT, { sid: 'SMown', from: THIRD, to: LINE, body: 'Mercy' });
    form.set('OptOutType', 'STOP');
    expect(await twilio.post(account.webhookUrl, form)).toBe(true);
    expect(await suppressionsOf(THIRD)).toEqual(['opt_out']);
    expect(await confirmationsTo(THIRD)).toBe(0);
  });

  it('takes no post that is signed for another address, or by nobody', async () => {
    const form = inboundForm(ACCOUNT, { sid: 'SMforged', from: FOURTH, to: LINE, body: 'STOP' });
    const signatures = [
      signForm(`${account.webhookUrl}0`, form, TOKENS[0]),
      signForm(account.webhookUrl, form, 'a-token-of-nobody'),
      '',
    ];
    for (const signature of signatures) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature };
      const answer = await fetch(account.webhookUrl, { method: 'POST', body: form.toString(), headers });
      expect(answer.status).toBe(401);
    }
    expect(await suppressionsOf(FOURTH)).toEqual([]);
  });

  it('changes its token without losing an event: the older one signs until Twilio has promoted the new one', async () => {
    // Only to an address in the internet may a live account be registered again.
    await setEnvironment('sandbox');
    const replace = (key: string) => world.client.send<Account>('PUT', `/v1/accounts/${account.id}/key`, { key });
    await expect(replace('a-token-of-nobody')).rejects.toThrow(/refused the Account SID/);
    await replace(TOKENS[1]);
    const events = async () => (await sql`select 1 from gateway_event`.execute(database.db)).rows.length;
    const before = await events();
    const heard = inboundForm(ACCOUNT, { sid: 'SMafter', from: FOURTH, to: LINE, body: 'How much would it be?' });
    expect(await twilio.post(account.webhookUrl, heard)).toBe(true);
    expect(await events()).toBe(before + 1);
    const { rows } = await sql<{ secrets: readonly string[] }>`
      select webhook_secrets_sealed as secrets from gateway_account`.execute(database.db);
    expect(rows[0]?.secrets.map((sealed) => world.running.services.secrets.open(sealed))).toEqual(
      [...TOKENS].reverse(),
    );
    // Registering again gives the same token, and must not push out the older one.
    await world.client.send('POST', `/v1/accounts/${account.id}/refresh`, {});
    expect(
      await twilio.post(
        account.webhookUrl,
        inboundForm(ACCOUNT, { sid: 'SMlater', from: FOURTH, to: LINE, body: 'Hello?' }),
      ),
    ).toBe(true);
  });

  it('texts nobody of these again', async () => {
    const { id } = await launch('Autumn');
    await world.until('completed', async () => (await campaignNow(id)).state === 'completed');
    const again = twilio.accepted().filter((text) => text.body.startsWith('Autumn'));
    expect(again.map(({ to }) => to).filter((to) => [LANDLINE, BLOCKED, FIRST, SECOND, THIRD].includes(to))).toEqual(
      [],
    );
  });
});
