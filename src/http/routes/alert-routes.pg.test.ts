import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mailReceiver, pagerDutyReceiver } from '../../../test/alert-receivers.ts';
import { type Client, type HttpWorld, httpWorld, PASSWORD } from '../../../test/http-world.ts';
import { raiseAlert, resolveAlert } from '../../alerts/raise-alert.ts';
import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import { registerAlertRoutes } from './alert-routes.ts';

const KEY = 'R0123456789abcdef0123456789abcde';
const mail = await mailReceiver();
const pagerDuty = await pagerDutyReceiver();
const env = { SMTP_URL: mail.url, MAIL_FROM: 'Textwright <texts@example.com>', PAGERDUTY_URL: pagerDuty.url };
const SETTINGS = { recipients: [], minimumSeverity: 'warning', quietHours: null };

let world: HttpWorld;
let owner: Client;
beforeAll(async () => {
  world = await httpWorld({ registrars: [registerAlertRoutes], env });
  owner = await world.owner();
});
beforeEach(async () => {
  await sql`truncate alert, alert_delivery`.execute(world.database.db);
  mail.mails.length = 0;
  pagerDuty.events.length = 0;
});

const raise = (subject: string) =>
  runTx(world.database.db, (tx) =>
    raiseAlert(tx, world.services, {
      kind: 'lane_paused',
      subject,
      headline: `Office: paused ${subject}`,
      summary: 'Resume it',
      link: '/settings/numbers',
    }),
  );

async function memberOf(role: string): Promise<Client> {
  const email = `${role}@example.com`;
  await owner.post('/v1/users', { name: role, email, role, password: PASSWORD });
  const client = world.client();
  expect((await client.post('/v1/sign-in', { email, password: PASSWORD })).status).toBe(200);
  return client;
}

describe('alerts over the API', () => {
  it('are listed newest first, page by page, with their notices', async () => {
    for (const subject of ['lane:a', 'lane:b', 'lane:c']) {
      await raise(subject);
      await world.clock.advance(1_000);
    }
    await runTx(world.database.db, (tx) =>
      resolveAlert(tx, world.services, { kind: 'lane_paused', subject: 'lane:b' }),
    );
    const first = await owner.get('/v1/alerts?limit=2');
    const second = await owner.get(`/v1/alerts?limit=2&cursor=${first.json.nextCursor}`);
    const headlines = [...first.json.data, ...second.json.data].map((alert: { headline: string }) => alert.headline);
    expect(headlines).toEqual(['Office: paused lane:c', 'Office: paused lane:b', 'Office: paused lane:a']);
    expect(second.json.nextCursor).toBeNull();
    expect(first.json.data[0].notices).toMatchObject([{ channel: 'mail', event: 'trigger', state: 'waiting' }]);
    expect((await owner.get('/v1/alerts?state=open')).json.data).toHaveLength(2);
    expect((await owner.get('/v1/alerts?state=resolved')).json.data).toHaveLength(1);
    expect((await owner.get('/v1/status')).json.openAlerts).toBe(2);
  });

  it('are acknowledged once, by name, while they are open', async () => {
    await raise('lane:a');
    const [alert] = (await owner.get('/v1/alerts')).json.data;
    const path = `/v1/alerts/${alert.id}/acknowledge`;
    expect(await owner.post(path)).toMatchObject({ status: 200, json: { acknowledgedBy: 'Olivia Owner' } });
    expect(await owner.post(path)).toMatchObject({ status: 409, json: { state: 'acknowledged' } });
    await runTx(world.database.db, (tx) =>
      resolveAlert(tx, world.services, { kind: 'lane_paused', subject: 'lane:a' }),
    );
    expect(await owner.post(path)).toMatchObject({ status: 409, json: { state: 'resolved' } });
    const nobody = showId('alert', '00000000-0000-7000-8000-000000000009');
    expect((await owner.post(`/v1/alerts/${nobody}/acknowledge`)).status).toBe(404);
    const { rows } = await sql`select actor from audit_entry where action = 'alert.acknowledged'`.execute(
      world.database.db,
    );
    expect(rows).toHaveLength(1);
  });

  it('are for those who may mend what is wrong, and who is told is for owners', async () => {
    const manager = await memberOf('manager');
    const agent = await memberOf('agent');
    await raise('lane:a');
    const asked = async (client: Client) => [
      (await client.get('/v1/alerts')).status,
      (await client.get('/v1/alert-settings')).status,
      (await client.put('/v1/alert-settings', SETTINGS)).status,
      (await client.post('/v1/alerts/test')).status,
    ];
    expect(await asked(world.client())).toEqual([401, 401, 401, 401]);
    expect(await asked(agent)).toEqual([403, 403, 403, 403]);
    expect(await asked(manager)).toEqual([200, 403, 403, 403]);
    expect(await asked(owner)).toEqual([200, 200, 200, 200]);
    const { id } = (await manager.get('/v1/alerts')).json.data[0];
    expect((await agent.post(`/v1/alerts/${id}/acknowledge`)).status).toBe(403);
    expect((await manager.post(`/v1/alerts/${id}/acknowledge`)).status).toBe(200);
  });
});

