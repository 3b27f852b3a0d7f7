import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { quoHeaders, quoPayload } from '../src/gateways/quo/quo-payloads.ts';
import type { CampaignLive } from '../src/http/contract/campaign-live.ts';
import type { Campaign } from '../src/http/contract/campaigns.ts';
import type { Contact, Import } from '../src/http/contract/contacts.ts';
import type { Conversation, Message } from '../src/http/contract/inbox.ts';
import type { Account } from '../src/http/contract/operations.ts';
import type { Recipient } from '../src/http/contract/recipients.ts';
import type { Page } from '../src/platform/cursor.ts';
import type { Database } from '../src/platform/database.ts';
import { showId, type Uuid } from '../src/platform/ids.ts';
import { seededRandom } from '../src/platform/random.ts';
import { AS_IT_IS, everybodyAgrees } from './fixtures.ts';
import { type RunningWorld, runningWorld } from './running-world.ts';
import { API_KEY, NUMBERS } from './sending-world.ts';
import { testDatabase } from './test-database.ts';

/** The whole way: a CSV goes in, texts go out, receipts and replies come back, a STOP ends it. All over HTTP. */
let database: Database;
let world: RunningWorld;
let account: Account;
let campaign: Campaign;

beforeAll(async () => {
  database = await testDatabase();
  // Half past one in New York: it is past eight for everybody in the file, in Hawaii too.
  world = await runningWorld(database, { startsAt: '2026-11-17T18:30:00Z' });
});

const conversationOf = async (phone: string): Promise<Conversation | undefined> => {
  const { data } = await world.client.get<Page<Conversation>>('/v1/conversations?view=all');
  return data.find((conversation) => conversation.phone === phone);
};
const messagesOf = async (conversation: Conversation): Promise<readonly Message[]> => {
  const { data } = await world.client.get<Page<Message>>(`/v1/conversations/${conversation.id}/messages`);
  return data;
};

