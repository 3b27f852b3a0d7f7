import type { AccountRow } from '../gateways/account.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';

export type InboundText = Extract<GatewayEvent, { readonly type: 'message_received' }>;
export type InboundAccount = Pick<AccountRow, 'id' | 'kind' | 'environment'>;

/** How the business names itself in automatic answers. */
export interface BusinessIdentity {
  readonly name: string;
  readonly phone: string | null;
  readonly email: string | null;
}
