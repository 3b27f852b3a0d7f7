import { expect, it } from 'vitest';
import { NO_FIELDS } from './contact.ts';
import { contactCopyLine, refusalCopyLine } from './import-copy.ts';
import { storedE164 } from './phone.ts';

it('a contact is one line of COPY text, whatever its values hold', () => {
  const contact = {
    line: 7,
    phone: storedE164('+16175550123'),
    fields: { ...NO_FIELDS, firstName: 'a\tb\\c', company: 'x\r\ny' },
    tags: ['say "hi"', 'back\\slash', 'a,b'],
    attributes: { notes: 'one\ntwo' },
    emailDropped: false,
  };
  expect(contactCopyLine(contact, 'MA|America/New_York')).toBe(
    [
      '7',
      '+16175550123',
      'a\\tb\\\\c',
      '\\N',
      '\\N',
      'x\\r\\ny',
      '\\N',
      '\\N',
      '\\N',
      '\\N',
      '{"notes":"one\\\\ntwo"}',
      '{"say \\\\"hi\\\\"","back\\\\\\\\slash","a,b"}',
      'MA|America/New_York',
      '\\N',
      '\\N',
      '\\N\n',
    ].join('\t'),
  );
});

it('a refused row has its line, value and reason', () => {
  expect(refusalCopyLine({ line: 9, value: 'call\toffice', reason: 'invalid_phone' })).toBe(
    `9${'\t\\N'.repeat(12)}\tcall\\toffice\tinvalid_phone\t\\N\n`,
  );
});
