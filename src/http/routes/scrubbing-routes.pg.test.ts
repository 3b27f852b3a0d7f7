import { sql } from 'kysely';
import { beforeEach, expect, it } from 'vitest';
import { dncWorld } from '../../../test/dnc-world.ts';
import { fakeBlacklistAlliance, fakeDncScrub, SCRUB_KEY } from '../../../test/fake-scrubs.ts';
import { insertContacts, testPhones } from '../../../test/fixtures.ts';
import { httpWorld } from '../../../test/http-world.ts';
import { checkEligibility } from '../../audiences/why-left-out.ts';
import { parseId } from '../../platform/ids.ts';
import { DAY_MS, instant, MINUTE_MS } from '../../platform/time.ts';
import { resumeScrub, scrubNightly } from '../../scrubbing/scrub-jobs.ts';
import { scrubOpener } from '../../scrubbing/scrub-settings.ts';
import { type WorkScrubDeps, workScrub } from '../../scrubbing/work-scrub.ts';
import { registerDncRoutes } from './dnc-routes.ts';
import { registerScrubbingRoutes } from './scrubbing-routes.ts';

const first = await fakeBlacklistAlliance();
const second = await fakeDncScrub();
const env = { BLACKLIST_ALLIANCE_URL: first.url, DNCSCRUB_URL: second.url, SCRUB_NETWORKS: '127.0.0.1' };
const world = await httpWorld({ env, registrars: [registerScrubbingRoutes, registerDncRoutes] });
const { services, clock, database } = world;
const { db } = database;
const owner = await world.owner();
const signal = new AbortController().signal;
const never = instant('2030-01-01T00:00:00Z');
const PLENTY = { monthlyQuota: 1_000_000, requestsPerSecond: 100, nightly: false };

const choose = (more: object = {}) =>
  owner.put('/v1/scrubbing', { service: 'blacklist_alliance', key: SCRUB_KEY, ...PLENTY, ...more });
const start = async (audience: object = { all: true }): Promise<string> => {
  const started = await owner.post('/v1/scrubbing/batches', { audience });
  expect(started.status).toBe(202);
  return parseId('scrub', started.json.id) ?? '';
};
const work = (batchId: string, more: Partial<WorkScrubDeps> = {}): Promise<void> =>
  workScrub({ ...services, db, openScrub: scrubOpener(services), ...more }, { batchId, until: never, signal });
const newest = async () => (await owner.get('/v1/scrubbing/batches')).json.data[0];
/** The first rule that leaves a number out, with what it looked at. */
const verdict = async (phone: string) => {
  const { rows } = await sql<{ id: string }>`select id from contact where phone = ${phone}`.execute(db);
  const checks = await checkEligibility(db, { contactId: rows[0]?.id ?? '', now: clock.now() });
  if (!checks.ok) throw new Error(checks.error.message);
  return checks.value.find(({ forbids }) => forbids);
};
const code = async (phone: string): Promise<string | undefined> => (await verdict(phone))?.code;

/** +16175550000 to +16175550004, and one of Texas. */
const [CLEAN = '', NATION = '', COURT = '', SILENT = '', ODD = ''] = testPhones(5);
const TEXAN = '+12145550100';
const digits = (phone: string): string => phone.slice(2);

beforeEach(async () => {
  await sql`truncate contact, dnc_list, dnc_version, dnc_block, scrubbed_number, scrub_batch, validator_budget cascade`.execute(
    db,
  );
  await sql`delete from setting where key = 'scrubbing'`.execute(db);
  for (const fake of [first, second]) {
    fake.asked.length = 0;
    fake.listed.clear();
    fake.silent.clear();
    fake.trouble = undefined;
  }
  await insertContacts(
    db,
    services,
    [CLEAN, NATION, COURT, SILENT, ODD, TEXAN].map((phone) => ({ phone })),
  );
});

