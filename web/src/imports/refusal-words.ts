interface RefusalWords {
  readonly what: string;
  readonly remedy: string;
}

/** Why a row of a file is not imported, and what makes it importable. */
const WORDS: Readonly<Record<string, RefusalWords>> = {
  missing_phone: { what: 'No phone number', remedy: 'Add one to the row.' },
  invalid_phone: { what: 'Not a number that can exist', remedy: 'Ten digits are needed, such as (617) 555-0123.' },
  unsupported_country: {
    what: 'A number of another country',
    remedy: 'Only numbers that begin with +1 can be texted.',
  },
  too_many_columns: {
    what: 'More cells than the header has',
    remedy: 'Usually a comma inside a cell lacks its quotes.',
  },
  value_too_long: { what: 'A value is too long', remedy: 'Shorten it, or do not import its column.' },
  broken_quotes: { what: 'A quote inside a cell is not doubled', remedy: 'Write "" for a quote inside a quoted cell.' },
};

/** A reason that is not known here is shown as it is. */
export const refusalWords = (reason: string): RefusalWords =>
  WORDS[reason] ?? { what: reason.replaceAll('_', ' '), remedy: '' };