describe('from a file to a conversation', () => {
  it('connects an account: the key is tried, its numbers become lanes, its webhook is registered', async () => {
    account = await world.client.send<Account>(
      'POST',
      '/v1/accounts',
      { kind: 'quo', name: 'Office', apiKey: API_KEY, baseUrl: world.sandbox.url },
      'connect',
    );
    expect(account.lanes.map((lane) => lane.phone)).toEqual(NUMBERS.map((number) => number.phone));
    expect(account.webhookRegistered).toBe(true);
    expect(account.environment).toBe('sandbox');
    expect(JSON.stringify(account)).not.toContain(API_KEY);
  });

  it('imports the messy file after a preview that changed nothing', async () => {
    const file = await readFile(join(import.meta.dirname, 'fixtures/contacts-messy.csv'));
    const uploaded = await world.client.upload<Import>('/v1/imports?fileName=contacts-messy.csv', file);
    const previewed = await world.client.send<Import>('POST', `/v1/imports/${uploaded.id}/preview`, {});
    expect(previewed.preview).toMatchObject({ rows: 1500, newContacts: 1304, mergedRows: 98, refusedRows: 98 });
    expect(await world.client.get('/v1/contacts/count')).toEqual({ count: 0, atLeast: false });
    await world.client.send('POST', `/v1/imports/${uploaded.id}/commit`, {}, 'commit-1');
    const done = await world.until('imported', async () => {
      const current = await world.client.get<Import>(`/v1/imports/${uploaded.id}`);
      return (current.state === 'completed' || current.state === 'failed') && current;
    });
    expect(done.result).toEqual({
      rows: 1500,
      created: 1304,
      updated: 0,
      unchanged: 0,
      merged: 98,
      refused: 98,
      erased: 0,
      consents: null,
    });
    expect(await world.client.get('/v1/contacts/count')).toEqual({ count: 1304, atLeast: false });
    await everybodyAgrees(database.db);
  });

  it('launches a campaign that texts exactly those it said it would', async () => {
    const draft = await world.client.send<Campaign>(
      'POST',
      '/v1/campaigns',
      {
        name: 'Boston estimates',
        audience: { cities: ['Boston'], tags: ['estimate'] },
        variants: [
          { label: 'A', weight: 1, body: 'Hi {first_name|there}, still need that estimate? Reply STOP to opt out.' },
        ],
        laneIds: account.lanes.map((lane) => lane.id),
      },
      'create-1',
    );
    const preview = await world.client.send<{ textable: number; matched: number }>('POST', '/v1/audiences/preview', {
      audience: draft.audience,
    });
    campaign = await world.client.send<Campaign>(
      'POST',
      `/v1/campaigns/${draft.id}/launch`,
      { revision: draft.revision, acknowledgement: AS_IT_IS.reason },
      'launch-1',
    );
    const live = await world.until('completed', async () => {
      const now = await world.client.get<CampaignLive>(`/v1/campaigns/${draft.id}/live`);
      return now.campaign.state === 'completed' && now;
    });
    expect(preview.textable).toBeGreaterThan(5);
    expect(live.campaign.totals.enrolled).toBe(preview.matched);
    expect(world.sandbox.accepted()).toHaveLength(preview.textable);
    await world.until(
      'delivered',
      async () => (await world.client.get<Campaign>(`/v1/campaigns/${draft.id}`)).totals.delivered === preview.textable,
    );
  });

  it('launching again under the same key is the same launch; under another it is refused with the state', async () => {
    const again = await world.client.send<Campaign>(
      'POST',
      `/v1/campaigns/${campaign.id}/launch`,
      { revision: campaign.revision, acknowledgement: AS_IT_IS.reason },
      'launch-1',
    );
    expect(again.id).toBe(campaign.id);
    await expect(
      world.client.send(
        'POST',
        `/v1/campaigns/${campaign.id}/launch`,
        { revision: campaign.revision, acknowledgement: AS_IT_IS.reason },
        'launch-2',
      ),
    ).rejects.toThrow(/is completed and cannot be launched/);
  });

  it('links a reply to its campaign text and lets a person answer it', async () => {
    const phone = world.sandbox.accepted()[0]?.to ?? '';
    const lane = world.sandbox.accepted()[0]?.from ?? '';
    await world.sandbox.personTexts({ from: phone, to: lane, text: 'How much would it be?' });
    const conversation = await world.until('in the inbox', () => conversationOf(phone));
    expect(conversation.unread).toBe(1);
    expect(conversation.waitingSince).not.toBeNull();
    const recipients = await world.client.get<Page<Recipient>>(`/v1/campaigns/${campaign.id}/recipients?limit=200`);
    expect(recipients.data.find((recipient) => recipient.phone === phone)?.repliedAt).not.toBeNull();
    await world.client.send(
      'POST',
      `/v1/conversations/${conversation.id}/messages`,
      { text: 'About $400. Shall we come by?' },
      'reply-1',
    );
    await world.until('answered', async () =>
      world.sandbox.accepted().some((text) => text.to === phone && text.text.startsWith('About $400')),
    );
    await world.until('not waiting', async () => (await conversationOf(phone))?.waitingSince === null);
  });

  it('a STOP is in force when its webhook is answered, ends what waits for that number, and is confirmed once', async () => {
    const [, , second] = world.sandbox.accepted();
    const phone = second?.to ?? '';
    const other = await world.client.send<Campaign>(
      'POST',
      '/v1/campaigns',
      {
        name: 'Later',
        audience: { cities: ['Boston'], tags: ['estimate'] },
        variants: [{ label: 'A', weight: 1, body: 'Once more? STOP to opt out.' }],
        laneIds: account.lanes.map((lane) => lane.id),
      },
      'create-2',
    );
    await world.client.send('POST', '/v1/sending/pause', { reason: 'test' });
    await world.client.send(
      'POST',
      `/v1/campaigns/${other.id}/launch`,
      { revision: other.revision, acknowledgement: AS_IT_IS.reason },
      'launch-later',
    );
    const said = await world.sandbox.personTexts({ from: phone, to: second?.from ?? '', text: ' Stop!! ' });
    await world.until(
      'the webhook is answered',
      async () => world.sandbox.inbound().find((text) => text.id === said.id)?.answeredAt !== undefined,
    );
    const { rows } = await sql<{ state: string; reason: string }>`
      select e.state, e.skip_reason as reason from enrollment e join campaign c on c.id = e.campaign_id
      where e.phone = ${phone} and c.name = 'Later'`.execute(database.db);
    expect(rows).toEqual([{ state: 'skipped', reason: 'opted_out' }]);
    await world.client.send('POST', '/v1/sending/resume', {});
    const conversation = await world.until('in the inbox', () => conversationOf(phone));
    const confirmation = await world.until('confirmed', async () =>
      (await messagesOf(conversation)).find(
        (message) => message.purpose === 'opt_out_confirmation' && message.state !== 'pending',
      ),
    );
    expect(confirmation.text).toContain('Acme Concrete');
    await world.sandbox.personTexts({ from: phone, to: second?.from ?? '', text: 'STOP' });
    await world.until(
      'later campaign over',
      async () => (await world.client.get<Campaign>(`/v1/campaigns/${other.id}`)).state === 'completed',
    );
    await world.until(
      'both stored',
      async () => (await messagesOf(conversation)).filter((message) => message.direction === 'inbound').length === 2,
    );
    expect(
      (await messagesOf(conversation)).filter((message) => message.purpose === 'opt_out_confirmation'),
    ).toHaveLength(1);
    expect(world.sandbox.accepted().filter((text) => text.to === phone && text.text.startsWith('Once more'))).toEqual(
      [],
    );
  });

  it('refuses to answer someone who has opted out, and START lifts it', async () => {
    const phone = world.sandbox.accepted()[2]?.to ?? '';
    const conversation = await world.until('found', () => conversationOf(phone));
    await expect(
      world.client.send('POST', `/v1/conversations/${conversation.id}/messages`, { text: 'But wait' }, 'reply-2'),
    ).rejects.toThrow(/opted out|asked not/i);
    await world.sandbox.personTexts({ from: phone, to: world.sandbox.accepted()[2]?.from ?? '', text: 'start' });
    await world.until('lifted', async () => {
      const { data } = await world.client.get<Page<Contact>>(`/v1/contacts?search=${encodeURIComponent(phone)}`);
      return data[0]?.suppressed === null;
    });
    const audit = await sql<{
      action: string;
    }>`select action from audit_entry where phone = ${phone} order by at, id`.execute(database.db);
    expect(audit.rows.map((row) => row.action)).toEqual([
      'number.suppressed',
      'number.suppressed_again',
      'number.opted_in',
    ]);
  });

  it('answers HELP with who we are, once', async () => {
    const target = world.sandbox.accepted()[3];
    await world.sandbox.personTexts({ from: target?.to ?? '', to: target?.from ?? '', text: 'HELP' });
    await world.sandbox.personTexts({ from: target?.to ?? '', to: target?.from ?? '', text: 'help!' });
    await world.until('answered', async () =>
      world.sandbox
        .accepted()
        .some(
          (text) =>
            text.to === target?.to &&
            text.text.includes('Acme Concrete') &&
            text.id !== target?.id &&
            /STOP/.test(text.text),
        ),
    );
    const { rows } = await sql<{ n: number }>`select count(*) as n from message where purpose = 'help'`.execute(
      database.db,
    );
    expect(rows[0]?.n).toBe(1);
  });
});

