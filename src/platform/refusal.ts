import { err, type Result } from './result.ts';

/**
 * An expected "no" of a use case. `message` names the thing, the value and the remedy; the HTTP shell maps `kind` to a status, the
 * CLI to an exit code.
 */
export interface Refusal {
  readonly kind: 'not_found' | 'invalid' | 'conflict' | 'forbidden' | 'too_large' | 'unavailable';
  readonly message: string;
  /** JSON pointers into the input. */
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
  /** For a conflict: the state that the thing is in, and what may be done in it. */
  readonly state?: string;
  readonly allowed?: readonly string[];
}

export type Outcome<T> = Result<T, Refusal>;

type Detail = Omit<Refusal, 'kind' | 'message'>;
export const notFound = (thing: string, id: string) =>
  err<Refusal>({ kind: 'not_found', message: `${thing} ${id} does not exist` });
export const invalid = (message: string, detail: Detail = {}) => err<Refusal>({ kind: 'invalid', message, ...detail });
export const conflict = (message: string, detail: Detail = {}) =>
  err<Refusal>({ kind: 'conflict', message, ...detail });
export const unavailable = (message: string) => err<Refusal>({ kind: 'unavailable', message });
