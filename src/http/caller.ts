import type { Uuid } from '../platform/ids.ts';
import type { Access, Role } from './contract/shared.ts';

/** Who asks. `actor` is the stable text for audit entries and idempotency keys, `name` what people read. */
export type Caller =
  | {
      readonly kind: 'user';
      readonly actor: string;
      readonly name: string;
      readonly role: Role;
      readonly memberId: Uuid;
    }
  | { readonly kind: 'api_key'; readonly actor: string; readonly name: string; readonly role: Role }
  | { readonly kind: 'anonymous'; readonly actor: string; readonly name: string };

export const ANONYMOUS: Caller = { kind: 'anonymous', actor: 'anonymous', name: 'Anonymous' };

const RANK: Readonly<Record<Role, number>> = { viewer: 1, agent: 2, manager: 3, owner: 4 };

/** Whether this caller may use a route of this access. */
export function allows(access: Access, caller: Caller): boolean {
  if (access === 'public') return true;
  return caller.kind !== 'anonymous' && RANK[caller.role] >= RANK[access];
}