it.each([
  [
    'blacklist_alliance',
    first,
    { nation: 'federal-dnc', court: 'prelitigation1,federal-dnc', state: 'state-dnc', odd: 'something-new' },
  ],
  [
    'dncscrub',
    second,
    { nation: 'D|National (USA) 2003-06-01;;;', court: 'D|Litigator', state: 'L|', odd: 'D|Internal' },
  ],
] as const)('answers of %s become entries of lists, each with its version and age', async (service, fake, words) => {
  expect(await choose({ service })).toMatchObject({ status: 200, json: { keySet: true, unansweredContacts: 6 } });
  for (const [phone, said] of [
    [NATION, words.nation],
    [COURT, words.court],
    [TEXAN, words.state],
    [ODD, words.odd],
  ] as const)
    fake.listed.set(digits(phone), said);
  fake.silent.add(digits(SILENT));
  const id = await start();
  expect(await code(CLEAN)).toBe('do_not_call_stale');
  await work(id);
  expect(await newest()).toMatchObject({ state: 'completed', total: 6, listed: 4, clean: 1, unknown: 1 });
  expect(fake.asked.map((numbers) => numbers.length)).toEqual([6, 1]);
  expect(await code(CLEAN)).toBeUndefined();
  expect(await verdict(NATION)).toMatchObject({ code: 'do_not_call_registry', inputs: { dataOf: '2026-11-17' } });
  expect([await code(COURT), await code(ODD)]).toEqual(['do_not_call', 'do_not_call']);
  expect(await verdict(TEXAN)).toMatchObject({
    code: 'do_not_call_registry',
    inputs: { list: expect.stringMatching(/TX$/) },
  });
  expect((await owner.get(`/v1/dnc-check?phone=${digits(NATION)}`)).json.scrubbed).toMatchObject([
    {
      service,
      checkedAt: '2026-11-17T15:00:00Z',
      codes: words.nation.includes('|') ? 'D: National (USA) 2003-06-01;;;' : 'federal-dnc',
    },
  ]);
  // Of whom it says nothing, nothing follows.
  expect(await verdict(SILENT)).toMatchObject({ code: 'do_not_call_stale', inputs: { dataOf: null } });
  const { data } = (await owner.get('/v1/dnc-lists')).json;
  const kinds = (data as { kind: string; state: string | null; age: string; service: string }[]).map(
    (list) => `${list.kind} ${list.state} ${list.age} ${list.service}`,
  );
  expect(kinds.sort()).toEqual([
    `custom null current ${service}`,
    `litigator null current ${service}`,
    `national null current ${service}`,
    `state TX current ${service}`,
  ]);
  const national = (data as { id: string; kind: string }[]).find(({ kind }) => kind === 'national');
  expect((await owner.get(`/v1/dnc-lists/${national?.id}/versions`)).json.data).toMatchObject([
    { state: 'in_force', lines: 5, fileName: expect.stringContaining('about all contacts') },
  ]);
  const upload = await dncWorld(db, services).upload(parseId('dncList', national?.id ?? '') ?? '', '6175550123\n');
  expect(upload).toMatchObject({ ok: false, error: { message: expect.stringContaining('filled by a service') } });
  expect(world.logLines.join('')).not.toContain(SCRUB_KEY);
});

it('an answer counts for 31 days and no longer, and a newer one takes a number off a list', async () => {
  await choose({ nightly: true });
  first.listed.set(digits(NATION), 'federal-dnc');
  await work(await start());
  await clock.advance(24 * DAY_MS);
  await scrubNightly(services);
  expect(await newest()).toMatchObject({ state: 'completed', total: 0 });
  await clock.advance(7 * DAY_MS);
  expect(await code(CLEAN)).toBeUndefined();
  await clock.advance(1_000);
  expect(await code(CLEAN)).toBe('do_not_call_stale');
  expect((await owner.get('/v1/scrubbing')).json).toMatchObject({ contacts: 6, unansweredContacts: 6 });
  first.listed.clear();
  first.listed.set(digits(CLEAN), 'federal-dnc');
  await scrubNightly(services);
  await resumeScrub(services, signal);
  expect(await newest()).toMatchObject({ state: 'completed', startedBy: 'Textwright', listed: 1, clean: 5 });
  expect([await code(CLEAN), await code(NATION)]).toEqual(['do_not_call_registry', undefined]);
});

