import { UsageError } from './shell.ts';

type SafeParsed<T> =
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
      };
    };

/** What the schema of the API makes of flags, or how the command was called wrongly. */
export function parsed<T>(result: SafeParsed<T>): T {
  if (result.success) return result.data;
  throw new UsageError(
    result.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; '),
  );
}
