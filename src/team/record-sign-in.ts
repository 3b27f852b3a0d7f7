import type { AuditAction } from '../compliance/audit-action.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { findMemberByEmail } from './member-store.ts';
import type { SessionMember } from './sign-in.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/**
 * Who came in, and who was turned away at an account that there is. Tries at addresses that nobody has are not kept: anybody could fill
 * a log with them that nothing is ever removed from. How often an account can be tried is limited before (http/attempt-limit.ts).
 */
export async function recordSignIn(
  deps: Deps,
  tried: { readonly email: string; readonly address: string; readonly member: SessionMember | undefined },
): Promise<void> {
  const { email, address, member } = tried;
  const memberId = member?.memberId ?? (await findMemberByEmail(deps.db, email))?.id;
  if (memberId === undefined) return;
  if (member?.active === true) return note(deps, { action: 'user.signed_in', memberId, detail: { address } });
  const reason = member === undefined ? 'wrong password' : 'switched off';
  return note(deps, { action: 'user.sign_in_failed', memberId, detail: { address, reason } });
}

export const recordSignOut = (
  deps: Deps,
  { memberId, address }: { readonly memberId: Uuid; readonly address: string },
): Promise<void> => note(deps, { action: 'user.signed_out', memberId, detail: { address } });

const note = (
  { db, clock, newUuid }: Deps,
  { action, memberId, detail }: { readonly action: AuditAction; readonly memberId: Uuid; readonly detail: object },
): Promise<void> => {
  const subject = showId('user', memberId);
  const actor = action === 'user.sign_in_failed' ? 'anonymous' : `user:${subject}`;
  return runTx(db, (tx) => recordAudit(tx, { id: newUuid(), at: clock.now(), actor, action, subject, detail }));
};
