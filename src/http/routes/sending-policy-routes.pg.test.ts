import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { togetherBehind } from '../../../test/concurrency.ts';
import { insertAccount, insertContacts, launchTestCampaign } from '../../../test/fixtures.ts';
import { type Client, type HttpWorld, httpWorld } from '../../../test/http-world.ts';
import { registerSendingPolicyRoutes } from './sending-policy-routes.ts';

/** A Tuesday, 10:00 in New York. */
describe('the sending policy', () => {
  let world: HttpWorld;
  let owner: Client;
  beforeAll(async () => {
    world = await httpWorld({ registrars: [registerSendingPolicyRoutes] });
    owner = await world.owner();
  });
  const standard = { preset: 'standard', businessHours: null, blackouts: [], messagesPerDay: 3 };
  const around = {
    tableVersion: '2026-01',
    warnings: [],
    presets: [
      { preset: 'standard', weekday: '09:00-20:00', saturday: '09:00-20:00', sunday: '12:00-20:00', holiday: 'as-day' },
      { preset: 'strict', weekday: '10:00-18:00', saturday: '10:00-17:00', sunday: null, holiday: null },
      {
        preset: 'federal_state',
        weekday: '08:00-21:00',
        saturday: '08:00-21:00',
        sunday: '08:00-21:00',
        holiday: 'as-day',
      },
    ],
  };
  const storm = { state: 'TX', firstDay: '2026-11-17', lastDay: '2026-11-18', reason: 'Ice storm' };
  const officeHours = { startMinute: 540, endMinute: 1_020 };
  const office = { zone: 'America/New_York', days: { 1: officeHours, 2: officeHours } };
  const audits = async () =>
    (
      await sql<{ action: string; actor: string; detail: object }>`
        select action, actor, detail from audit_entry where subject = 'sending_policy' order by at, id`.execute(
        world.database.db,
      )
    ).rows;

  it('is the default until somebody changes it', async () => {
    expect((await owner.get('/v1/sending-policy')).json).toEqual({ ...standard, ...around });
  });

  it('is changed whole, audited with before and after, and told to engine and pages', async () => {
    const topics: string[] = [];
    const heard = Promise.withResolvers<void>();
    const stop = ['engine', 'status'].map((topic) =>
      world.services.live.subscribe(topic, (told) => {
        if (topics.push(told) === 2) heard.resolve();
      }),
    );
    const policy = { preset: 'strict', businessHours: office, blackouts: [storm], messagesPerDay: 1 };
    const answer = await owner.put('/v1/sending-policy', policy);
    expect([answer.status, answer.json]).toMatchObject([200, policy]);
    expect((await owner.get('/v1/sending-policy')).json).toEqual(answer.json);
    await heard.promise;
    for (const end of stop) end();
    expect(topics.sort()).toEqual(['engine', 'status']);
    expect(await audits()).toMatchObject([
      {
        action: 'sending_policy.changed',
        actor: expect.stringMatching(/^user:/),
        detail: { before: standard, after: policy },
      },
    ]);
  });

  it('is changed by two at the same instant one after the other', async () => {
    const lock = sql`lock table setting in share row exclusive mode`;
    const answers = await togetherBehind(world.database.db, lock, [
      () => owner.put('/v1/sending-policy', { ...standard, messagesPerDay: 4 }),
      () => owner.put('/v1/sending-policy', { ...standard, messagesPerDay: 5 }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    const [first, second] = (await audits()).slice(-2) as unknown as { detail: Record<'before' | 'after', object> }[];
    expect(second?.detail.before).toEqual(first?.detail.after);
  });

  it('warns by name of places that it closes for good', async () => {
    const answer = await owner.put('/v1/sending-policy', {
      ...standard,
      blackouts: [{ ...storm, lastDay: '2027-11-17' }],
    });
    expect(answer.json.warnings).toEqual([
      expect.stringContaining('open for Texas, people whose state is not known: campaigns text nobody there'),
    ]);
  });

  it('is refused with what, value and remedy, and nothing changes', async () => {
    await owner.put('/v1/sending-policy', standard);
    const before = await audits();
    const refused = async (change: object) => {
      const answer = await owner.put('/v1/sending-policy', { ...standard, ...change });
      return [answer.status, answer.json.detail, answer.json.errors?.[0].pointer];
    };
    expect(await refused({ messagesPerDay: 0 })).toEqual([
      422,
      'sending policy: messagesPerDay: expected 1 to 20 texts to one person in 24 hours, got 0; to text nobody, pause sending',
      '/messagesPerDay',
    ]);
    expect(await refused({ preset: 'none' })).toMatchObject([422, expect.any(String), '/preset']);
    expect(await refused({ blackouts: [{ ...storm, state: 'XX' }] })).toEqual([
      422,
      'sending policy: blackouts: expected the code of a US state like TX, got "XX"',
      '/blackouts/0/state',
    ]);
    const night = { zone: 'America/New_York', days: { 2: { startMinute: 60, endMinute: 120 } } };
    expect(await refused({ businessHours: night })).toEqual([
      422,
      'sending policy: the business hours Tuesday 01:00-02:00 (America/New_York) and the preset standard leave no hour in which anybody may be texted, in no state. Widen the business hours, choose a wider preset or shorten a blackout',
      '/businessHours/days',
    ]);
    expect(await refused({ holidays: [] })).toMatchObject([422, expect.any(String), '/holidays']);
    expect((await owner.get('/v1/sending-policy')).json).toEqual({ ...standard, ...around });
    expect(await audits()).toEqual(before);
  });

  it('is tried out before it is saved, on any day', async () => {
    const thanksgiving = await owner.post('/v1/sending-policy/preview', {
      policy: { ...standard, businessHours: office },
      day: '2026-11-26',
    });
    expect(thanksgiving.json.data.find((place: { state: string }) => place.state === 'NY')).toMatchObject({
      name: 'New York',
      day: '2026-11-26',
      open: [],
      closedBy: { code: 'business hours', text: 'business hours weekday closed (America/New_York)', because: null },
      opensAt: '2026-11-30T14:00:00Z',
      messagesPerDay: 3,
    });
    const { json } = await owner.post('/v1/sending-policy/preview', {});
    expect(json.data).toHaveLength(57);
    expect(json.data.find((place: { state: string }) => place.state === 'RI').open).toEqual([
      {
        from: '2026-11-17T14:00:00Z',
        to: '2026-11-17T23:00:00Z',
        opensBy: { code: 'RI', text: 'RI weekday 09:00-18:00 (America/New_York)', because: null },
        closesBy: { code: 'RI', text: 'RI weekday 09:00-18:00 (America/New_York)', because: null },
      },
    ]);
    expect((await owner.get('/v1/sending-policy')).json.businessHours).toBeNull();
    const bad = await owner.post('/v1/sending-policy/preview', { day: 'tomorrow' });
    expect([bad.status, bad.json.errors[0].pointer]).toEqual([422, '/day']);
    expect((await owner.post('/v1/sending-policy/preview', { day: '9999-01-01' })).status).toBe(422);
    expect(
      (await owner.post('/v1/sending-policy/preview', { policy: { ...standard, messagesPerDay: 0 } })).status,
    ).toBe(422);
  });

  it('says before it is saved whom of those who wait it would reach', async () => {
    const { db } = world.database;
    const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
    const { laneIds } = await insertAccount(db, world.services, { baseUrl: 'http://x', apiKey: 'k', lanes });
    await insertContacts(db, world.services, [
      { phone: '+16175550171', state: 'MA' },
      { phone: '+12145550172', state: 'TX' },
    ]);
    await launchTestCampaign(db, world.services, { laneIds });
    const policy = { ...standard, blackouts: [storm] };
    const { json } = await owner.post('/v1/sending-policy/preview', { policy });
    expect(json.effect).toEqual({ campaigns: 1, people: 2, otherHours: { campaigns: 1, people: 1 }, noHours: 0 });
    expect((await owner.post('/v1/sending-policy/preview', {})).json.effect.otherHours.people).toBe(0);
  });

  it('answers for one number and instant', async () => {
    const ask = (query: string) => owner.get(`/v1/sending-policy/hours?${query}`);
    expect((await ask('phone=%2B18505550123&at=2026-11-18T01:30:00Z')).json).toEqual({
      at: '2026-11-18T01:30:00Z',
      zone: 'America/New_York',
      zones: ['America/Chicago', 'America/New_York'],
      states: ['FL'],
      open: false,
      closesAt: null,
      opensAt: '2026-11-18T15:00:00Z',
      rule: { code: 'FL', text: 'FL weekday 08:00-20:00 (America/New_York)', because: null },
      tableVersion: '2026-01',
      rulesBeginOn: null,
      messagesPerDay: 3,
    });
    expect((await ask('state=FL&at=2024-11-18T01:30:00Z')).json).toMatchObject({ rulesBeginOn: '2025-01-01' });
    expect((await ask('state=KY')).json).toMatchObject({ open: false, opensAt: '2026-11-17T16:00:00Z' });
    const pointers = [];
    for (const query of ['', 'state=Narnia', 'phone=5', 'state=NY&at=noon'])
      pointers.push((await ask(query)).json.errors[0].pointer);
    expect(pointers).toEqual(['/query/phone', '/query/state', '/query/phone', '/query/at']);
  });
});
