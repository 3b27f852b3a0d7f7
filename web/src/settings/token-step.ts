import type { Webhooks } from '../api/health.ts';

/**
 * Where a change of tokens stands. `give`: one token is known here, nothing is under way. `promote`: both are taken, and nothing has come
 * that the new one signed. `retire`: something has.
 */
export type TokenStep = 'give' | 'promote' | 'retire';

export function tokenStep(keys: Webhooks['keys']): TokenStep {
  const leaving = keys.filter(({ retireAt }) => retireAt !== null);
  if (leaving.length === 0) return 'give';
  return leaving.some(({ mayRetire }) => mayRetire) ? 'retire' : 'promote';
}
