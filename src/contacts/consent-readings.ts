import type { ConsentReading } from './consent-cell.ts';
import { type ImportedConsent, isProof } from './import-consent.ts';

/** How the rows of a file were read, of those that are not refused. */
export interface ConsentReadings {
  /** Tell when, how and to which words the person agreed. */
  readonly agreed: number;
  /** Say yes, and not all of that: no consent. */
  readonly unproven: number;
  /** Say what is neither yes nor no: no consent. */
  readonly unclear: number;
  /** Say that there is none. */
  readonly notGiven: number;
  /** Say that the person asked to be left alone: they are opted out. */
  readonly refused: number;
  readonly silent: number;
}

/** One content of the cells, and as what it was read. */
export interface ConsentCell {
  readonly said: string;
  readonly reading: Exclude<ConsentReading, 'silent'>;
  readonly rows: number;
}

const CELLS_SHOWN = 20;
/** A file with other words in every row is told of by its first ones. */
const CELLS_KEPT = 1_000;

/** Counts row by row what a file says of consents. */
export class ConsentCounter {
  readonly #rows = { agreed: 0, unproven: 0, unclear: 0, notGiven: 0, refused: 0, silent: 0 };
  readonly #cells = new Map<string, { reading: ConsentCell['reading']; rows: number }>();

  add(consent: ImportedConsent | undefined): void {
    this.#rows[consent === undefined ? 'silent' : countedAs(consent)] += 1;
    if (consent === undefined || consent.said === null) return;
    const key = `${consent.reading} ${consent.said}`;
    const cell = this.#cells.get(key);
    if (cell !== undefined) cell.rows += 1;
    else if (this.#cells.size < CELLS_KEPT) this.#cells.set(key, { reading: consent.reading, rows: 1 });
  }

  get rows(): ConsentReadings {
    return { ...this.#rows };
  }

  /** The commonest ones, those first that opt people out. */
  get cells(): readonly ConsentCell[] {
    return [...this.#cells]
      .map(([key, { reading, rows }]) => ({ said: key.slice(reading.length + 1), reading, rows }))
      .sort((a, b) => Number(b.reading === 'refused') - Number(a.reading === 'refused') || b.rows - a.rows)
      .slice(0, CELLS_SHOWN);
  }
}

const COUNTED_AS = { unclear: 'unclear', not_given: 'notGiven', refused: 'refused' } as const;

const countedAs = (consent: ImportedConsent): keyof ConsentReadings =>
  consent.reading === 'agreed' ? (isProof(consent) ? 'agreed' : 'unproven') : COUNTED_AS[consent.reading];
