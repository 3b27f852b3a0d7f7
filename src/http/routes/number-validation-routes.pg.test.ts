import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { FAKE_KEYS, fakeNumverify } from '../../../test/fake-validators.ts';
import { httpWorld } from '../../../test/http-world.ts';
import { parseConfig } from '../../platform/config.ts';
import { createLog } from '../../platform/log.ts';
import { resumeBatches } from '../../validation/validation-jobs.ts';
import { registerContactRoutes } from './contact-routes.ts';
import { registerNumberValidationRoutes } from './number-validation-routes.ts';

const world = await httpWorld({ registrars: [registerNumberValidationRoutes, registerContactRoutes] });
const owner = await world.owner();
const fake = await fakeNumverify();
fake.numbers.set('16175553001', { valid: true, lineType: 'landline' });
for (const phone of ['+16175553001', '+16175553002', '+16175553003']) await owner.post('/v1/contacts', { phone });

const PATH = '/v1/number-validation';
const BATCHES = `${PATH}/batches`;
const EXCLUDES = { landline: true, voip: false, tollFree: true, invalid: true, unverified: false };
const ALLOWED = { monthlyQuota: 100, requestsPerSecond: 10 };
const SETTINGS = {
  importMode: 'optional',
  excludes: EXCLUDES,
  maxAgeDays: 30,
  revalidate: false,
  validators: { numverify: { ...ALLOWED, key: FAKE_KEYS.numverify }, twilio: ALLOWED },
};

const work = (): Promise<void> =>
  resumeBatches(
    {
      ...world.services,
      config: parseConfig({ NUMVERIFY_URL: fake.url }, '/'),
      log: createLog({ level: 'silent' }),
    },
    new AbortController().signal,
  );

describe('settings over HTTP', () => {
  it('are shown without keys, and changed', async () => {
    expect((await owner.get(PATH)).json).toMatchObject({
      importMode: 'off',
      excludes: EXCLUDES,
      contacts: 3,
      unverifiedContacts: 3,
      validators: [
        { name: 'numverify', keySet: false, monthlyQuota: 100, askedThisMonth: 0, block: null },
        { name: 'twilio', keySet: false },
      ],
    });
    const changed = await owner.put(PATH, SETTINGS);
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ importMode: 'optional', validators: [{ keySet: true }, { keySet: false }] });
    expect(JSON.stringify(changed.json)).not.toContain(FAKE_KEYS.numverify);
    const again = await owner.put(PATH, { ...SETTINGS, validators: { numverify: ALLOWED, twilio: ALLOWED } });
    expect(again.json.validators[0].keySet).toBe(true);
  });

  it.each([
    ['/maxAgeDays', { maxAgeDays: 0 }],
    [
      '/validators/numverify/monthlyQuota',
      { validators: { numverify: { ...ALLOWED, monthlyQuota: -1 }, twilio: ALLOWED } },
    ],
    [
      '/validators/twilio/requestsPerSecond',
      { validators: { numverify: ALLOWED, twilio: { ...ALLOWED, requestsPerSecond: 0 } } },
    ],
    ['/validators/twilio/key', { validators: { numverify: ALLOWED, twilio: { ...ALLOWED, key: 'half-a-secret' } } }],
  ])('are refused at %s', async (pointer, change) => {
    const refused = await owner.put(PATH, { ...SETTINGS, ...change });
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toEqual([expect.objectContaining({ pointer })]);
    expect(JSON.stringify(refused.json)).not.toContain('half-a-secret');
  });
});

describe('batches over HTTP', () => {
  it('are started once per Idempotency-Key, worked on, and read; a policy shows its effect before it is saved', async () => {
    const made = await owner.post(BATCHES, {}, { 'idempotency-key': 'all' });
    expect(made.status).toBe(202);
    expect(made.json).toMatchObject({ source: 'contacts', state: 'open', total: 3, done: 0, wait: null });
    expect((await owner.post(BATCHES, {}, { 'idempotency-key': 'all' })).json).toEqual(made.json);
    expect((await owner.post(BATCHES, {})).status).toBe(409);
    await work();
    const done = (await owner.get(`${BATCHES}/${made.json.id}`)).json;
    expect(done).toMatchObject({
      state: 'completed',
      done: 3,
      asked: 3,
      outcomes: { mobile: 2, landline: 1, voip: 0 },
    });
    expect((await owner.get(BATCHES)).json).toEqual({ data: [done], nextCursor: null });
    expect((await owner.get(PATH)).json).toMatchObject({
      unverifiedContacts: 0,
      validators: [{ askedThisMonth: 3 }, {}],
    });

    const numbers = (query: string) => owner.get(`${BATCHES}/${made.json.id}/numbers${query}`);
    expect((await numbers('?outcome=landline')).json).toMatchObject({
      data: [
        {
          phone: '+16175553001',
          contact: { name: '+16175553001' },
          ...{ outcome: 'landline', knownBy: 'validator', answer: { lineType: 'landline', validator: 'numverify' } },
        },
      ],
      nextCursor: null,
    });
    expect((await numbers('?outcome=waiting')).json.data).toEqual([]);
    const first = (await numbers('?limit=2')).json;
    expect(first.data).toMatchObject([{ phone: '+16175553001' }, { phone: '+16175553002' }]);
    const last = (await numbers(`?limit=2&cursor=${first.nextCursor}`)).json;
    expect(last).toMatchObject({ data: [{ phone: '+16175553003', outcome: 'mobile' }], nextCursor: null });
    const file = await owner.get(`${BATCHES}/${made.json.id}/export?outcome=mobile`);
    expect(file.json.split('\r\n').map((line: string) => line.split(',').slice(0, 5).join())).toEqual([
      'phone,first_name,last_name,company,outcome',
      '+16175553002,,,,mobile',
      '+16175553003,,,,mobile',
      '',
    ]);
    const { rows: taken } = await sql`
      select subject, detail from audit_entry where action = 'number_validation.exported'`.execute(world.database.db);
    expect(taken).toEqual([{ subject: made.json.id, detail: { outcome: 'mobile' } }]);

    const effect = await owner.post(`${PATH}/preview`, { excludes: { ...EXCLUDES, landline: false }, maxAgeDays: 30 });
    expect(effect.json).toMatchObject({ newlyLeftOut: 0, newlyTextable: 1 });
    expect(effect.json.rules).toContainEqual({
      code: 'number_landline',
      sentence: 'A landline, says the service that was asked',
      before: 1,
      after: 0,
    });
    expect((await owner.get(PATH)).json.excludes).toEqual(EXCLUDES);
  });

  it('are cancelled while they are open, and only then', async () => {
    await owner.post('/v1/contacts', { phone: '+16175553009' });
    const made = await owner.post(BATCHES, {});
    const cancel = () => owner.post(`${BATCHES}/${made.json.id}/cancel`, undefined);
    expect((await cancel()).json).toMatchObject({ state: 'cancelled' });
    expect((await cancel()).status).toBe(409);
    const unknown = `${BATCHES}/val_${'0'.repeat(32)}`;
    for (const path of ['', '/numbers', '/export']) expect((await owner.get(`${unknown}${path}`)).status).toBe(404);
    const waits = await owner.get(`${BATCHES}/${made.json.id}/numbers?outcome=waiting`);
    expect(waits.json.data).toMatchObject([{ phone: '+16175553009', outcome: null, knownBy: null, answer: null }]);
  });
});
