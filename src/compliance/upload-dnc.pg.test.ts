import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { chunksOf, dncWorld } from '../../test/dnc-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { zipFile } from '../../test/zip-file.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS } from '../platform/time.ts';
import { type DncFormat, REGISTRY_CHANGE_COLUMNS } from './dnc-file.ts';
import { listDncVersions } from './dnc-store.ts';

const CHANGES: DncFormat = { kind: 'changes', columns: REGISTRY_CHANGE_COLUMNS };

let database: Database;
let world: ReturnType<typeof testWorld>;
let dnc: ReturnType<typeof dncWorld>;
let list: Uuid;
beforeEach(async () => {
  database = await testDatabase();
  world = testWorld();
  dnc = dncWorld(database.db, world);
  list = await dnc.create('national');
});

const rows = async <T>(text: string): Promise<readonly T[]> =>
  (await sql<T>`${sql.raw(text)}`.execute(database.db)).rows;
/** Every number in force, asked of the bits. */
const numbers = async (): Promise<readonly string[]> =>
  (
    await rows<{ number: string }>(`
    select b.block || lpad(n::text, 4, '0') as number from dnc_list l join dnc_block b on b.set_id = l.set_id
    cross join generate_series(0, 9999) n where get_bit(b.bits, n) = 1 order by 1`)
  ).map(({ number }) => number);
const leftovers = async () =>
  (
    await rows<{ staged: number; blocks: number }>(`select (select count(*) from dnc_stage) as staged,
    (select count(*) from dnc_block b where not exists (select from dnc_list l where l.set_id = b.set_id)) as blocks`)
  )[0];
const versions = async () =>
  (await listDncVersions(database.db, list, 10)).map(({ state, numbers: on, lines, error }) => ({
    state,
    on,
    lines,
    error,
  }));

const THREE = '6175550000\n617,5559999\n212-555-0123\n';

describe('a whole list', () => {
  it('is in force with exactly its numbers, whatever their order and however often they are written', async () => {
    const done = await dnc.upload(list, `${THREE}6175550000\n`);
    expect(done).toMatchObject({ ok: true, value: { state: 'in_force', numbers: 3, lines: 4, refused: 0 } });
    expect(await numbers()).toEqual(['2125550123', '6175550000', '6175559999']);
  });

  it('takes the place of the one before, of which nothing stays', async () => {
    await dnc.upload(list, THREE);
    await world.clock.advance(DAY_MS);
    await dnc.upload(list, '6175550001\n6175550002\n', { maySmaller: true });
    expect(await numbers()).toEqual(['6175550001', '6175550002']);
    expect((await versions()).map(({ state }) => state)).toEqual(['in_force', 'superseded']);
    expect(await leftovers()).toEqual({ staged: 0, blocks: 0 });
  });

  it('keeps tens of thousands apart, across the pieces in which they wait', async () => {
    const all = Array.from({ length: 30_000 }, (_, index) => String(6_170_000_000 + index * 331));
    expect(await dnc.upload(list, all.join('\n'), { chunks: chunksOf(all.join('\n'), 65_536) })).toMatchObject({
      value: { numbers: 30_000 },
    });
    expect(await numbers()).toEqual(all);
  });
});

describe('a file as the registry gives it', () => {
  it('is read out of its archive, as XML in small pieces and then as changes', async () => {
    const all = Array.from({ length: 20_000 }, (_, index) => String(2_000_000 + index * 331));
    const full = `<list><ac val="617">${all.map((number) => `<ph val="${number}"/>`).join('\n')}</ac></list>`;
    expect(await dnc.upload(list, '', { chunks: chunksOf(zipFile({ data: full })) })).toMatchObject({
      value: { numbers: 20_000, lines: 20_000, refused: 0 },
    });
    await world.clock.advance(DAY_MS);
    const text = zipFile({ data: '617,2000000,2026-11-17,D\n212,5550123,2026-11-17,A\n', hasDescriptor: true });
    expect(await dnc.upload(list, '', { chunks: chunksOf(text), format: CHANGES })).toMatchObject({ ok: true });
    await world.clock.advance(DAY_MS);
    const changes = '<list><ac val="617"><ph val="2000331" type="D"/><ph val="2000332" type="A"/></ac></list>';
    expect(await dnc.upload(list, changes, { format: CHANGES })).toMatchObject({ ok: true });
    const expected = ['2125550123', '6172000332', ...all.slice(2).map((number) => `617${number}`)];
    expect(await numbers()).toEqual(expected.sort());
    expect(await leftovers()).toEqual({ staged: 0, blocks: 0 });
  });
});

