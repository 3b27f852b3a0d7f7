import { parseZoneGroupKey } from '../contacts/zones.ts';

/** People who have the same hours. */
export interface PeopleAt {
  readonly zones: readonly string[];
  readonly states: readonly string[];
  readonly people: number;
}

export const peopleAt = (
  groups: readonly { readonly zoneGroup: string; readonly people: number }[],
): readonly PeopleAt[] => groups.map(({ zoneGroup, people }) => ({ ...parseZoneGroupKey(zoneGroup), people }));
