import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { emptyTables } from '../../test/around-triggers.ts';
import { somebodyWaits } from '../../test/concurrency.ts';
import { FAKE_KEYS, fakeNumverify } from '../../test/fake-validators.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { previewAudience } from '../audiences/preview-audience.ts';
import type { ConsentToRecord } from '../compliance/append-consent.ts';
import { consentStanding } from '../compliance/consent.ts';
import { askedConsent, DEFAULT_CONSENT_POLICY } from '../compliance/consent-policy.ts';
import { listConsentEvents, readConsentFacts } from '../compliance/consent-store.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { erasePerson } from '../evidence/erase-person.ts';
import { parseConfig } from '../platform/config.ts';
import { openDatabase, runTx } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { instant } from '../platform/time.ts';
import { listBatches } from '../validation/batch-store.ts';
import { resumeBatches } from '../validation/validation-jobs.ts';
import {
  DEFAULT_VALIDATION_SETTINGS,
  type ImportMode,
  type ValidationSettings,
} from '../validation/validation-settings.ts';
import { putValidationSettings } from '../validation/validation-settings-store.ts';
import { type CommitRequest, commitImport, type ImportRequest, previewImport } from './import-contacts.ts';
import { detectColumns } from './import-mapping.ts';
import type { ImportResult } from './import-report.ts';
import { type ImportedContact, mergeImported, rowReader } from './import-rows.ts';
import { getImportRun, insertImportRun, listRefusals } from './import-run-store.ts';
import { recordImportedConsents } from './record-imported-consents.ts';
import { exportRefusals } from './refusals-csv.ts';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures');
const messy = { open: () => ({ chunks: createReadStream(join(FIXTURES, 'contacts-messy.csv')) }) };
const expected = JSON.parse(await readFile(join(FIXTURES, 'contacts-messy.expected.json'), 'utf8'));

const database = await testDatabase();
const { db } = database;
const { clock, newUuid, random } = testWorld();
const deps = { database, clock, newUuid };

/** One connection of its own, for holding a lock. */
const other = openDatabase({
  connectionString: database.connectionString,
  applicationName: 'other',
  maxConnections: 1,
}).db;
afterAll(() => other.destroy());

beforeEach(() => emptyTables(db, 'contact', 'import_run', 'import_refusal', 'suppression', 'audit_entry'));

const file = (...lines: readonly string[]): Pick<ImportRequest, 'open'> => ({
  open: () => ({ chunks: Readable.from([Buffer.from(lines.join('\n'))]) }),
});

async function newRun(): Promise<string> {
  const id = newUuid();
  await insertImportRun(db, {
    id,
    fileName: 'contacts.csv',
    fileBytes: 1,
    blobKey: 'imports/1',
    createdAt: clock.now(),
    createdBy: 'user:1',
  });
  return id;
}

const requestFor = (importId: string, request: ImportRequest): CommitRequest => ({
  ...request,
  importId,
  by: { actor: 'user:1', name: 'Kim' },
});

async function commit(request: ImportRequest & Pick<CommitRequest, 'validate'>): Promise<ImportResult> {
  const outcome = await commitImport(deps, requestFor(await newRun(), request));
  if (!outcome.ok) expect.unreachable(outcome.error.message);
  return outcome.value;
}

interface StoredContact {
  readonly id: string;
  readonly phone: string;
  readonly [field: string]: unknown;
}

async function stored(): Promise<readonly StoredContact[]> {
  const { rows } = await sql<StoredContact>`
    select id, phone, first_name, last_name, email, company, street, city, state, postal_code, attributes, tags, zone_group, source,
      import_id, created_at::text, updated_at::text from contact order by id`.execute(db);
  return rows;
}

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

const use = (importMode: ImportMode, change: Partial<ValidationSettings> = {}): Promise<void> =>
  runTx(db, (tx) => putValidationSettings(tx, { ...DEFAULT_VALIDATION_SETTINGS, importMode, ...change }, clock.now()));

describe('the numbers of an import', () => {
  const batches = () => listBatches(db, { importId: undefined, after: undefined, limit: 10 });
  beforeEach(() => sql`truncate validation_batch, setting cascade`.execute(db));

  it.each([
    ['mandatory', false, 1],
    ['optional', false, 0],
    ['optional', true, 1],
    ['off', true, 0],
  ] as const)('are validated when that is %s and the importer says %s: %i', async (mode, validate, count) => {
    await use(mode);
    await commit({ ...file('Phone', '6175550123'), validate });
    expect(await batches()).toHaveLength(count);
  });

  it('are validated with those of contacts that were there, each once, and only when the import is kept', async () => {
    await commit(file('Phone,First Name', '6175550123,Ana', '6175550199,Not in the second file'));
    await use('mandatory');
    await commit(file('Phone,First Name', '6175550123,Ana', '(617) 555-0123,Ana', '6175550124,Kim', 'garbage,'));
    const importId = (await stored()).find(({ phone }) => phone === '+16175550124')?.['importId'];
    expect(await batches()).toMatchObject([
      { source: 'import', importId, state: 'open', total: 2, startedBy: 'user:1' },
    ]);
    const failed = await commitImport(deps, requestFor(await newRun(), file('Name', 'Kim')));
    expect(failed.ok).toBe(false);
    expect(await batches()).toHaveLength(1);
  });
});

