import { parsePhone } from '../contacts/phone.ts';
import type { LaneRow } from '../gateways/account.ts';
import { parseId } from '../platform/ids.ts';
import { CliError } from './shell.ts';

/** The number with this id, this phone number in any spelling, or the only one with this name (in any case). */
export function findLane<T extends LaneRow>(lanes: readonly T[], reference: string): T {
  const id = parseId('lane', reference);
  const phone = parsePhone(reference);
  const [only, ...others] = lanes.filter(
    (lane) =>
      lane.id === id || lane.name.toLowerCase() === reference.toLowerCase() || (phone.ok && lane.phone === phone.value),
  );
  if (only !== undefined && others.length === 0) return only;
  const known = lanes.map((lane) => `${lane.name} ${lane.phone}`).join(', ') || 'none; connect an account in Settings';
  throw new CliError(
    `${only === undefined ? 'no number' : 'more than one number'} is called "${reference}"; there are ${known}`,
  );
}
