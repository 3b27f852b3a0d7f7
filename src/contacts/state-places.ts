import { PLACE_BY_AREA_CODE, ZONES_BY_STATE } from './area-codes.ts';

/** Codes of the US states and territories that people may be texted in. */
export const STATE_CODES: readonly string[] = [...ZONES_BY_STATE.keys()];

export const isUsState = (code: string): boolean => ZONES_BY_STATE.has(code);

/** Where somebody may be of whom only the state is known. */
export const placesOfState = (
  code: string,
): { readonly zones: readonly string[]; readonly states: readonly string[] } => ({
  zones: ZONES_BY_STATE.get(code) ?? [],
  states: [code],
});

/** The zone of most area codes of a state: times of the state are shown in it. */
export function mainZone(code: string): string {
  const uses = new Map<string, number>();
  for (const { state, zones } of PLACE_BY_AREA_CODE.values())
    if (state === code) for (const zone of zones) uses.set(zone, (uses.get(zone) ?? 0) + 1);
  const [first] = [...uses].sort(([, a], [, b]) => b - a);
  if (first === undefined) throw new Error(`state ${code} has no area code`);
  return first[0];
}
