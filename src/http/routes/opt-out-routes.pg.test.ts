import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, testPhones } from '../../../test/fixtures.ts';
import { httpWorld } from '../../../test/http-world.ts';
import { runCli } from '../../cli/cli.fixture.ts';
import { liftOptOut, suppressNumber } from '../../compliance/suppress.ts';
import { LOOKED_AT_BYTES_MAX } from '../../contacts/import-opt-outs.ts';
import { recordInbound } from '../../conversations/record-inbound.ts';
import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import { markRefused } from '../../sending/aftermath.ts';
import { registerOptOutRoutes } from './opt-out-routes.ts';

const world = await httpWorld({ registrars: [registerOptOutRoutes] });
const owner = await world.owner();
const { db } = world.database;
const send = (act: 'import' | 'preview', text: string, query = '') =>
  owner.post(`/v1/opt-outs/${act}?fileName=list.csv${query}`, text, { 'content-type': 'application/octet-stream' });
const upload = (text: string, query?: string) => send('import', text, query);
const suppressed = async (): Promise<readonly string[]> =>
  (
    await sql<{ phone: string }>`select phone from suppression where lifted_at is null order by phone`.execute(db)
  ).rows.map(({ phone }) => phone);

describe('a list of opt-outs', () => {
  it('is taken as numbers alone, with what cannot be read named by its line, and nothing counted twice', async () => {
    await insertContacts(db, world.services, [{ phone: '+16175550120' }]);
    const list = '(617) 555-0120\n\n617555012X\n+1 617 555 0121\n6175550120\n+44 20 7946 0958\n617-555-0122';
    const before = await send('preview', list);
    expect(await suppressed()).toEqual([]);
    const first = await upload(list);
    expect(before.json).toEqual(first.json);
    expect((await send('preview', list)).json).toMatchObject({ optedOut: 0, already: 4, refused: 2 });
    expect(first).toMatchObject({
      status: 200,
      json: {
        rows: 6,
        optedOut: 3,
        already: 1,
        refused: 2,
        refusals: [
          { line: 3, text: '617555012X', reason: expect.stringContaining('ten digits') },
          { line: 6, text: '+44 20 7946 0958', reason: expect.stringContaining('another country') },
        ],
      },
    });
    expect(await suppressed()).toEqual(['+16175550120', '+16175550121', '+16175550122']);
    expect((await upload(list)).json).toMatchObject({ optedOut: 0, already: 4, refused: 2 });
    const { rows } = await sql`
      select channel, evidence ->> 'file' as file from suppression group by 1, 2`.execute(db);
    expect(rows).toEqual([{ channel: 'import', file: 'list.csv' }]);
    const audited = await sql`select action from audit_entry where subject = 'list.csv'`.execute(db);
    expect(audited.rows).toHaveLength(2);
    // Given again, it means what it says from now on.
    const said = await sql`
      select action, count(*)::int as entries from audit_entry where phone = '+16175550121' group by 1 order by 1`.execute(
      db,
    );
    expect(said.rows).toEqual([
      { action: 'number.suppressed', entries: 1 },
      { action: 'number.suppressed_again', entries: 1 },
    ]);
  });

  it('is taken as a table, of which one column must be named when several hold numbers', async () => {
    const table = 'Name;Mobile;Home\n"Ann; Lee";617-555-0130;\nBen;;617-555-0131\n';
    expect(await upload(table)).toMatchObject({
      status: 422,
      json: { detail: expect.stringMatching(/several columns .*"Mobile", "Home"/) },
    });
    expect((await upload(table, '&column=mobile')).json).toMatchObject({ rows: 2, optedOut: 1, refused: 1 });
    expect((await upload(table, '&column=Home')).json).toMatchObject({ optedOut: 1 });
    expect(await suppressed()).toContain('+16175550131');
  });

  it.each([
    ['nothing', ''],
    ['no numbers', 'Ann\nBen\n'],
    ['no text', '\u0000\u0001\u0002binary'],
    ['a column that is not there', 'Name,Phone\nAnn,617-555-0140\n', '&column=Mobile'],
    ['its column twice', 'phone,phone\n617-555-0141,617-555-0142\n', '&column=phone', /1 and 2 .*"phone"; put/],
    ['its column twice, the second of a number in a later row', 'tel,x,Tel\n6175550143,1,\n', '&column=tel', /1 and 3/],
  ])('with %s is refused, and changes nothing', async (_, text, query = '', words = /./) => {
    const before = await suppressed();
    const detail = expect.stringMatching(words);
    expect(await upload(text, query)).toMatchObject({ status: 422, json: { detail } });
    expect(await send('preview', text, query)).toMatchObject({ status: 422, json: { detail } });
    expect(await suppressed()).toEqual(before);
  });

  it('that has numbers in another column further down names them, since only the first column of numbers is read', async () => {
    const far = `name,mobile,order,home\n${'Ann,617-555-0190,77,\n'.repeat(5_000)}Ben,617-555-0191,78,212-555-0190\n`;
    expect((await upload(far)).json).toMatchObject({
      rows: 5_001,
      refused: 1,
      refusals: [
        { line: 5_002, text: '212-555-0190', reason: expect.stringMatching(/column 4, and column 2 is read/) },
      ],
    });
    expect(await suppressed()).toContain('+16175550191');
    expect((await upload(far, '&column=mobile')).json).toMatchObject({ refused: 0 });
  });

  it('that breaks off in the middle says what counts, and keeps it', async () => {
    const broken = `phone,name\n${'6175550150,Ann\n'.repeat(5_000)}6175550151,"Ben\n`;
    expect(await upload(broken)).toMatchObject({
      status: 422,
      json: { detail: expect.stringContaining('import it again') },
    });
    expect(await suppressed()).toContain('+16175550150');
  });

  it('is looked at with each number counted once, however far apart it stands', async () => {
    const far = `6175550181\n${'6175550182\n'.repeat(20_000)}6175550181\n`;
    expect((await send('preview', far)).json).toMatchObject({ rows: 20_002, optedOut: 2, already: 20_000 });
  });

  it('is looked at up to 16 MiB; one byte more is refused with the limit and the remedy, and changes nothing', async () => {
    const rows = 4_096;
    const row = (index: number, width: number): string =>
      `617${5_560_000 + index},`.padEnd(width - 1, 'x').concat('\n');
    const head = 'phone,note'.padEnd(4_095, ' ').concat('\n');
    const most = head + Array.from({ length: rows - 1 }, (_, index) => row(index, 4_096)).join('');
    expect(Buffer.byteLength(most)).toBe(LOOKED_AT_BYTES_MAX);
    const entries = async () => (await sql`select from audit_entry`.execute(db)).rows.length;
    const [before, audited] = [await suppressed(), await entries()];
    expect((await send('preview', most)).json).toMatchObject({ rows: rows - 1, optedOut: rows - 1, refused: 0 });
    const refused = await send('preview', `${most}\n`);
    expect(refused).toMatchObject({
      status: 422,
      json: {
        detail:
          'list.csv: a list of at most 16 MiB can be looked at before it is imported: split it into parts, or import it as it is (at most 256 MiB)',
      },
    });
    expect(await suppressed()).toEqual(before);
    expect(await entries()).toBe(audited);
  });
});

