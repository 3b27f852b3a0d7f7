import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { httpWorld } from '../../../test/http-world.ts';
import { zipFile } from '../../../test/zip-file.ts';
import { registerDncRoutes } from './dnc-routes.ts';

const world = await httpWorld({ registrars: [registerDncRoutes] });
const owner = await world.owner();
const upload = (id: string, text: string, query = 'fileName=a.txt&asOf=2026-11-16') =>
  owner.post(`/v1/dnc-lists/${id}/versions?${query}`, text, { 'content-type': 'application/octet-stream' });

it('a list is made once, filled by a streamed file, asked about and retired', async () => {
  const made = await owner.post(
    '/v1/dnc-lists',
    { kind: 'state', name: 'Texas', state: 'TX' },
    { 'idempotency-key': 'tx' },
  );
  expect(made).toMatchObject({
    status: 201,
    json: { kind: 'state', state: 'TX', age: 'missing', asOf: null, numbers: 0 },
  });
  const again = await owner.post(
    '/v1/dnc-lists',
    { kind: 'state', name: 'Texas', state: 'TX' },
    { 'idempotency-key': 'tx' },
  );
  expect(again.json).toEqual(made.json);
  const { id } = made.json;
  const uploaded = await upload(id, '5125550123\n5125550124\n');
  expect(uploaded).toMatchObject({
    status: 201,
    json: { state: 'in_force', numbers: 2, lines: 2, asOf: '2026-11-16T00:00:00Z' },
  });
  const changed = await upload(
    id,
    'A;512-555-0125\n',
    'fileName=c.csv&asOf=2026-11-17&format=changes&columns=changeType,phone',
  );
  expect(changed.json).toMatchObject({ mode: 'changes', numbers: 3 });
  expect((await owner.get('/v1/dnc-lists')).json.data).toMatchObject([{ id, age: 'current', numbers: 3 }]);
  expect((await owner.get('/v1/dnc-check?phone=%28512%29%20555-0125')).json).toMatchObject({
    phone: '+15125550125',
    listedOn: [{ id, name: 'Texas' }],
  });
  expect((await owner.get(`/v1/dnc-lists/${id}/versions`)).json.data).toMatchObject([
    { state: 'in_force', fileName: 'c.csv' },
    { state: 'superseded', fileName: 'a.txt' },
  ]);
  const retired = await owner.post(`/v1/dnc-lists/${id}/retire`);
  expect(retired.json).toMatchObject({ retiredAt: '2026-11-17T15:00:00Z' });
  expect(await upload(id, '5125550123\n')).toMatchObject({ status: 409 });
});

it('a file that cannot be read says which line, and what holds', async () => {
  const { id } = (await owner.post('/v1/dnc-lists', { kind: 'national', name: 'National' })).json;
  expect(await upload(id, '5125550123\n512555012X\n')).toMatchObject({
    status: 422,
    json: {
      detail: expect.stringMatching(
        /a\.txt: 1 of 2 lines .* line 2 \("512555012X": more than a number\).*no version in force/,
      ),
    },
  });
  expect((await owner.get(`/v1/dnc-lists/${id}/versions`)).json.data).toMatchObject([
    { state: 'failed', refused: 1, refusals: [{ line: 2, text: '512555012X' }] },
  ]);
});

it('an archive is taken, and a smaller list only by the word of an owner', async () => {
  const { id } = (await owner.post('/v1/dnc-lists', { kind: 'custom', name: 'Zipped' })).json;
  const ten = Array.from({ length: 10 }, (_, index) => `512555010${index}\n`);
  const send = (who: Record<string, string>, text: string, query = '') =>
    (who.authorization === undefined ? owner : world.client()).post(
      `/v1/dnc-lists/${id}/versions?fileName=a.zip&asOf=2026-11-16${query}`,
      zipFile({ data: text }),
      { 'content-type': 'application/octet-stream', ...who },
    );
  const { secret } = (await owner.post('/v1/api-keys', { name: 'Uploads', role: 'manager' })).json;
  const manager = { authorization: `Bearer ${secret}` };
  expect(await send(manager, ten.join(''))).toMatchObject({ status: 201, json: { numbers: 10 } });
  const eight = ten.slice(2).join('');
  expect(await send(manager, eight)).toMatchObject({
    status: 422,
    json: { detail: expect.stringMatching(/has 8 numbers, and "Zipped" has 10/) },
  });
  expect(await send(manager, eight, '&maySmaller=true')).toMatchObject({ status: 403 });
  expect(await send({}, eight, '&maySmaller=true')).toMatchObject({ status: 201, json: { numbers: 8 } });
  const off = '5125550109,D\n';
  const changes = '&format=changes&columns=phone,changeType';
  expect(await send(manager, off, changes)).toMatchObject({
    status: 422,
    json: { detail: expect.stringMatching(/leaves 7 numbers, and "Zipped" has 8/) },
  });
  expect(await send(manager, off, `${changes}&maySmaller=true`)).toMatchObject({ status: 403 });
  expect(await send({}, off, `${changes}&maySmaller=true`)).toMatchObject({ status: 201, json: { numbers: 7 } });
});

