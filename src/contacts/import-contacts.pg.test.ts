import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { somebodyWaits } from '../../test/concurrency.ts';
import { importWorld } from '../../test/import-world.ts';
import { erasePerson } from '../evidence/erase-person.ts';
import { openDatabase, runTx } from '../platform/database.ts';
import { commitImport, previewImport } from './import-contacts.ts';
import { detectColumns } from './import-mapping.ts';
import { type ImportedContact, mergeImported, rowReader } from './import-rows.ts';
import { getImportRun, listRefusals } from './import-run-store.ts';
import { exportRefusals } from './refusals-csv.ts';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures');
const messy = { open: () => ({ chunks: createReadStream(join(FIXTURES, 'contacts-messy.csv')) }) };
const expected = JSON.parse(await readFile(join(FIXTURES, 'contacts-messy.expected.json'), 'utf8'));

const { database, deps, db, clock, newUuid, file, newRun, requestFor, commit, stored } = await importWorld();

/** One connection of its own, for holding a lock. */
const other = openDatabase({
  connectionString: database.connectionString,
  applicationName: 'other',
  maxConnections: 1,
}).db;
afterAll(() => other.destroy());

describe('the messy file', () => {
  it('is previewed as its makers counted, and changes nothing', async () => {
    const preview = await previewImport(deps, messy);
    expect(preview.ok && preview.value).toMatchObject({
      encoding: 'utf-8',
      delimiter: ',',
      hasHeader: true,
      rows: expected.rows,
      newContacts: expected.contacts,
      updatedContacts: 0,
      unchangedContacts: 0,
      mergedRows: expected.mergedRows,
      refusedRows: expected.refusedRows,
      refusedByReason: expected.refusedByReason,
      warnings: [],
    });
    expect(preview.ok && preview.value.refused.slice(0, expected.refusedFirst.length)).toEqual(expected.refusedFirst);
    expect(preview.ok && preview.value.sample).toHaveLength(20);
    expect(preview.ok && preview.value.sample[0]).toMatchObject(expected.samples[0]);
    expect(preview.ok && preview.value.columns[2]).toEqual({
      index: 2,
      header: 'Mobile Phone',
      field: 'phone',
      samples: ['7135550100', '(713) 555-0101', '+49 30 901820'],
    });
    expect(await stored()).toEqual([]);
  });

  it('is imported: contacts, refusals and the result of the run', async () => {
    const importId = await newRun();
    const outcome = await commitImport(deps, requestFor(importId, messy));
    const result = {
      rows: 1500,
      created: 1304,
      updated: 0,
      unchanged: 0,
      merged: 98,
      refused: 98,
      erased: 0,
      consents: null,
    };
    expect(outcome).toEqual({ ok: true, value: result });
    const contacts = new Map((await stored()).map((contact) => [contact.phone, contact]));
    expect(contacts.size).toBe(expected.contacts);
    for (const sample of expected.samples) expect(contacts.get(sample.phone)).toMatchObject(sample);
    expect(contacts.get('+17135550100')).toMatchObject({
      zoneGroup: 'FL,TX|America/Chicago,America/New_York',
      source: 'import',
      importId,
    });
    expect(await listRefusals(db, { importId, afterLine: 0, limit: 15 })).toEqual(expected.refusedFirst);
    expect(await getImportRun(db, importId)).toMatchObject({
      state: 'completed',
      createdContacts: 1304,
      refusedRows: 98,
      finishedAt: clock.now(),
    });
  });

  it('changes nothing when it is imported again', async () => {
    await commit(messy);
    const before = await stored();
    await clock.advance(60_000);
    expect(await commit(messy)).toEqual({
      rows: 1500,
      created: 0,
      updated: 0,
      unchanged: 1304,
      merged: 98,
      refused: 98,
      erased: 0,
      consents: null,
    });
    expect(await stored()).toEqual(before);
    const preview = await previewImport(deps, messy);
    expect(preview.ok && preview.value).toMatchObject({ newContacts: 0, updatedContacts: 0, unchangedContacts: 1304 });
  });
});