describe('an import whose numbers must be validated while the service is down', () => {
  it('goes on: its people are there, unverified, and are texted or not as the policy says', async () => {
    onTestFinished(() => use('off'));
    const fake = await fakeNumverify();
    const secrets = secretsWithKey(random.bytes(32), random);
    const config = parseConfig({ NUMVERIFY_URL: fake.url }, '/');
    const services = { ...deps, secrets, config, log: createLog({ level: 'silent' }) };
    const numverify = { keySealed: secrets.seal(FAKE_KEYS.numverify), monthlyQuota: 100, requestsPerSecond: 100 };
    const { excludes, validators } = DEFAULT_VALIDATION_SETTINGS;
    const useWhile = (unverified: boolean): Promise<void> =>
      use('mandatory', { excludes: { ...excludes, unverified }, validators: { ...validators, numverify } });
    const textable = async () => {
      const { matched, textable: people, excluded } = await previewAudience(db, { all: true }, clock.now());
      return { matched, people, excluded: excluded.map(({ reason, count }) => [reason, count]) };
    };
    fake.trouble = { kind: 'cut' };
    await useWhile(false);
    expect(await commit(file('Phone', '6175550123', '6175550124'))).toMatchObject({ created: 2, refused: 0 });
    await resumeBatches(services, new AbortController().signal);
    expect(await listBatches(db, { importId: undefined, after: undefined, limit: 10 })).toMatchObject([
      { source: 'import', state: 'open', total: 2, wait: { kind: 'down' } },
    ]);
    expect(await textable()).toEqual({ matched: 2, people: 2, excluded: [] });
    await useWhile(true);
    expect(await textable()).toEqual({ matched: 2, people: 0, excluded: [['number_unverified', 2]] });

    fake.trouble = undefined;
    await clock.advance(5_000);
    await resumeBatches(services, new AbortController().signal);
    expect(await textable()).toEqual({ matched: 2, people: 2, excluded: [] });
  });
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

describe('consents of a file', () => {
  const [PROVEN, TICKED, STOPPED, FUTURE, SAYS_NO] = ['1', '2', '3', '4', '5'].map((n) => `+1617555070${n}`);
  const consents = file(
    'Phone,Consent,Consent source,Consent text,Consent date,Opt-in page,Opt-in IP,Consent version',
    `${PROVEN},PEWC,Web form,"I agree, not a condition of purchase.",2026-05-03 14:30,https://acme.example/join,203.0.113.7,v3`,
    `${TICKED},yes,,,,,,`,
    `${STOPPED},written,Web form,I agree.,2026-11-01,,,`,
    `${FUTURE},written,Web form,I agree.,2031-01-01,,,`,
    `${SAYS_NO},no,Web form,I agree.,2026-05-03,,,`,
  );
  const standings = async () => {
    const { rows } = await sql<{ phone: string; state: string }>`
      select phone, state from consent where purpose = 'marketing' and phone like '+1617555070_'`.execute(db);
    return Object.fromEntries(rows.map(({ phone, state }) => [phone, state]));
  };

  const signsForm = (phone: string): Promise<unknown> => {
    const grant: ConsentToRecord = {
      action: 'grant',
      phone,
      purpose: 'marketing',
      kind: 'express_written',
      evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '192.0.2.7' },
      wording: { text: 'I agree.', version: '1', language: 'en' },
      needsConfirmation: false,
      validUntil: null,
      occurredAt: clock.now(),
      by: { actor: 'contact', name: 'The person' },
    };
    return runTx(db, (tx) => recordConsent(tx, deps, grant));
  };

  it('are events with the file and the row, and cannot undo an opt-out', async () => {
    await runTx(db, (tx) =>
      suppressNumber(tx, deps, {
        phone: STOPPED ?? '',
        reason: 'opt_out',
        channel: 'sms',
        evidence: { text: 'STOP' },
        actor: 'contact',
        saidAt: instant('2026-10-01T12:00:00Z'),
      }),
    );
    const preview = await previewImport(deps, consents);
    expect(preview.ok && preview.value.warnings).toEqual([
      '1 row with a consent does not say when, how and to which words the person agreed: that is no proof, and marketing does not rest on it',
    ]);
    const done = await commitImport(deps, requestFor(await newRun(), consents));
    expect(done.ok).toBe(true);
    expect(await standings()).toEqual({
      [PROVEN ?? '']: 'written',
      [TICKED ?? '']: 'imported_unverified',
      [STOPPED ?? '']: 'opted_out',
      [FUTURE ?? '']: 'imported_unverified',
    });
    const [event] = await listConsentEvents(db, { phone: PROVEN ?? '', after: undefined, limit: 5 });
    expect(event).toMatchObject({
      kind: 'express_written',
      source: 'import',
      documented: true,
      wording: 'I agree, not a condition of purchase.',
      wordingVersion: 'v3',
      evidence: {
        file: 'contacts.csv',
        row: 2,
        method: 'Web form',
        formUrl: 'https://acme.example/join',
        ip: '203.0.113.7',
      },
      occurredAt: instant('2026-05-03T14:30:00Z'),
    });
  });

  it('are none in a row that says no, says nothing or says what nobody understands, and a refusal opts out', async () => {
    const cells = ['Written', 'No written consent', 'not signed', '', 'maybe', 'written consent revoked', 'Opted out'];
    const phones = cells.map((_, n) => `+1617555072${n}`);
    const twice = '+16175550729';
    const own = phones[6] ?? '';
    await signsForm(own);
    const row = (phone: string | undefined, cell: string) =>
      `${phone},${cell},Web form,I agree to get texts,2026-05-03`;
    const list = file(
      'Phone,Consent,Consent source,Consent text,Consent date',
      ...cells.map((cell, n) => row(phones[n], cell)),
      row(twice, 'Written'),
      row(twice, 'No'),
    );
    const readings = { agreed: 2, unproven: 0, unclear: 1, notGiven: 3, refused: 2, silent: 1 };
    const preview = await previewImport(deps, list);
    expect(preview.ok && preview.value.consents).toMatchObject({
      ...readings,
      cells: expect.arrayContaining([
        { said: 'Opted out', reading: 'refused', rows: 1 },
        { said: 'Written', reading: 'agreed', rows: 2 },
      ]),
    });
    expect(preview.ok && preview.value.warnings).toContain(
      '2 rows say that the person asked to be left alone, which the import records as an opt-out',
    );
    const run = await newRun();
    expect(await commitImport(deps, requestFor(run, list))).toMatchObject({ value: { consents: readings } });
    expect(await getImportRun(db, run)).toMatchObject({ consentReadings: readings });
    const asked = askedConsent(DEFAULT_CONSENT_POLICY, { now: clock.now(), waived: false });
    const reached = await previewAudience(db, { all: true }, clock.now(), asked);
    expect(reached).toMatchObject({ matched: 8, textable: 1 });
    expect(reached.sample.map(({ phone }) => phone)).toEqual([phones[0]]);
    const { rows } = await sql<{ phone: string; evidence: object }>`
      select phone, evidence from suppression where channel = 'import' and lifted_at is null order by phone`.execute(
      db,
    );
    expect(rows).toEqual([
      { phone: phones[5], evidence: { file: 'contacts.csv', row: 7, said: 'written consent revoked', by: 'Kim' } },
      { phone: own, evidence: { file: 'contacts.csv', row: 8, said: 'Opted out', by: 'Kim' } },
    ]);
  });

  it('end with a column of those who opted out, also in a file that tells of no consent', async () => {
    const phone = '+16175550741';
    const list = file('Phone,Opted Out', `${phone},TRUE`, '6175550742,FALSE', '6175550743,');
    const preview = await previewImport(deps, list);
    expect(preview.ok && preview.value.consents).toMatchObject({ refused: 1, silent: 2, agreed: 0 });
    await commit(list);
    const { rows } = await sql`select phone, evidence from suppression where channel = 'import'`.execute(db);
    expect(rows).toEqual([{ phone, evidence: { file: 'contacts.csv', row: 2, said: 'TRUE', by: 'Kim' } }]);
  });

  it('of an earlier file end by a later one that says no; one that the person gave themselves does not', async () => {
    const [told, own] = ['+16175550731', '+16175550732'] as const;
    await signsForm(own);
    const rows = (cell: string) =>
      file(
        'Phone,Consent,Consent source,Consent text,Consent date',
        ...[told, own].map((phone) => `${phone},${cell},Web form,I agree,2026-05-03`),
      );
    await commit(rows('Written'));
    await clock.advance(1_000);
    await commit(rows('No'));
    const standing = async (phone: string) => consentStanding(await readConsentFacts(db, phone), 'marketing').state;
    expect([await standing(told), await standing(own)]).toEqual(['opted_out', 'written']);
  });

  it('are recorded after a kill between the import and its end, each once', async () => {
    const id = await newRun();
    const later = ['6', '7'].map((n) => `+1617555070${n}`);
    await sql`
      insert into import_consent (import_id, line, phone, consent, actor, recorded_by)
      select ${id}::uuid, n, phone, ${JSON.stringify({ reading: 'agreed', said: 'PEWC', purpose: 'marketing', kind: 'express_written', method: 'Web form', wording: 'I agree.', givenAt: '2026-05-03T00:00:00Z' })},
        'user:1', 'Kim' from unnest(${later}::text[]) with ordinality as x (phone, n)`.execute(db);
    await Promise.all([recordImportedConsents(deps), recordImportedConsents(deps)]);
    await recordImportedConsents(deps);
    for (const phone of later)
      expect(await listConsentEvents(db, { phone, after: undefined, limit: 5 })).toHaveLength(1);
    expect((await sql`select 1 from import_consent`.execute(db)).rows).toEqual([]);
  });
});