describe('a webhook', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${world.url}/webhooks/quo/${account.id}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('without a signature, or with a wrong one, is refused and changes nothing', async () => {
    const body = JSON.stringify({
      id: 'EVforged',
      object: 'event',
      apiVersion: 'v4',
      createdAt: '2026-11-17T15:00:00Z',
      type: 'message.received',
      data: {
        object: {
          id: 'ACforged',
          object: 'message',
          from: '+16175550100',
          to: '+16175550001',
          direction: 'incoming',
          text: 'STOP',
          status: 'received',
          createdAt: '2026-11-17T15:00:00Z',
          phoneNumberId: 'PNtest01',
        },
      },
    });
    expect((await post(body)).status).toBe(401);
    const forged = await post(body, {
      'openphone-signature': `hmac;1;${world.clock.now().epochMilliseconds};${Buffer.from('x'.repeat(32)).toString('base64')}`,
    });
    expect(forged.status).toBe(401);
    expect((await forged.json()) as object).toMatchObject({ status: 401, type: expect.stringContaining('problem') });
    const { rows } = await sql`
      select 1 from gateway_event where event_id = 'EVforged' union all select 1 from suppression where phone = '+16175550100'`.execute(
      database.db,
    );
    expect(rows).toEqual([]);
  });

  it('for an account that does not exist is a 404, and one that is too large a 413', async () => {
    const unknown = await fetch(`${world.url}/webhooks/quo/acc_${'0'.repeat(32)}`, { method: 'POST', body: '{}' });
    expect(unknown.status).toBe(404);
    expect((await post('x'.repeat(1_100_000))).status).toBe(413);
    await world.until('counted with its account', async () => {
      const { rows } = await sql<{ id: Uuid | null }>`
        select account_id as id from webhook_source where outcome = 'too_large'`.execute(database.db);
      return rows.some(({ id }) => id !== null && showId('account', id) === account.id);
    });
  });

  it.each([
    ['of the sandbox', () => `/webhooks/sandbox/${account.id}`],
    ['of the only account, as older programs have it', () => '/api/webhooks/openphone'],
    ['with a slash at its end', () => `/webhooks/quo/${account.id}/`],
    ['of the only account with a slash at its end', () => '/api/webhooks/openphone/?x=1'],
  ])('may be sent to the address %s', async (what, path) => {
    const at = world.clock.now();
    const { rows } = await sql<{ sealed: readonly string[] }>`
      select webhook_secrets_sealed as sealed from gateway_account`.execute(database.db);
    const made = { type: 'message.received', generation: 'v4', random: seededRandom(what.length) } as const;
    const payload = quoPayload({ ...made, at, from: '+16175550177', to: [NUMBERS[0]?.phone ?? ''], text: 'Hi' });
    const headers = quoHeaders(payload, { secret: world.secrets.open(rows[0]?.sealed[0] ?? ''), at });
    const answer = await fetch(world.url + path(), { method: 'POST', body: payload.body, headers });
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true, repeated: false }]);
  });
});
