import { hashPassword } from 'better-auth/crypto';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { deleteSessions, insertMember, lockMemberAndOwners, updateMemberRow } from './member-store.ts';
import type { Member, Role } from './team.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export interface MemberInput {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

/** scrypt, about 50 ms: before the transaction. */
export const hashNewPassword = (password: string): Promise<string> => hashPassword(password);

export async function createMember(
  tx: Tx,
  { clock, newUuid }: Deps,
  input: MemberInput & { readonly passwordHash: string; readonly actor: string },
): Promise<Outcome<Member>> {
  const now = clock.now();
  const email = input.email.toLowerCase();
  const { name, role, passwordHash, actor } = input;
  const id = newUuid();
  const made = await insertMember(tx, { id, accountRowId: newUuid(), name, email, role, passwordHash, now });
  if (!made)
    return conflict(
      `somebody with the e-mail address ${email} exists; change that person's role or use another address`,
      {
        errors: [{ pointer: '/email', message: 'is already used' }],
      },
    );
  const subject = showId('user', id);
  const detail = { name, email, role };
  await recordAudit(tx, { id: newUuid(), at: now, actor, action: 'user.created', subject, detail });
  return ok({ id, name, email, role, active: true, createdAt: now, lastSeenAt: null });
}

/** A person who is switched off is signed out everywhere in the same instant. */
export async function updateMember(
  tx: Tx,
  { clock, newUuid }: Deps,
  input: {
    readonly id: Uuid;
    readonly change: { readonly name?: string; readonly role?: Role; readonly active?: boolean };
    readonly actor: string;
  },
): Promise<Outcome<Member>> {
  const { member, activeOwners } = await lockMemberAndOwners(tx, input.id);
  if (member === undefined) return notFound('user', showId('user', input.id));
  const changed: Member = { ...member, ...input.change };
  const wasOwner = member.role === 'owner' && member.active;
  const staysOwner = changed.role === 'owner' && changed.active;
  if (wasOwner && !staysOwner && activeOwners === 1)
    return conflict(`${member.name} is the last active owner; make somebody else an owner first`, {
      state: 'last_owner',
      allowed: ['rename'],
    });
  const now = clock.now();
  await updateMemberRow(tx, changed, now);
  if (!changed.active) await deleteSessions(tx, member.id);
  await recordAudit(tx, {
    id: newUuid(),
    at: now,
    actor: input.actor,
    action: member.active && !changed.active ? 'user.deactivated' : 'user.changed',
    subject: showId('user', member.id),
    detail: { before: shownPart(member), after: shownPart(changed) },
  });
  return ok(changed);
}

const shownPart = ({ name, role, active }: Member) => ({ name, role, active });
