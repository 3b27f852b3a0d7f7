import type { AccountRow } from '../gateways/account.ts';
import { parseId, showId } from '../platform/ids.ts';
import { CliError } from './shell.ts';

/** The account with this id or the only one with this name (in any case); without a reference, the only one. */
export function findAccount(accounts: readonly AccountRow[], reference: string | undefined): AccountRow {
  const id = reference === undefined ? undefined : parseId('account', reference);
  const [only, ...others] = accounts.filter(
    (account) => reference === undefined || account.id === id || account.name.toLowerCase() === reference.toLowerCase(),
  );
  if (only !== undefined && others.length === 0) return only;
  const known = accounts.map(({ id, name }) => `${name} ${showId('account', id)}`).join(', ');
  if (known === '') throw new CliError('no account is connected here: connect one under Settings, Numbers');
  throw new CliError(
    reference === undefined
      ? `more than one account is connected; choose one with --account: ${known}`
      : `${only === undefined ? 'no account' : 'more than one account'} is called "${reference}"; there are ${known}`,
  );
}