it.each([
  ['cut', 'down', /cannot be reached/],
  [{ status: 503, body: 'away' }, 'down', /answered 503/],
  [{ status: 200, body: '{"status":"success","phones":["61755' }, 'down', /without whole JSON/],
  [{ status: 200, body: '"<html>"' }, undefined, /says nothing about the numbers/],
  [{ status: 429, body: '{}' }, 'throttled', /429/],
  [{ status: 403, body: '{}' }, 'refused', /look into the account/],
  [{ status: 200, body: '{"status":"error","message":"no credit"}' }, 'refused', /no credit/],
] as const)('%j frees nobody; it goes on by itself', async (trouble, kind, words) => {
  await choose();
  first.listed.set(digits(NATION), 'federal-dnc');
  await work(await start());
  await clock.advance(32 * DAY_MS);
  first.listed.clear();
  first.trouble = trouble;
  const working = work(await start());
  // Short pauses it waits for itself.
  const waiting = async () => {
    await clock.advance(100);
    return (await newest()).wait?.kind;
  };
  await expect.poll(waiting, { timeout: 15_000 }).toBe(kind ?? 'unreadable');
  await working;
  const { wait } = await newest();
  expect(wait.message).toMatch(words);
  expect([await code(NATION), await code(CLEAN)]).toEqual(['do_not_call_registry', 'do_not_call_stale']);
  expect(JSON.stringify(wait)).not.toContain(SCRUB_KEY);
  first.trouble = undefined;
  await resumeScrub(services, signal);
  expect(await code(CLEAN)).toBe('do_not_call_stale');
  await clock.advance(61 * MINUTE_MS);
  await resumeScrub(services, signal);
  expect([await code(NATION), await code(CLEAN)]).toEqual([undefined, undefined]);
});

it.each(['counted', 'answered'] as const)(
  'is taken up again by another after a crash when it has %s',
  async (point) => {
    await choose();
    const id = await start();
    await expect(
      work(id, {
        atPoint: async (at) => {
          if (at === point) throw new Error('killed');
        },
      }),
    ).rejects.toThrow('killed');
    await work(id);
    expect(await newest()).toMatchObject({ state: 'open', clean: 0 });
    expect(await code(CLEAN)).toBe('do_not_call_stale');
    await clock.advance(2 * MINUTE_MS);
    await work(id);
    expect(await newest()).toMatchObject({ state: 'completed', clean: 6 });
    // What a dead worker took out of the budget may have been counted by the service.
    expect((await owner.get('/v1/scrubbing')).json).toMatchObject({ askedThisMonth: 12 });
  },
);

it('keeps to the quota of the month, and goes on in the next one', async () => {
  await choose({ monthlyQuota: 4 });
  const id = await start();
  await work(id);
  expect(first.asked.map((numbers) => numbers.length)).toEqual([4]);
  expect(await newest()).toMatchObject({
    clean: 4,
    wait: { kind: 'quota', until: expect.stringMatching(/-01T00:00:00Z$/) },
  });
  await clock.advance(31 * DAY_MS);
  await resumeScrub(services, signal);
  expect(await newest()).toMatchObject({ state: 'completed', clean: 6, wait: null });
});

it('is set by an owner with a key, which nobody sees again; one batch at a time', async () => {
  expect(await owner.post('/v1/scrubbing/batches', { audience: { all: true } })).toMatchObject({ status: 409 });
  expect(await choose({ key: undefined })).toMatchObject({ status: 422, json: { errors: [{ pointer: '/key' }] } });
  expect(await choose({ key: 'short' })).toMatchObject({ status: 422 });
  await choose();
  expect(JSON.stringify((await owner.get('/v1/scrubbing')).json)).not.toContain(SCRUB_KEY);
  const { rows } = await sql<{ value: object }>`select value from setting where key = 'scrubbing'`.execute(db);
  expect(JSON.stringify(rows)).not.toContain(SCRUB_KEY);
  const batch = await owner.post('/v1/scrubbing/batches', { audience: { all: true } });
  expect(await owner.post('/v1/scrubbing/batches', { audience: { all: true } })).toMatchObject({ status: 409 });
  expect((await owner.post(`/v1/scrubbing/batches/${batch.json.id}/cancel`)).json).toMatchObject({
    state: 'cancelled',
  });
  expect(await choose({ service: 'dncscrub', key: undefined })).toMatchObject({ status: 422 });
});
