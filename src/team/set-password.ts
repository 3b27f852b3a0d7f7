import { verifyPassword } from 'better-auth/crypto';
import type { AuditAction } from '../compliance/audit-action.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { hashNewPassword } from './manage-members.ts';
import { deleteSessions, getMember, getPasswordHash, replacePasswordHash } from './member-store.ts';
import type { Member } from './team.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** By an owner, or by who has the server: the person is signed out everywhere, whoever had the old password with them. */
export async function setPassword(
  tx: Tx,
  deps: Deps,
  input: { readonly id: Uuid; readonly passwordHash: string; readonly actor: string },
): Promise<Outcome<{ readonly member: Member; readonly endedSessions: number }>> {
  const member = await getMember(tx, input.id);
  if (member === undefined) return notFound('user', showId('user', input.id));
  await replacePasswordHash(tx, { memberId: member.id, hash: input.passwordHash, now: deps.clock.now() });
  const endedSessions = await deleteSessions(tx, member.id);
  await recordChange(tx, deps, { memberId: member.id, actor: input.actor, action: 'user.password_set' });
  return ok({ member, endedSessions });
}

/** By the person, who proves with the old password not only to have found an open browser. Other sessions end. */
export async function changeOwnPassword(
  deps: Deps & { readonly db: Db },
  input: {
    readonly memberId: Uuid;
    readonly oldPassword: string;
    readonly newPassword: string;
    readonly keepSessionId: string | undefined;
    readonly actor: string;
  },
): Promise<Outcome<undefined>> {
  const { memberId, actor } = input;
  const oldHash = await getPasswordHash(deps.db, memberId);
  // scrypt, twice about 50 ms: before the transaction.
  if (oldHash === undefined || !(await verifyPassword({ hash: oldHash, password: input.oldPassword })))
    return invalid('the old password is not the one of this account; check it, or ask an owner for a new one', {
      errors: [{ pointer: '/oldPassword', message: 'is not your password' }],
    });
  const hash = await hashNewPassword(input.newPassword);
  return runTx(deps.db, async (tx) => {
    const replaced = await replacePasswordHash(tx, { memberId, hash, now: deps.clock.now(), expectedHash: oldHash });
    if (!replaced)
      return conflict('the password was changed by somebody else meanwhile; sign in again with that one', {
        state: 'changed',
        allowed: ['sign-in'],
      });
    await deleteSessions(tx, memberId, input.keepSessionId);
    await recordChange(tx, deps, { memberId, actor, action: 'user.password_changed' });
    return ok(undefined);
  });
}

async function recordChange(
  tx: Tx,
  { clock, newUuid }: Deps,
  { memberId, actor, action }: { readonly memberId: Uuid; readonly actor: string; readonly action: AuditAction },
): Promise<void> {
  const subject = showId('user', memberId);
  await recordAudit(tx, { id: newUuid(), at: clock.now(), actor, action, subject, detail: {} });
}