describe('a contact that exists', () => {
  const first = file('Phone,First Name,City,State,Tags,Notes', '617-555-0123,Ana,Boston,MA,lead,likes mornings');

  it('gets what the file knows and differs; blanks take nothing away', async () => {
    await commit(first);
    const [before] = await stored();
    await clock.advance(60_000);
    const second = file(
      'Phone,First Name,Last Name,City,State,Tags,Source',
      '(617) 555-0123,Anna,García,,FL,Lead;VIP,web',
    );
    expect(await commit(second)).toMatchObject({ created: 0, updated: 1, unchanged: 0 });
    expect(await stored()).toEqual([
      {
        ...before,
        firstName: 'Anna',
        lastName: 'García',
        state: 'FL',
        tags: ['VIP', 'lead'],
        attributes: { notes: 'likes mornings', source: 'web' },
        zoneGroup: 'FL,MA|America/Chicago,America/New_York',
        updatedAt: expect.not.stringMatching(String(before?.['updatedAt'])),
      },
    ]);
  });

  it('keeps the zones of what it has when the file has no address, and gets those of a new ZIP code', async () => {
    await commit(file('Phone,State', '8505550123,CA'));
    await commit(file('Phone,City', '8505550123,Pensacola'));
    expect((await stored())[0]).toMatchObject({
      state: 'CA',
      city: 'Pensacola',
      zoneGroup: 'CA,FL|America/Chicago,America/Los_Angeles,America/New_York',
    });
    await commit(file('Phone,Zip', '8505550123,96813-1234'));
    expect((await stored())[0]).toMatchObject({
      zoneGroup: 'CA,FL,HI|America/Chicago,America/Los_Angeles,America/New_York,Pacific/Honolulu',
    });
  });

  it('is counted in the preview', async () => {
    await commit(first);
    const preview = await previewImport(
      deps,
      file('Phone,First Name', '6175550123,Anna', '6175550123,Ann', '6175550124,Kim', '6175550199,'),
    );
    expect(preview.ok && preview.value).toMatchObject({
      rows: 4,
      newContacts: 2,
      updatedContacts: 1,
      unchangedContacts: 0,
      mergedRows: 1,
    });
  });

  it('stays suppressed, and the preview says so', async () => {
    await sql`insert into suppression (id, phone, reason, channel, evidence, created_at)
      values (${newUuid()}, '+16175550123', 'opt_out', 'sms', '{}', ${clock.now()})`.execute(db);
    const preview = await previewImport(deps, first);
    expect(preview.ok && preview.value.suppressedKept).toBe(1);
    await commit(first);
    const { rows } = await sql`select 1 from suppression where lifted_at is null`.execute(db);
    expect(rows).toHaveLength(1);
  });
});

it('says how many were erased here and come back opted out, before and after', async () => {
  const phone = '+16175550123';
  const by = { actor: 'user:1', name: 'Kim' };
  await commit(file('Phone', phone));
  const erasing = await runTx(db, (tx) => erasePerson(tx, deps, { phone, reason: 'Asked by letter', by }));
  expect(erasing.ok).toBe(true);
  const list = file('Phone', phone, '6175550124');
  const preview = await previewImport(deps, list);
  expect(preview.ok && preview.value).toMatchObject({ newContacts: 2, erasedKept: 1, suppressedKept: 0 });
  const run = await newRun();
  expect(await commitImport(deps, requestFor(run, list))).toMatchObject({ value: { created: 2, erased: 1 } });
  expect(await getImportRun(db, run)).toMatchObject({ erasedContacts: 1 });
  const again = await previewImport(deps, list);
  expect(again.ok && again.value).toMatchObject({ newContacts: 0, erasedKept: 0, suppressedKept: 1 });
});

it('gives every contact the tags of the import', async () => {
  await commit({ ...file('Phone,Tags', '6175550123,lead', '6175550124,'), addTags: ['spring'] });
  expect((await stored()).map((contact) => contact['tags'])).toEqual([['lead', 'spring'], ['spring']]);
});

it('counts numbers outside of the United States, and e-mail addresses that are left out', async () => {
  const preview = await previewImport(
    deps,
    file('Phone,Email', '4165550123,kim@example.com', '6175550123,kim at example'),
  );
  expect(preview.ok && preview.value).toMatchObject({
    outsideUs: 1,
    warnings: ['1 e-mail address is not valid and will be left out'],
  });
});