it.each([
  ['format=csv', /column/],
  ['format=changes&columns=areaCode,changeType', /areaCode and number/],
  ['format=changes&columns=zip', /phone, changeType/],
  ['format=changes&columns=phone,other,other,phone,changeType', /phone.. stands there twice/],
])('refuses %s', async (query, words) => {
  const { id } = (await owner.post('/v1/dnc-lists', { kind: 'custom', name: query })).json;
  const answer = await upload(id, '', `fileName=a&asOf=2026-11-16&${query}`);
  expect(answer.status).toBe(422);
  expect(JSON.stringify(answer.json)).toMatch(words);
});

it('a state without a name, and a nation with one, are refused', async () => {
  expect(await owner.post('/v1/dnc-lists', { kind: 'state', name: 'X' })).toMatchObject({ status: 422 });
  expect(await owner.post('/v1/dnc-lists', { kind: 'national', name: 'X', state: 'TX' })).toMatchObject({
    status: 422,
  });
});

it('an exemption ends when the rules say, or when somebody ends it', async () => {
  const about = { phone: '617-555-0199', reason: 'Bought a roof' };
  const bought = await owner.post('/v1/dnc-exemptions', {
    ...about,
    kind: 'purchase',
    happenedAt: '2026-03-31T12:00:00Z',
  });
  expect(bought).toMatchObject({
    status: 201,
    json: { phone: '+16175550199', validUntil: '2027-09-30T12:00:00Z', ruleVersion: '2026-01', endedAt: null },
  });
  expect(
    await owner.post('/v1/dnc-exemptions', { ...about, kind: 'inquiry', happenedAt: '2026-03-31T12:00:00Z' }),
  ).toMatchObject({ status: 422, json: { detail: expect.stringMatching(/ended on 2026-06-30/) } });
  expect(
    await owner.post('/v1/dnc-exemptions', { ...about, kind: 'other', until: '2028-03-31T12:00:00Z' }),
  ).toMatchObject({ status: 422, json: { detail: expect.stringMatching(/366 days/) } });
  const ended = await owner.post(`/v1/dnc-exemptions/${bought.json.id}/end`);
  expect(ended.json).toMatchObject({ endedAt: '2026-11-17T15:00:00Z' });
  expect((await owner.get('/v1/dnc-check?phone=6175550199')).json.exemptions).toEqual([ended.json]);
});

it('a list of one’s own is taken along, one of a registry is not, and so is everybody who must not be called', async () => {
  const [own, national] = [
    (await owner.post('/v1/dnc-lists', { kind: 'internal', name: 'Ours' })).json.id,
    (await owner.post('/v1/dnc-lists', { kind: 'national', name: 'Not ours' })).json.id,
  ];
  await upload(own, '6175550199\n2125550000\n6175559999\n');
  expect((await owner.get(`/v1/dnc-lists/${own}/export`)).json).toBe(
    'phone\r\n+12125550000\r\n+16175550199\r\n+16175559999\r\n',
  );
  expect(await owner.get(`/v1/dnc-lists/${national}/export`)).toMatchObject({
    status: 409,
    json: { detail: expect.stringContaining('licensed') },
  });
  await sql`
    insert into suppression (id, phone, reason, channel, evidence, created_at)
    values (${world.services.newUuid()}, '+16175550101', 'opt_out', 'sms', '{}', '2026-11-01T00:00:00Z')`.execute(
    world.database.db,
  );
  expect((await owner.get('/v1/do-not-call/export')).json.split('\r\n')).toEqual([
    'phone,reason,since,list',
    '+16175550101,opt_out,2026-11-01T00:00:00Z,',
    '+12125550000,internal_list,2026-11-16T00:00:00Z,Ours',
    '+16175550199,internal_list,2026-11-16T00:00:00Z,Ours',
    '+16175559999,internal_list,2026-11-16T00:00:00Z,Ours',
    '',
  ]);
});