describe('alert settings over the API', () => {
  it('begin with the owners, and keep what is set', async () => {
    expect((await owner.get('/v1/alert-settings')).json).toEqual({
      ...SETTINGS,
      owners: ['olivia@example.com'],
      mailFrom: 'Textwright <texts@example.com>',
      pagerDutyKeySet: false,
    });
    const next = {
      recipients: ['dana@example.com'],
      minimumSeverity: 'error',
      quietHours: { startMinute: 1_320, endMinute: 420 },
    };
    expect(await owner.put('/v1/alert-settings', next)).toMatchObject({ status: 200, json: next });
    expect((await owner.get('/v1/alert-settings')).json).toMatchObject(next);
    await owner.put('/v1/alert-settings', SETTINGS);
  });

  it('take a key and never show it; it stays when it is left out and goes with null', async () => {
    const set = await owner.put('/v1/alert-settings', { ...SETTINGS, pagerDutyKey: KEY });
    const left = await owner.put('/v1/alert-settings', SETTINGS);
    expect([set.json.pagerDutyKeySet, left.json.pagerDutyKeySet]).toEqual([true, true]);
    const { rows } = await sql<{ everything: string }>`
      select (select jsonb_agg(to_jsonb(s)) from setting s)::text || (select jsonb_agg(to_jsonb(a)) from audit_entry a)::text
        || coalesce((select jsonb_agg(to_jsonb(i)) from idempotency_key i)::text, '') as everything`.execute(
      world.database.db,
    );
    const said = JSON.stringify([set.json, left.json, (await owner.get('/v1/alert-settings')).json]);
    expect(`${said}${rows[0]?.everything}${world.logLines.join('')}`).not.toContain(KEY);
    expect((await owner.put('/v1/alert-settings', { ...SETTINGS, pagerDutyKey: null })).json.pagerDutyKeySet).toBe(
      false,
    );
  });

  it('refuse an address that is none, and change nothing', async () => {
    const refused = await owner.put('/v1/alert-settings', { ...SETTINGS, recipients: ['dana'] });
    expect(refused).toMatchObject({ status: 422, json: { errors: [{ pointer: '/recipients/0' }] } });
    expect((await owner.get('/v1/alert-settings')).json.recipients).toEqual([]);
  });
});

describe('a test alert', () => {
  it('goes through every channel at once, and tells how each took it', async () => {
    await owner.put('/v1/alert-settings', { ...SETTINGS, pagerDutyKey: KEY });
    const answer = await owner.post('/v1/alerts/test', undefined, { 'idempotency-key': 'one' });
    expect(answer.json.data).toEqual([
      { channel: 'mail', ok: true, detail: 'olivia@example.com' },
      { channel: 'pagerduty', ok: true, detail: new URL(pagerDuty.url).host },
    ]);
    expect(mail.mails[0]?.raw).toContain('A test of the alerts, asked for by Olivia Owner');
    expect(pagerDuty.events.map((event) => event.event_action)).toEqual(['trigger', 'resolve']);
    await owner.post('/v1/alerts/test', undefined, { 'idempotency-key': 'one' });
    expect(mail.mails).toHaveLength(1);
    expect((await owner.get('/v1/alerts')).json.data).toEqual([]);
    await owner.put('/v1/alert-settings', { ...SETTINGS, pagerDutyKey: null });
  });

  it('shows what a mail server that is away says', async () => {
    await mail.goAway();
    const [outcome] = (await owner.post('/v1/alerts/test')).json.data;
    await mail.comeBack();
    expect(outcome).toMatchObject({ channel: 'mail', ok: false });
    expect(outcome.detail).toContain('ECONNREFUSED');
  });
});

describe('metrics', () => {
  it('count open alerts and undelivered notices', async () => {
    await raise('lane:a');
    await raise('lane:b');
    const text = (await owner.get('/metrics')).json;
    expect(text).toContain('textwright_alerts_open{kind="lane_paused",severity="error"} 2');
    expect(text).toContain('textwright_alert_notices_undelivered{channel="mail",state="waiting"} 2');
  });
});
