import { lockSettings } from '../business/business-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { recordAudit } from './audit-store.ts';
import { type ConsentValidity, getConsentValidity, putConsentValidity } from './consent-validity-store.ts';

/** Consents that are recorded from here on; each keeps the end that it was recorded with. */
export function changeConsentValidity(
  { db, clock, newUuid }: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  input: { readonly change: Partial<ConsentValidity>; readonly actor: string },
): Promise<ConsentValidity> {
  return runTx(db, async (tx) => {
    const at = clock.now();
    await lockSettings(tx);
    const before = await getConsentValidity(tx);
    const after = { ...before, ...input.change };
    await putConsentValidity(tx, after, at);
    const detail = { before, after };
    const action = 'consent_validity.changed';
    await recordAudit(tx, { id: newUuid(), at, actor: input.actor, action, subject: 'consent_validity', detail });
    return after;
  });
}