it('merges rows with one number as mergeImported does', async () => {
  const headers = ['Phone', 'First Name', 'Company', 'State', 'Zip', 'Tags', 'Notes', 'Source'];
  const columns = detectColumns([{ line: 1, cells: headers }]);
  if (!columns.ok) throw columns.error;
  const readRow = rowReader(columns.value);
  const text = fc.constantFrom('', 'a', 'B', 'back\\slash', 'line\nbreak', 'tab\there', 'é', '{"x"}', 'NULL', '\\N');
  const tags = fc.constantFrom('', 'lead', 'LEAD;vip', 'a "b";c\\d', 'vip;estimate');
  const phone = fc.constantFrom('6175550101', '6175550102', '6175550103');
  const row = fc.tuple(
    phone,
    text,
    text,
    fc.constantFrom('', 'MA', 'FL'),
    fc.constantFrom('', '02169', '32501'),
    tags,
    text,
    text,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
      await sql`truncate contact, import_run cascade`.execute(db);
      const quoted = [headers, ...rows].map((cells) =>
        cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','),
      );
      const result = await commit(file(...quoted));
      const merged = new Map<string, ImportedContact>();
      for (const [index, cells] of rows.entries()) {
        const read = readRow({ line: index + 2, cells });
        if (!read.ok) throw new Error(read.error.reason);
        const known = merged.get(read.value.phone);
        merged.set(read.value.phone, known === undefined ? read.value : mergeImported(known, read.value));
      }
      expect(result).toMatchObject({ created: merged.size, merged: rows.length - merged.size });
      expect(
        (await stored()).map(({ phone: number, firstName, company, state, postalCode, tags: all, attributes }) => ({
          phone: number,
          firstName,
          company,
          state,
          postalCode,
          tags: all,
          attributes,
        })),
      ).toEqual(
        [...merged.values()].map(({ phone: number, fields, tags: all, attributes }) => ({
          phone: number,
          firstName: fields.firstName,
          company: fields.company,
          state: fields.state,
          postalCode: fields.postalCode,
          tags: all,
          attributes,
        })),
      );
    }),
    { numRuns: 25 },
  );
});

it('merges rows that are read far apart, and lets the first one win, also over a contact that exists', async () => {
  await commit(file('Phone,First Name', '6175550199,First'));
  const far = Array.from({ length: 20_500 }, (_, n) => `6173${String(100_000 + n)},Kim,,lead`);
  const lines = ['6175550199,First,,', ...far, '6173100007,Late,Quincy,VIP', '6175550199,Second,Quincy,'];
  const result = await commit(file('Phone,First Name,City,Tags', ...lines));
  expect(result).toEqual({
    rows: 20_503,
    created: 20_500,
    updated: 1,
    unchanged: 0,
    merged: 2,
    refused: 0,
    erased: 0,
    consents: null,
  });
  const contacts = new Map((await stored()).map((contact) => [contact.phone, contact]));
  expect(contacts.get('+16173100007')).toMatchObject({ firstName: 'Kim', city: 'Quincy', tags: ['VIP', 'lead'] });
  expect(contacts.get('+16175550199')).toMatchObject({ firstName: 'First', city: 'Quincy' });
});

describe('a file that cannot be imported', () => {
  it.each([
    [
      'an unclosed quote on the last line',
      file(
        'Phone,First Name',
        ...Array.from({ length: 5_000 }, (_, n) => `617555${1000 + n},Kim`),
        '+44 20 7946 0958,x',
        '6175559999,"Kim',
      ),
      /begins on line 5003 opens a quote/,
    ],
    ['nothing but a header', file('Phone,First Name'), /header on line 1 and no row/],
    [
      'no column of numbers',
      file('Name,City', 'Kim,Boston'),
      /no column holds phone numbers; the file has "Name", "City"/,
    ],
    [
      'a mapping of a column that is not there',
      { ...file('Phone', '6175550123'), mapping: { Mobil: 'phone' as const } },
      /column "Mobil" is not in this file/,
    ],
  ])('changes nothing and fails its run: %s', async (_, request, message) => {
    const importId = await newRun();
    const outcome = await commitImport(deps, requestFor(importId, request));
    expect(!outcome.ok && outcome.error).toEqual({ kind: 'invalid', message: expect.stringMatching(message) });
    expect(await stored()).toEqual([]);
    expect(await listRefusals(db, { importId, afterLine: 0, limit: 10 })).toEqual([]);
    expect(await getImportRun(db, importId)).toMatchObject({ state: 'failed', error: expect.stringMatching(message) });
    expect(await commitImport(deps, requestFor(importId, request))).toMatchObject({
      ok: false,
      error: { kind: 'conflict', state: 'failed' },
    });
  });

  it('is described all the same when only the column of numbers is not found', async () => {
    const preview = await previewImport(deps, file('Name,City', 'Kim,Boston'));
    expect(preview.ok && preview.value.columns.map((column) => column.field)).toEqual(['fullName', 'city']);
    expect(preview.ok && preview.value.warnings).toEqual([expect.stringMatching(/no column holds phone numbers/)]);
  });

  it('is too large', async () => {
    const outcome = await previewImport(deps, { ...file('Phone', '6175550123'), bytesMax: 10 });
    expect(!outcome.ok && outcome.error.kind).toBe('too_large');
  });
});

