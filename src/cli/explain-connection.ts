import type { Config } from '../platform/config.ts';
import { errorCode } from '../platform/database.ts';
import { CliError } from './shell.ts';

const BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; start it',
  ECONNRESET: 'it ended the connection at once; look into its log',
  ENOTFOUND: 'this host is not known',
  EAI_AGAIN: 'this host is not known',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'no network leads there',
  ENETUNREACH: 'no network leads there',
  '28P01': 'it does not accept the password',
  '28000': 'it does not accept the user',
  '3D000': 'this database does not exist; create it',
  '53300': 'it has no connection left; let it have more, or lower DATABASE_CONNECTIONS',
  '57P03': 'it is only starting or stopping; try again in a moment',
};

/** What pg says without a code. */
const BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(timeout expired|.*connection timeout)/i, 'it does not answer'],
  [/does not support SSL/i, 'it takes no encrypted connections; leave sslmode out'],
  [/certificate/i, 'its certificate cannot be checked; give sslrootcert'],
  [/password must be a string/i, 'it asks for a password, and the address has none'],
  [/^Connection terminated/i, 'it ended the connection at once; look into its log'],
];

/** Why the database of `DATABASE_URL` cannot be used, with the remedy and without the password; `undefined` for any other error. */
export function explainConnection(error: unknown, config: Pick<Config, 'databaseUrl'>): CliError | undefined {
  const problem = problemOf(error);
  if (problem === undefined || config.databaseUrl === undefined) return undefined;
  const { host, pathname, username } = new URL(config.databaseUrl);
  return new CliError(
    `database ${pathname.slice(1) || '(none)'} at ${host || '(no host)'} as user ${username || '(none)'}: ${problem}, or correct DATABASE_URL`,
    { cause: error },
  );
}

/** pg tries each address of a host, and Kysely may wrap what it says. */
function problemOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const known = BY_CODE[errorCode(error)] ?? BY_WORDS.find(([words]) => words.test(error.message))?.[1];
  if (known !== undefined) return known;
  return problemOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}
