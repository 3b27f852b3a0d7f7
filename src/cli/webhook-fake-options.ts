import type { GatewayKind } from '../gateways/gateway.ts';
import type { QuoGeneration } from '../gateways/quo/quo-payload-facts.ts';
import type { LoadProfile } from './webhook-load-plan.ts';

/** What `textwright webhook fake` was called with. */
export interface FakeOptions {
  readonly gateway?: GatewayKind;
  readonly generation?: QuoGeneration;
  readonly count?: number;
  readonly rate?: number;
  readonly profile?: LoadProfile;
  readonly seconds?: number;
  readonly concurrency: number;
  readonly repeat: number;
  readonly shuffle?: true;
  readonly url?: string;
  readonly secret?: string;
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  readonly media: readonly string[];
  readonly unanswered?: true;
  readonly anywhere?: true;
  readonly yes?: true;
  readonly list?: true;
  readonly json?: true;
}
