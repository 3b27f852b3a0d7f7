import { z } from 'zod';
import type { Instant } from '../../platform/time.ts';
import type { EventContent } from '../gateway.ts';
import type { Reading } from './quo-webhook-repairs.ts';

/** An event without its envelope, whichever generation it is of: they differ in where things are, hardly in what they are called. */
export interface WireEvent {
  readonly type: string;
  /** Its own, or the SHA-256 of its body: the same in every repetition. */
  readonly id: string;
  /** When the envelope was made: when it happened. */
  readonly at: Instant;
  /** `data.object` up to v4, `data.resource` since. */
  readonly subject: unknown;
  /** Where the subject was found, for repairs. */
  readonly path: string;
  /** `data.context`; nothing up to v4. */
  readonly context: unknown;
}

export type Happened = EventContent & { readonly at: Instant };

/** Undefined for what says too little to have its effect; why is noted. */
export type EventReader = (event: WireEvent, reading: Reading) => Happened | undefined;

/** A number has 16 characters at most, a name as sender 11; nobody can be answered or suppressed under more. */
const PARTY_LENGTH_MAX = 64;
const WORD_LENGTH_MAX = 64;

export const idField = z.string().min(1);
/** A number, a short code, or a word like `Anonymous`. */
export const partyField = z.string().max(PARTY_LENGTH_MAX);
/** A status or a code. */
export const wordField = z.string().max(WORD_LENGTH_MAX);
export const directionField = z.enum(['incoming', 'outgoing']);
