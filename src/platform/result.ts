/** Expected outcomes are values: a use case returns `Result`, bugs and infrastructure failures throw. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/** The last line of every `switch` over a union: a new member then fails to compile at each place that must think about it. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: got ${JSON.stringify(value)}, expected no value to be left`);
}
