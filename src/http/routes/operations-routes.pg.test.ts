import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, type HttpWorld, httpWorld } from '../../../test/http-world.ts';
import { showTopic } from './operations-routes.ts';

describe('operations', () => {
  let world: HttpWorld;
  let owner: Client;
  beforeAll(async () => {
    world = await httpWorld();
    owner = await world.owner();
  });
  const actions = async () =>
    (
      await sql<{
        action: string;
      }>`select action from audit_entry where subject in ('sending', 'business') order by at, id`.execute(
        world.database.db,
      )
    ).rows.map((row) => row.action);

  it('show an empty system', async () => {
    const home = (await owner.get('/v1/home')).json;
    expect(home).toMatchObject({
      checklist: { lane: false, contacts: false, campaign: false },
      today: { day: '2026-11-17', sent: 0, cap: 0, delivered: 0, failed: 0, replied: 0, optedOut: 0 },
      waiting: [],
      campaigns: [],
      contacts: 0,
    });
    expect(home.trend).toHaveLength(30);
    expect((await owner.get('/v1/status')).json).toEqual({
      environment: 'none',
      clock: { now: '2026-11-17T15:00:00Z', factor: 1, zone: 'America/New_York' },
      sending: { state: 'running', reason: null },
      unread: 0,
      openAlerts: 0,
      attention: [],
      version: '0.0.0-test',
    });
  });

  it('stop all sending once, whoever asks again, and let it go on', async () => {
    const stopped = await owner.post('/v1/sending/pause', { reason: 'Wrong price in the text' });
    expect(stopped.json.sending).toEqual({ state: 'paused', reason: 'Wrong price in the text' });
    expect(stopped.json.attention[0]).toMatchObject({ kind: 'sending_paused' });
    const again = await owner.post('/v1/sending/pause', {});
    expect(again.json.sending.reason).toBe('Wrong price in the text');
    expect((await owner.post('/v1/sending/resume')).json.sending).toEqual({ state: 'running', reason: null });
    expect((await owner.post('/v1/sending/pause', {})).json.sending.reason).toBe('Paused by Olivia Owner');
    await owner.post('/v1/sending/resume');
    expect(await actions()).toEqual(['sending.paused', 'sending.resumed', 'sending.paused', 'sending.resumed']);
  });

  it('change the business', async () => {
    const business = {
      name: 'Dry Basements',
      zone: 'America/Chicago',
      phone: '(617) 555-0100',
      email: 'us@example.com',
    };
    expect((await owner.put('/v1/business', business)).json).toEqual(business);
    expect((await owner.get('/v1/business')).json).toEqual(business);
    expect((await owner.get('/v1/me')).json.business).toEqual({ name: 'Dry Basements', zone: 'America/Chicago' });
    const refused = await owner.put('/v1/business', { ...business, zone: 'Chicago' });
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, '/zone']);
    expect(await actions()).toContain('business.changed');
  });
});

describe('a topic', () => {
  const uuid = '0193f6c2-a1b4-7c3d-8e5f-60718293a4b5';
  it.each([
    ['inbox', 'inbox'],
    [`campaign:${uuid}`, 'campaign:cmp_0193f6c2a1b47c3d8e5f60718293a4b5'],
    [`import:${uuid}`, 'import:imp_0193f6c2a1b47c3d8e5f60718293a4b5'],
    ['something:else', 'something:else'],
  ])('%s is shown as %s', (topic, shown) => expect(showTopic(topic)).toBe(shown));
});
