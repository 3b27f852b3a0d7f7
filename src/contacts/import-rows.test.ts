import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_FIELDS } from './contact.ts';
import { openCsv } from './csv-reader.ts';
import { detectColumns } from './import-mapping.ts';
import { type ImportedContact, type ImportRefusal, mergeImported, type ReadRow, rowReader } from './import-rows.ts';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures');

function readerFor(headers: readonly string[], addTags: readonly string[] = []): ReadRow {
  const columns = detectColumns([{ line: 1, cells: headers }]);
  if (!columns.ok) expect.unreachable(columns.error.message);
  return rowReader(columns.value, { addTags });
}

function take(headers: readonly string[], cells: readonly string[]): ImportedContact {
  const row = readerFor(headers)({ line: 2, cells });
  if (!row.ok) expect.unreachable(`refused: ${row.error.reason} ${row.error.value}`);
  return row.value;
}

function refuse(headers: readonly string[], cells: readonly string[]): ImportRefusal {
  const row = readerFor(headers)({ line: 2, cells });
  if (row.ok) expect.unreachable('the row was taken');
  return row.error;
}

describe('a row', () => {
  it('becomes a contact', () => {
    const headers = [
      'First Name',
      'Last Name',
      'Phone',
      'Email',
      'Company',
      'Street',
      'City',
      'State',
      'Zip',
      'Tags',
      'Notes',
    ];
    const cells = [
      'Ana',
      'García',
      '(617) 555-0123',
      'ana@example.com',
      'Acme',
      '12 Elm St',
      'Quincy',
      'Mass.',
      '02169',
      'lead;VIP',
      'call, first',
    ];
    expect(take(headers, cells)).toEqual({
      line: 2,
      phone: '+16175550123',
      fields: {
        firstName: 'Ana',
        lastName: 'García',
        email: 'ana@example.com',
        company: 'Acme',
        street: '12 Elm St',
        city: 'Quincy',
        state: 'MA',
        postalCode: '02169',
      },
      tags: ['VIP', 'lead'],
      attributes: { notes: 'call, first' },
      emailDropped: false,
    });
  });

  it.each([
    ['Name', 'Maria de la Cruz', { firstName: 'Maria', lastName: 'de la Cruz' }, 'a whole name is split'],
    ['First Name', ' Ana\u00a0\u200b', { firstName: 'Ana' }, 'blanks and invisible marks are cut'],
    ['First Name', 'Jose\u0301', { firstName: 'José' }, 'accents are composed'],
    ['First Name', 'A\u0007na', { firstName: 'Ana' }, 'control characters go'],
    ['First Name', '#REF!', {}, 'a spreadsheet error is no name'],
    ['First Name', "'Ana", { firstName: "'Ana" }, 'an apostrophe is kept where it is no phone'],
    ['Company', '=HYPERLINK("x")', { company: '=HYPERLINK("x")' }, 'text that looks like a formula is text'],
    ['Street', '1 Main St\r\nApt 2', { street: '1 Main St, Apt 2' }, 'a line break in an address is a comma'],
    ['Street', '1 Main St,\nApt 2', { street: '1 Main St, Apt 2' }, 'but only one'],
    ['State', 'Bavaria', { state: 'Bavaria' }, 'an unknown state is kept as it is'],
    ['Zip', '94103.0', { postalCode: '94103' }, 'decimals of a ZIP code go'],
    ['Email', 'mailto:ana@example.com', { email: 'ana@example.com' }, 'an address copied from a link'],
  ])('%s %j gives %j: %s', (header, cell, fields, _) => {
    expect(take(['Phone', header], ['6175550123', cell]).fields).toEqual({ ...NO_FIELDS, ...fields });
  });

  it('gets the zeros of its ZIP code back when the state begins with them', () => {
    const zip = (state: string, postalCode: string) =>
      take(['Phone', 'State', 'Zip'], ['6175550123', state, postalCode]).fields.postalCode;
    expect([zip('MA', '2169'), zip('PR', '601'), zip('TX', '2169'), zip('', '2169')]).toEqual([
      '02169',
      '00601',
      '2169',
      '2169',
    ]);
  });

  it('loses an e-mail address that is none, and says so', () => {
    for (const email of ['ana(at)example.com', 'ana@', 'ana@example', 'a b@example.com'])
      expect(take(['Phone', 'Email'], ['6175550123', email])).toMatchObject({
        fields: { email: null },
        emailDropped: true,
      });
  });

  it.each([
    ['lead;estimate', ['estimate', 'lead']],
    ['lead, estimate | vip', ['estimate', 'lead', 'vip']],
    ['lead;LEAD; lead ', ['lead']],
    [' ; ', []],
  ])('has of the tags %j the tags %j', (cell, tags) =>
    expect(take(['Phone', 'Tags'], ['6175550123', cell]).tags).toEqual(tags),
  );

  it('gets the tags of the import', () => {
    const row = readerFor(['Phone', 'Tags'], ['spring'])({ line: 2, cells: ['6175550123', 'Spring;lead'] });
    expect(row.ok && row.value.tags).toEqual(['lead', 'spring']);
  });

  it('takes the number of the best column that has one', () => {
    const headers = ['Home Phone', 'Mobile', 'Phone'];
    expect(take(headers, ['6175550101', '6175550102', '6175550103']).phone).toBe('+16175550102');
    expect(take(headers, ['6175550101', '-', '6175550103']).phone).toBe('+16175550103');
    expect(take(headers, ['6175550101', 'see notes', '']).phone).toBe('+16175550101');
    expect(refuse(headers, ['555-0101', '', '12'])).toEqual({ line: 2, value: '12', reason: 'invalid_phone' });
  });

  it.each([
    [['', 'Kim'], 'missing_phone', ''],
    [[], 'missing_phone', ''],
    [['call office', 'Kim'], 'invalid_phone', 'call office'],
    [['+44 20 7946 0958', 'Kim'], 'unsupported_country', '+44 20 7946 0958'],
    [['6175550123', 'Kim', 'Lee'], 'too_many_columns', 'Lee'],
    [['6175550123', '"Kim\n6175550124,Ana'], 'broken_quotes', '"Kim\n6175550124,Ana'],
    [['6175550123', 'x'.repeat(201)], 'value_too_long', 'First Name: 201 characters, at most 200'],
  ] as const)('%j is refused: %s', (cells, reason, value) => {
    expect(refuse(['Phone', 'First Name'], cells)).toEqual({ line: 2, value, reason });
  });

  it('may have empty cells behind the last column', () => {
    expect(take(['Phone', 'First Name'], ['6175550123', 'Kim', '', ' ']).fields.firstName).toBe('Kim');
  });

  it('is refused for tags and attributes that are too long, by the name of the column', () => {
    expect(refuse(['Phone', 'Groups'], ['6175550123', `x;${'y'.repeat(101)}`]).value).toBe(
      'Groups: a tag of 101 characters, at most 100',
    );
    expect(
      refuse(['Phone', 'Groups'], ['6175550123', Array.from({ length: 101 }, (_, n) => `t${n}`).join(';')]).value,
    ).toBe('Groups: 101 tags, at most 100');
    expect(refuse(['Phone', 'Comments'], ['6175550123', 'x'.repeat(2_001)]).value).toBe(
      'Comments: 2001 characters, at most 2000',
    );
  });
});

