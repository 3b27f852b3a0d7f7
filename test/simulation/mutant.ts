/**
 * Broken engines on purpose: each is a small edit of the source, and the simulation must find it. What survives shows a promise that
 * no checker looks after.
 */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}