it('one opt-out is recorded once, of whom it is told, and never in the future', async () => {
  const opt = (body: object, key?: string) =>
    owner.post('/v1/opt-outs', body, key === undefined ? {} : { 'idempotency-key': key });
  const said = { phone: '617-555-0160', note: 'Asked on the phone', saidAt: '2026-11-16T15:00:00Z' };
  const first = await opt(said, 'one');
  expect(first).toMatchObject({ status: 201, json: { phone: '+16175550160', already: false } });
  expect((await opt(said, 'one')).json).toEqual(first.json);
  await world.clock.advance(1_000);
  expect((await opt(said)).json).toEqual({ ...first.json, already: true });
  expect(await opt({ ...said, saidAt: '2027-01-01T00:00:00Z' })).toMatchObject({ status: 422 });
  expect(await opt({ ...said, phone: '12345' })).toMatchObject({ status: 422 });
});

it('what providers refused is compared with what we knew, and each difference explained', async () => {
  const { services, clock } = world;
  const [knew, optedIn, wrote, stranger] = testPhones(4, '508');
  const lanes = [{ gatewayRef: 'PNtest01', phone: '+16175550001' }];
  const account = await insertAccount(db, services, { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes });
  const stop = { reason: 'opt_out', channel: 'sms', evidence: {}, actor: 'contact' } as const;
  for (const phone of [knew, optedIn])
    await runTx(db, (tx) => suppressNumber(tx, services, { ...stop, phone: phone ?? '' }));
  await clock.advance(10_000);
  await runTx(db, (tx) => liftOptOut(tx, services, { phone: optedIn ?? '', saidAt: clock.now(), evidence: {} }));
  const receiver = { id: account.id, kind: 'quo', environment: 'sandbox' } as const;
  const ids = { eventId: 'EV1', gatewayMessageId: 'MSG1', laneRef: 'PNtest01', to: ['+16175550001'], media: [] };
  const text = {
    type: 'message_received',
    from: wrote ?? '',
    text: 'Thursday works',
    at: clock.now(),
    ...ids,
  } as const;
  await runTx(db, (tx) => recordInbound(tx, services, receiver, text));
  const refusal = { accountId: account.id, code: '21610', message: 'm', suppress: 'provider_opt_out' } as const;
  for (const phone of [knew, optedIn, wrote, stranger]) {
    await clock.advance(1_000);
    await runTx(db, (tx) => markRefused(tx, services, { ...refusal, phone: phone ?? '' }));
  }
  const { data } = (await owner.get('/v1/opt-outs/provider')).json;
  expect(data).toMatchObject([
    { phone: stranger, difference: 'never_heard', lastSaid: null },
    { phone: wrote, difference: 'not_understood', lastSaid: 'Thursday works' },
    { phone: optedIn, difference: 'opted_in_here' },
    { phone: knew, difference: 'none', code: '21610', accountId: showId('account', account.id) },
  ]);
  const first = await owner.get('/v1/opt-outs/provider?limit=3');
  const rest = await owner.get(`/v1/opt-outs/provider?limit=3&cursor=${first.json.nextCursor}`);
  expect(rest.json).toMatchObject({ data: [{ phone: knew }], nextCursor: null });
  await insertContacts(db, services, [{ phone: wrote ?? '', firstName: 'Wanda' }]);
  const unheard = (await owner.get('/v1/opt-outs/provider?unheard=true')).json.data;
  expect(unheard).toMatchObject([
    { phone: stranger, contact: null, accountName: 'Test' },
    { phone: wrote, contact: { name: 'Wanda' } },
    { phone: optedIn },
  ]);
  expect((await owner.get('/v1/opt-outs/provider?unheard=false')).json.data).toMatchObject([{ phone: knew }]);
  await sql`
    insert into opt_out_difference (id, account_id, run_id, kind, gateway_id, phone, at, found_at)
    values (${services.newUuid()}, ${account.id}, ${services.newUuid()}, 'stop', 'SM1', ${stranger}, ${clock.now()}, ${clock.now()})`.execute(
    db,
  );
  const found = (await owner.get('/v1/opt-outs/differences')).json;
  expect(found.data).toMatchObject([
    { kind: 'stop', gatewayId: 'SM1', sentence: expect.stringContaining('not connected') },
  ]);
  const compared = (await owner.get('/v1/opt-outs/comparisons')).json;
  expect(compared.accounts).toContainEqual(
    expect.objectContaining({ accountId: showId('account', account.id), last: null }),
  );
  const env = { DATABASE_URL: world.database.connectionString };
  const told = await runCli(['optout', 'differences'], { env });
  expect(told.out).toMatch(/never compared[\s\S]*stop 20[\s\S]*SM1[\s\S]*Thursday works[\s\S]*opted in again/);
  expect(told.out).toContain(`${knew}  refused`);
  const ours = await runCli(['optout', 'differences', '--unheard'], { env });
  expect(ours.out.match(/^\+\d+ {2}refused/gm)).toEqual([stranger, wrote, optedIn].map((phone) => `${phone}  refused`));
  expect(ours.out).toContain('SM1');
  const lines = (await runCli(['optout', 'differences', '--unheard', '--json'], { env })).out.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).difference)).toEqual([
    'never_heard',
    'not_understood',
    'opted_in_here',
    undefined,
  ]);
});

it('the command line does the same, and ends with 1 when somebody may have been left out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'optouts-'));
  const env = { DATABASE_URL: world.database.connectionString };
  const cli = (...args: readonly string[]) => runCli(['optout', ...args], { env });
  try {
    const path = join(folder, 'gone.txt');
    await writeFile(path, '617-555-0170\n617-555-017\n');
    const tried = await cli('import', path, '--dry-run');
    expect(tried.out).toMatch(/1 number would be opted out/);
    expect(await suppressed()).not.toContain('+16175550170');
    const done = await cli('import', path);
    expect(done).toMatchObject({ code: 1, err: expect.stringContaining('1 row could not be read') });
    expect(done.out).toMatch(/1 number opted out, 0 had asked before[\s\S]*line 2: 617-555-017:/);
    expect(await cli('add', '617-555-0171', '--note', 'Called')).toMatchObject({
      code: 0,
      out: '+16175550171 is opted out\n',
    });
    expect(await suppressed()).toEqual(expect.arrayContaining(['+16175550170', '+16175550171']));
  } finally {
    await rm(folder, { recursive: true });
  }
});
