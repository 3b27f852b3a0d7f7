import type { Instant } from '../platform/time.ts';

/** A document for people, before it has pages: what is said, not how it looks. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Name and value, one pair on a line. */
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: string])[] }
  | {
      readonly kind: 'entry';
      /** UTC, and beside it where the business is. */
      readonly when: string;
      readonly title: string;
      /** Somebody's exact words. */
      readonly text: string | null;
      readonly lines: readonly string[];
    }
  /** Digests and such, in letters of one width. */
  | { readonly kind: 'code'; readonly lines: readonly string[] };

export interface PrintedDocument {
  readonly title: string;
  readonly subtitle: string;
  /** At the foot of each page. */
  readonly footer: string;
  readonly createdAt: Instant;
  readonly blocks: readonly Block[];
}