describe('a run', () => {
  const request = file('Phone', ...Array.from({ length: 8_000 }, (_, n) => `6172${String(100_000 + n)}`));

  it('that is aborted keeps nothing and can be begun again', async () => {
    const importId = await newRun();
    const controller = new AbortController();
    const aborted = commitImport(
      deps,
      requestFor(importId, {
        ...request,
        signal: controller.signal,
        onProgress: () => controller.abort(new Error('shutting down')),
      }),
    );
    await expect(aborted).rejects.toThrow('shutting down');
    expect(await stored()).toEqual([]);
    expect((await getImportRun(db, importId))?.state).toBe('running');
    const outcome = await commitImport(deps, requestFor(importId, request));
    expect(outcome.ok && outcome.value.created).toBe(8_000);
  });

  it('that is aborted in the middle of a statement does not wait for it', async () => {
    const controller = new AbortController();
    await sql`begin`.execute(other);
    await sql`lock table contact in exclusive mode`.execute(other);
    const aborted = commitImport(deps, requestFor(await newRun(), { ...request, signal: controller.signal }));
    await somebodyWaits(db);
    controller.abort(new Error('shutting down'));
    await expect(aborted).rejects.toThrow('shutting down');
    await sql`rollback`.execute(other);
    expect(await stored()).toEqual([]);
  });

  it('that is completed answers with its result and does nothing', async () => {
    const importId = await newRun();
    const small = requestFor(importId, file('Phone', '6175550123'));
    const first = await commitImport(deps, small);
    expect(await commitImport(deps, small)).toEqual(first);
    const { rows } = await sql`select 1 from audit_entry where action = 'import.completed'`.execute(db);
    expect(rows).toHaveLength(1);
  });

  it('that nobody made is not found', async () => {
    expect(await commitImport(deps, requestFor(newUuid(), request))).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });

  it('tells how far it is', async () => {
    const seen: number[] = [];
    await commit({ ...request, onProgress: ({ rows, bytes }) => seen.push(rows, bytes) });
    expect(seen.length).toBe(6);
    expect(seen.slice(-2)).toEqual([8_000, 5 + 8_000 * 11]);
  });

  it('beside another one with the same numbers creates each contact once', async () => {
    const results = await Promise.all([commit(request), commit(request), commit(request)]);
    expect(results.map(({ created, updated, unchanged }) => created + updated + unchanged)).toEqual([
      8_000, 8_000, 8_000,
    ]);
    expect(results.reduce((sum, { created }) => sum + created, 0)).toBe(8_000);
  });
});

it('gives its refused rows as CSV that no spreadsheet runs', async () => {
  const importId = await newRun();
  const rows = file(
    'Phone,First Name',
    '+44 20 7946 0958,Kim',
    '"=HYPERLINK(""http://evil.example"",""x"")",Kim',
    '"call ""me"", please",Kim',
    '-,Kim',
  );
  await commitImport(deps, requestFor(importId, rows));
  let text = '';
  const run = { id: importId, fileName: 'people.csv' };
  for await (const piece of await exportRefusals({ ...deps, db }, run, 'user:1')) text += piece;
  expect(text.split('\r\n').map((line) => line.replace(/,[^,]*meaning$|(?<=_phone|_country),.*/, ''))).toEqual([
    'line,value,reason',
    '2,+44 20 7946 0958,unsupported_country',
    `3,"'=HYPERLINK(""http://evil.example"",""x"")",invalid_phone`,
    '4,"call ""me"", please",invalid_phone',
    '5,-,missing_phone',
    '',
  ]);
});
