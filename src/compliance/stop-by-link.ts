import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { suppressNumber } from './suppress.ts';

/**
 * The person has pressed the button behind the link in a text. No text confirms it: the page does. Pressed again it is said again, so
 * that a START between the two does not lift it.
 */
export const stopByLink = (
  { db, ...deps }: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  press: { readonly phone: string; readonly address: string; readonly userAgent: string | null },
): Promise<unknown> =>
  runTx(db, (tx) => {
    const { phone, address, userAgent } = press;
    const now = deps.clock.now();
    return suppressNumber(tx, deps, {
      phone,
      reason: 'opt_out',
      channel: 'link',
      evidence: { saidAt: now.toString(), ip: address, userAgent },
      actor: 'contact',
      saidAt: now,
    });
  });
