import { parsePhone } from '../contacts/phone.ts';
import type { LaneRow } from '../gateways/account.ts';
import { parseId } from '../platform/ids.ts';
import { CliError } from './shell.ts';

/** The numbers that are meant by ids, numbers or names; without any all that are active. */
export function chooseLanes(lanes: readonly LaneRow[], references: readonly string[]): readonly LaneRow[] {
  if (references.length === 0) return lanes.filter((lane) => lane.state === 'active');
  return references.map((reference) => {
    const id = parseId('lane', reference);
    const phone = parsePhone(reference);
    const matching = lanes.filter(
      (lane) =>
        lane.id === id ||
        lane.name.toLowerCase() === reference.toLowerCase() ||
        (phone.ok && lane.phone === phone.value),
    );
    const [only, ...others] = matching;
    if (only !== undefined && others.length === 0) return only;
    const known =
      lanes.map((lane) => `${lane.name} ${lane.phone}`).join(', ') || 'none; connect an account in Settings';
    throw new CliError(
      `--lane "${reference}": ${matching.length === 0 ? 'no number' : 'more than one number'} is called that; there are ${known}`,
    );
  });
}
