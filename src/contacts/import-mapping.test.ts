import { describe, expect, it } from 'vitest';
import { detectColumns, type ImportColumns, type ImportMapping } from './import-mapping.ts';

const head = (...rows: readonly (readonly string[])[]) => rows.map((cells, index) => ({ line: index + 1, cells }));

function columnsOf(rows: readonly (readonly string[])[], given: ImportMapping = {}): ImportColumns {
  const result = detectColumns(head(...rows), given);
  if (!result.ok) expect.unreachable(result.error.message);
  return result.value;
}

const targets = (rows: readonly (readonly string[])[], given: ImportMapping = {}): readonly string[] =>
  columnsOf(rows, given).columns.map((column) => column.target);

describe('a file with headers', () => {
  it.each([
    [
      ['First Name', 'Last Name', 'Mobile Phone', 'E-mail'],
      ['firstName', 'lastName', 'phone', 'email'],
    ],
    [
      ['first_name', 'LASTNAME', 'phone number', 'Email Address'],
      ['firstName', 'lastName', 'phone', 'email'],
    ],
    [
      ['Name', 'Phone #'],
      ['fullName', 'phone'],
    ],
    [
      ['Name', 'Last Name', 'Phone'],
      ['firstName', 'lastName', 'phone'],
    ],
    [
      ['Nombre', 'Apellidos', 'Teléfono móvil', 'Correo electrónico'],
      ['firstName', 'lastName', 'phone', 'email'],
    ],
    [
      ['Nombre completo', 'Celular', 'Dirección', 'Ciudad', 'Estado', 'Código Postal'],
      ['fullName', 'phone', 'street', 'city', 'state', 'postalCode'],
    ],
    [
      ['Company', 'Street', 'City', 'State', 'Zip', 'Tags', 'Phone'],
      ['company', 'street', 'city', 'state', 'postalCode', 'tags', 'phone'],
    ],
    [
      ['Phone', 'Address 1', 'Address 2'],
      ['phone', 'street', 'street'],
    ],
    [
      ['Phone', 'Notes', 'Lead Source', ''],
      ['phone', 'attribute:notes', 'attribute:lead_source', 'ignore'],
    ],
    [
      ['Phone', 'Email', 'E-mail'],
      ['phone', 'email', 'attribute:e_mail_2'],
    ],
    [
      ['Phone', 'Consent', 'Consent Purpose'],
      ['phone', 'consentKind', 'consentKind'],
    ],
    [
      ['Phone', 'Color', 'color'],
      ['phone', 'attribute:color', 'attribute:color_2'],
    ],
    [
      ['Given Name', 'Family Name', 'Phone 1 - Value', 'Phone 1 - Type'],
      ['firstName', 'lastName', 'phone', 'attribute:phone_1_type'],
    ],
  ])('%j is understood as %j', (headers, expected) => {
    expect(targets([headers, []])).toEqual(expected);
  });

  it('asks mobile columns before cell, plain, home and work ones', () => {
    const { phoneColumns } = columnsOf([['Home Phone', 'Phone', 'Mobile', 'Work Phone', 'Cell'], []]);
    expect(phoneColumns).toEqual([2, 4, 1, 0, 3]);
  });

  it('shows the first values of each column', () => {
    const { columns, hasHeader } = columnsOf([
      ['Name', 'Phone'],
      ['Kim', ''],
      ['', '1'],
      ['Ana', '2'],
      ['Omar', '3'],
      ['Zoë', '4'],
    ]);
    expect(hasHeader).toBe(true);
    expect(columns.map((column) => column.samples)).toEqual([
      ['Kim', 'Ana', 'Omar'],
      ['1', '2', '3'],
    ]);
  });

  it('says what to do when no column holds numbers', () => {
    const { problems, phoneColumns } = columnsOf([
      ['Name', 'City'],
      ['Kim', 'Boston'],
    ]);
    expect(phoneColumns).toEqual([]);
    expect(problems).toEqual([
      'no column holds phone numbers; the file has "Name", "City". Name the column "Phone" or "Mobile", or choose it',
    ]);
  });

  it('keeps at most fifty extra columns, and says which it leaves out', () => {
    const headers = ['Phone', ...Array.from({ length: 52 }, (_, index) => `Extra ${index + 1}`)];
    const { columns, problems } = columnsOf([headers]);
    expect(columns.filter((column) => column.target === 'ignore').map((column) => column.header)).toEqual([
      'Extra 51',
      'Extra 52',
    ]);
    expect(problems).toEqual(['only the first 50 of 52 extra columns are kept; left out: "Extra 51", "Extra 52"']);
  });
});