describe('a file that is not whole or not right leaves the list as it was', () => {
  async function* brokenOff() {
    yield Buffer.from('6175551111\n6175552222\n');
    throw new Error('the sender went away');
  }
  async function* ofOurFault() {
    yield Buffer.from('6175551111\n');
    await sql`alter table dnc_stage rename to dnc_stage_gone`.execute(database.db);
  }

  it.each([
    ['half an upload', { chunks: brokenOff() }, /broke off .* stays as it was, of 2026-11-17/],
    ['letters in a number', { chunks: chunksOf('6175551111\n617555111A\n') }, /1 of 2 lines .* line 2 \("617555111A"/],
    ['a line that was cut', { chunks: chunksOf('6175551111\n61755') }, /expected ten digits, got 5/],
    ['an empty file', { chunks: chunksOf('') }, /no numbers/],
    ['an archive of many', { chunks: chunksOf(zipFile({ data: THREE }, { data: THREE })) }, /several files/],
    [
      'an archive cut off behind its last number',
      { chunks: chunksOf(zipFile({ data: THREE }).subarray(0, -3)) },
      /cut off/,
    ],
    ['an archive with a wrong check sum', { chunks: chunksOf(zipFile({ data: THREE, checkSum: 7 })) }, /check sum/],
    ['XML cut off behind its last number', { chunks: chunksOf('<l c="617"><n>5551111</n>') }, /no whole XML/],
    [
      'fewer numbers than before',
      { chunks: chunksOf('6175551111\n2125550123\n') },
      /has 2 numbers, and "national list" has 3/,
    ],
  ])('%s', async (_, given, words) => {
    await dnc.upload(list, THREE);
    const before = await numbers();
    const answer = await dnc.upload(list, '', given);
    expect(answer).toMatchObject({ ok: false, error: { message: expect.stringMatching(words) } });
    expect(await numbers()).toEqual(before);
    expect((await versions())[0]).toMatchObject({ state: 'failed', error: expect.stringMatching(/./) });
    expect(await leftovers()).toEqual({ staged: 0, blocks: 0 });
  });

  it('also when the failure is ours, and says so', async () => {
    await dnc.upload(list, THREE);
    await expect(dnc.upload(list, '', { chunks: ofOurFault() })).rejects.toThrow(/dnc_stage/);
    expect((await versions())[0]).toMatchObject({ state: 'failed', error: expect.stringMatching(/our side/) });
    expect(await numbers()).toHaveLength(3);
  });

  it('unless somebody looked at the lines and allows them', async () => {
    const answer = await dnc.upload(list, '6175551111\nno number\n', { refusedMax: 1 });
    expect(answer).toMatchObject({
      value: { state: 'in_force', refused: 1, refusals: [{ line: 2, text: 'no number' }] },
    });
  });

  it('and fewer numbers are taken when somebody says that they may be', async () => {
    await dnc.upload(list, THREE);
    expect(await dnc.upload(list, '6175551111\n', { maySmaller: true })).toMatchObject({ value: { numbers: 1 } });
  });

  it('nor is an older file taken, nor one of tomorrow', async () => {
    await dnc.upload(list, THREE);
    const now = world.clock.now();
    const of = (asOf: typeof now) => dnc.upload(list, THREE, { asOf });
    expect(await of(addMs(now, -DAY_MS))).toMatchObject({ error: { kind: 'conflict', message: /newer/ } });
    expect(await of(addMs(now, DAY_MS))).toMatchObject({ error: { kind: 'invalid', message: /future/ } });
  });

  it('and the rows of a process that died are taken away with the next upload', async () => {
    await rows(`insert into dnc_version (id, list_id, mode, state, file_name, as_of, uploaded_by, created_at, alive_at)
      values ('${world.newUuid()}', '${list}', 'full', 'reading', 'a', now(), 'Ann', '2026-11-01', '2026-11-01')`);
    await rows(`insert into dnc_block select id, 617555, decode(repeat('ff', 1250), 'hex') from dnc_version`);
    await rows(`insert into dnc_stage select id, 617, 0, '\\x00' from dnc_version`);
    await dnc.upload(list, THREE);
    expect(await leftovers()).toEqual({ staged: 0, blocks: 0 });
    expect((await versions()).map(({ state }) => state).sort()).toEqual(['failed', 'in_force']);
  });
});

describe('a change list', () => {
  it('adds and takes off, and what it does both of is on the list', async () => {
    await dnc.upload(list, THREE);
    await world.clock.advance(DAY_MS);
    const changes = '617,5550000,x,D\n312,5550123,x,A\n212,5550123,x,A\n212,5550123,x,D\n617,5551234,x,D\n';
    expect(await dnc.upload(list, changes, { format: CHANGES })).toMatchObject({
      value: { numbers: 3, mode: 'changes' },
    });
    expect(await numbers()).toEqual(['2125550123', '3125550123', '6175559999']);
    expect(await leftovers()).toEqual({ staged: 0, blocks: 0 });
  });

  it('needs a full list first, and changes nothing when a line cannot be read', async () => {
    expect(await dnc.upload(list, '617,5550000,x,D\n', { format: CHANGES })).toMatchObject({
      error: { kind: 'conflict', message: /full list first/ },
    });
    await dnc.upload(list, THREE);
    expect(await dnc.upload(list, '617,5550000,x,D\n617,555000,x,A\n', { format: CHANGES })).toMatchObject({
      ok: false,
    });
    expect(await numbers()).toHaveLength(3);
  });

  const thousands = Array.from({ length: 5_002 }, (_, index) => String(6_170_000_000 + index));
  const lines = (change: 'A' | 'D', changed: readonly string[]): string =>
    changed.map((number) => `${number.slice(0, 3)},${number.slice(3)},x,${change}\n`).join('');

  it('that leaves less than 90% of the numbers is refused, and leaves all of them, unless an owner says that it may', async () => {
    await dnc.upload(list, thousands.join('\n'));
    const most = lines('D', thousands.slice(2));
    expect(await dnc.upload(list, most, { format: CHANGES })).toMatchObject({
      error: {
        kind: 'invalid',
        message: expect.stringMatching(/leaves 2 numbers, and "national list" has 5002: .*owner/),
      },
    });
    expect(await numbers()).toEqual(thousands);
    expect((await versions()).map(({ state }) => state)).toEqual(['failed', 'in_force']);
    expect(await leftovers()).toEqual({ staged: 0, blocks: 0 });
    expect(await dnc.upload(list, most, { format: CHANGES, maySmaller: true })).toMatchObject({
      value: { numbers: 2 },
    });
    expect(await numbers()).toEqual(thousands.slice(0, 2));
  });

  it.each([
    ['500 of 5,002 taken off', lines('D', thousands.slice(0, 500)), 4_502],
    ['501 of 5,002 taken off', lines('D', thousands.slice(0, 501)), undefined],
    ['501 taken off, and one added', `${lines('D', thousands.slice(0, 501))}212,5550123,x,A\n`, 4_502],
  ])('%s', async (_, text, left) => {
    await dnc.upload(list, thousands.join('\n'));
    expect(await dnc.upload(list, text, { format: CHANGES })).toMatchObject({ ok: left !== undefined });
    expect(await numbers()).toHaveLength(left ?? 5_002);
  });

  it.each([
    ['somebody gave it up', () => rows(`update dnc_version set state = 'failed', error = 'x' where state = 'reading'`)],
    ['a newer file came', () => dnc.upload(list, THREE, { asOf: world.clock.now() })],
  ])('changes nothing when, while it was read, %s', async (_, meanwhile) => {
    const asOf = world.clock.now();
    await dnc.upload(list, THREE, { asOf });
    await world.clock.advance(DAY_MS);
    async function* chunks() {
      yield Buffer.from('212,5550124,x,A\n');
      await meanwhile();
    }
    expect(await dnc.upload(list, '', { asOf, format: CHANGES, chunks: chunks() })).toMatchObject({ ok: false });
    expect(await numbers()).toEqual(['2125550123', '6175550000', '6175559999']);
    expect((await versions()).filter(({ state }) => state === 'in_force')).toHaveLength(1);
  });

  it('of two at the same time loses nothing', async () => {
    await dnc.upload(list, THREE);
    await Promise.all([1, 2, 3, 4].map((last) => dnc.upload(list, `617,555000${last},x,A\n`, { format: CHANGES })));
    expect(await numbers()).toHaveLength(7);
    expect(await rows('select numbers from dnc_list')).toEqual([{ numbers: 7 }]);
  });
});