describe('rows with one number', () => {
  const row = (
    line: number,
    change: Partial<ImportedContact['fields']>,
    rest: Partial<ImportedContact> = {},
  ): ImportedContact => ({
    ...take(['Phone'], ['6175550123']),
    line,
    fields: { ...NO_FIELDS, ...change },
    ...rest,
  });

  it('become one: the first value stays, later rows fill gaps, tags are united', () => {
    const first = row(2, { firstName: 'Ana', city: 'Boston' }, { tags: ['lead'], attributes: { notes: 'first' } });
    const later = row(
      9,
      { firstName: 'Anna', lastName: 'García' },
      { tags: ['Lead', 'estimate'], attributes: { notes: 'later', source: 'web' } },
    );
    expect(mergeImported(first, later)).toEqual(
      row(
        2,
        { firstName: 'Ana', lastName: 'García', city: 'Boston' },
        { tags: ['estimate', 'lead'], attributes: { notes: 'first', source: 'web' } },
      ),
    );
  });
});

describe('the messy file', async () => {
  const expected = JSON.parse(await readFile(join(FIXTURES, 'contacts-messy.expected.json'), 'utf8'));
  const file = await openCsv({ chunks: createReadStream(join(FIXTURES, 'contacts-messy.csv')) });
  const columns = detectColumns(file.head);
  if (!columns.ok) throw columns.error;
  const readRow = rowReader(columns.value);
  const contacts = new Map<string, ImportedContact>();
  const refusals: ImportRefusal[] = [];
  let rows = 0;
  let merged = 0;
  for await (const batch of file.batches) {
    for (const record of batch.filter(({ line }) => line > 1)) {
      rows += 1;
      const row = readRow(record);
      if (!row.ok) {
        refusals.push(row.error);
        continue;
      }
      const first = contacts.get(row.value.phone);
      if (first !== undefined) merged += 1;
      contacts.set(row.value.phone, first === undefined ? row.value : mergeImported(first, row.value));
    }
  }

  it('has as many rows, contacts, merged and refused rows as its makers counted', () => {
    expect({ rows, contacts: contacts.size, mergedRows: merged, refusedRows: refusals.length }).toEqual({
      rows: expected.rows,
      contacts: expected.contacts,
      mergedRows: expected.mergedRows,
      refusedRows: expected.refusedRows,
    });
  });

  it('has its rows refused for the expected reasons, on the expected lines', () => {
    const byReason = Object.fromEntries(
      Object.keys(expected.refusedByReason).map((reason) => [
        reason,
        refusals.filter((refusal) => refusal.reason === reason).length,
      ]),
    );
    expect(byReason).toEqual(expected.refusedByReason);
    expect(refusals.slice(0, expected.refusedFirst.length)).toEqual(expected.refusedFirst);
  });

  it.each(expected.samples as readonly { phone: string }[])('has the contact $phone as expected', (sample) => {
    const contact = contacts.get(sample.phone);
    expect({ phone: contact?.phone, ...contact?.fields, tags: contact?.tags }).toMatchObject(sample);
  });
});