describe('a file without headers', () => {
  it('is known by a number in its first row; columns are guessed from the values', () => {
    const { hasHeader, columns } = columnsOf([
      ['Kim', 'Lee', '617-555-0123', 'kim@example.com', '12 Elm St', 'MA', '02169', 'Harbor Condo Trust'],
      ['Ana', 'García', '617-555-0124', '', '9 Oak Ave', 'FL', '32501', ''],
    ]);
    expect(hasHeader).toBe(false);
    expect(columns.map((column) => column.target)).toEqual([
      'firstName',
      'lastName',
      'phone',
      'email',
      'street',
      'state',
      'postalCode',
      'attribute:column_8',
    ]);
    expect(columns[0]).toEqual({ index: 0, header: 'Column 1', target: 'firstName', samples: ['Kim', 'Ana'] });
  });

  it('may have whole names', () => {
    expect(
      targets([
        ['6175550123', 'Kim Lee'],
        ['6175550124', 'Ana de la Cruz'],
      ]),
    ).toEqual(['phone', 'fullName']);
  });

  it('may have nothing but numbers', () => expect(targets([['6175550123'], ['6175550124']])).toEqual(['phone']));
});

it('a header as long as a page is shortened where the columns are listed', () => {
  const [problem = ''] = columnsOf([['x'.repeat(10_000)], ['y']]).problems;
  expect(problem).toContain(`"${'x'.repeat(60)}…"`);
  expect(problem.length).toBeLessThan(300);
});

describe('a mapping that is given', () => {
  const rows = [
    ['Name', 'Phone', 'Home', 'Notes'],
    ['Kim', '6175550123', '6175550124', ''],
  ];

  it('overrides what was detected, by index or by header', () => {
    expect(targets(rows, { '3': 'ignore', home: 'attribute:home_number' })).toEqual([
      'fullName',
      'phone',
      'attribute:home_number',
      'ignore',
    ]);
  });

  it('takes a field away from the column that was detected for it', () => {
    expect(targets(rows, { Home: 'phone' })).toEqual(['fullName', 'ignore', 'phone', 'attribute:notes']);
  });

  it.each(['Mobil', '7'])('is refused when the file has no column %j, with the columns that it has', (key) => {
    const result = detectColumns(head(...rows), { [key]: 'phone' });
    expect(!result.ok && result.error.problem).toBe('unknown_column');
    expect(!result.ok && result.error.message).toBe(
      `column "${key}" is not in this file; it has "Name", "Phone", "Home", "Notes"`,
    );
  });

  it('is refused by a name that two columns have, and taken by the place of one', () => {
    const twice = [
      ['phone', 'Name', 'Phone'],
      ['6175550123', 'Kim', '6175550124'],
    ];
    const result = detectColumns(head(...twice), { Phone: 'phone' });
    expect(!result.ok && result.error.message).toBe(
      'column "Phone" stands 2 times in this file; choose one by its place, which is 0 or 2',
    );
    expect(targets(twice, { '2': 'phone' })).toEqual(['ignore', 'fullName', 'phone']);
    expect(targets(twice)).toEqual(['phone', 'fullName', 'phone']);
  });
});
