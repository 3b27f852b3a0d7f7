import type { ConsentCell, ConsentReadings } from './consent-readings.ts';
import type { ContactFields } from './contact.ts';
import type { ImportRefusal } from './import-rows.ts';

/** What importing a file would do. Stored with the run, and given to the API as it is. */
export interface ImportPreview {
  readonly encoding: string;
  readonly delimiter: string;
  readonly hasHeader: boolean;
  /** `field` is a field of the contact, `ignore`, or `attribute:<name>`. */
  readonly columns: readonly {
    readonly index: number;
    readonly header: string;
    readonly field: string;
    readonly samples: readonly string[];
  }[];
  readonly rows: number;
  readonly newContacts: number;
  readonly updatedContacts: number;
  readonly unchangedContacts: number;
  readonly mergedRows: number;
  readonly refusedRows: number;
  readonly refusedByReason: Readonly<Record<string, number>>;
  /** Contacts that are suppressed, and stay so. */
  readonly suppressedKept: number;
  /** New contacts whose numbers were erased here, and who stay opted out; absent in previews from before this was counted. */
  readonly erasedKept?: number;
  readonly outsideUs: number;
  /** What the rows say of consents; null of a file without such columns, absent in previews from before this was counted. */
  readonly consents?: (ConsentReadings & { readonly cells: readonly ConsentCell[] }) | null;
  readonly warnings: readonly string[];
  /** The first contacts as they would be stored. */
  readonly sample: readonly StagedContact[];
  readonly refused: readonly ImportRefusal[];
}

/** A contact as the file leaves it, before it meets the contacts that exist. */
export interface StagedContact extends ContactFields {
  readonly phone: string;
  readonly tags: readonly string[];
}

/** What importing a file did: rows = created + updated + unchanged + merged + refused. */
export interface ImportResult {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly merged: number;
  readonly refused: number;
  /** Of the created: erased here before, and opted out until they say START. */
  readonly erased: number;
  /** What the rows said of consents; null of a file without such columns, and of imports from before this was counted. */
  readonly consents: ConsentReadings | null;
}
