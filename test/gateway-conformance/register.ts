import {
  type EnsuredWebhooks,
  ensureWebhooks,
  type KnownWebhooks,
  NOTHING_KNOWN,
  type Wanted,
} from '../../src/gateways/ensure-webhooks.ts';
import type { GatewayWorld } from './world.ts';

export const wantedIn = ({ webhookUrl, lane, otherLane }: GatewayWorld): Wanted => ({
  url: webhookUrl,
  known: NOTHING_KNOWN,
  laneRefs: new Set([lane.laneRef, otherLane.laneRef]),
  generation: 'proven',
});

/** The events of the account are asked for at the address of this world, or at another one. */
export async function ensuredIn(world: GatewayWorld, change: Partial<Wanted> = {}): Promise<EnsuredWebhooks> {
  const answer = await ensureWebhooks(world.gateway, { ...wantedIn(world), ...change });
  if (!answer.ok) throw new Error(answer.error.message);
  const { problem } = answer.value;
  if (problem !== undefined) throw new Error(problem.message);
  return answer.value;
}

/** The key that texts to us are then signed with. */
export async function registeredIn(world: GatewayWorld): Promise<string> {
  const [first] = (await ensuredIn(world)).keys;
  if (first?.secret === undefined) throw new Error('no key was told');
  return first.secret;
}

export const knownFrom = ({ keys }: EnsuredWebhooks): KnownWebhooks => ({
  refs: new Set(keys.map(({ ref }) => ref)),
  secrets: new Set(keys.flatMap(({ secret }) => (secret === undefined ? [] : [secret]))),
  refused: [],
  inDoubt: false,
});
