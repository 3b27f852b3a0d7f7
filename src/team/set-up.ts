import { type BusinessSettings, parseZone } from '../business/business.ts';
import { putBusinessRow } from '../business/business-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { conflict, type Outcome } from '../platform/refusal.ts';
import { createMember, hashNewPassword } from './manage-members.ts';
import { hasMembers, lockSetUp } from './member-store.ts';
import type { Member } from './team.ts';

/** Makes the owner and the business, once: of two calls at the same instant exactly one wins. */
export async function setUp(
  deps: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  input: {
    readonly name: string;
    readonly email: string;
    readonly password: string;
    readonly businessName: string;
    readonly zone: string;
  },
): Promise<Outcome<Member>> {
  const checked = parseZone(input.zone);
  if (!checked.ok) return checked;
  // Hashing costs 50 ms of a core: not for callers who come too late.
  if (await hasMembers(deps.db)) return alreadyDone;
  const passwordHash = await hashNewPassword(input.password);
  const business: BusinessSettings = { name: input.businessName, zone: checked.value, phone: null, email: null };
  return runTx(deps.db, async (tx) => {
    await lockSetUp(tx);
    if (await hasMembers(tx)) return alreadyDone;
    await putBusinessRow(tx, business, deps.clock.now());
    return createMember(tx, deps, {
      name: input.name,
      email: input.email,
      role: 'owner',
      passwordHash,
      actor: 'system',
    });
  });
}

const alreadyDone = conflict('the owner account exists already; sign in, or ask an owner to add you', {
  state: 'set_up',
  allowed: ['sign-in'],
});

export const isSetUpNeeded = async (db: Db): Promise<boolean> => !(await hasMembers(db));
