import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { ConsentAction, ConsentKind, ConsentPurpose, ConsentSource } from './consent.ts';

/** What shows that a person agreed, or took it back: other fields for each way (47 CFR 64.1200: the proof is on the sender). */
export type ConsentEvidence =
  | {
      readonly source: 'web_form';
      readonly formUrl: string;
      readonly formVersion?: string | undefined;
      readonly ip: string;
      readonly userAgent?: string | undefined;
      /** Of a form of ours: which, the number as it was typed, and that the box, which is never ticked beforehand, was. */
      readonly form?: string;
      readonly typed?: string;
      readonly box?: 'ticked';
    }
  /** A text of theirs, word for word, and our text that it answers. */
  | { readonly source: 'keyword'; readonly text: string; readonly request?: string }
  /** Which sheet, and where it is kept. */
  | { readonly source: 'paper'; readonly document: string }
  /** Address or name of the recording. */
  | { readonly source: 'voice'; readonly recording: string }
  /** `method` is how the person agreed, as the file says; `said` is the cell that says whether they did; the rest is as it stands there. */
  | {
      readonly source: 'import';
      readonly file: string;
      readonly row: number;
      readonly method?: string | undefined;
      readonly said?: string;
      readonly formUrl?: string | undefined;
      readonly ip?: string | undefined;
      readonly userAgent?: string | undefined;
      readonly recording?: string | undefined;
    }
  /** A member's word alone. */
  | { readonly source: 'member'; readonly note: string }
  /** Of an end: what an owner has set, as "such consents last 24 months". */
  | { readonly source: 'policy'; readonly policy: string }
  /** With the suppression of the number: its reason, by which way it came, and what was said. */
  | { readonly source: 'opt_out'; readonly reason: string; readonly channel: string; readonly said: object };

/** The words that a person agreed to, byte for byte, and which version of them. */
export interface ConsentWording {
  readonly text: string;
  readonly version: string;
  /** BCP 47, such as `en` or `es-US`. */
  readonly language: string | null;
}

/** "They all agreed" is no proof: a row of a file says how, and to which words. */
export const isDocumented = (evidence: ConsentEvidence, wording: ConsentWording | null): boolean =>
  evidence.source !== 'import' || (evidence.method !== undefined && wording !== null);

/** One event as it is shown. */
export interface ConsentEvent {
  readonly id: Uuid;
  readonly action: ConsentAction;
  readonly purpose: ConsentPurpose | 'all';
  readonly kind: ConsentKind | null;
  readonly source: ConsentSource;
  readonly documented: boolean;
  readonly seller: string;
  readonly wording: string | null;
  readonly wordingVersion: string | null;
  readonly language: string | null;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly needsConfirmation: boolean;
  readonly validUntil: Instant | null;
  readonly recordedBy: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
}
