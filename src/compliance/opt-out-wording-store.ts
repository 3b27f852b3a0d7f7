import { getSetting, lockSettings, putSetting } from '../business/business-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { recordAudit } from './audit-store.ts';
import { contentRulesAt } from './content-rules.ts';
import {
  type Addition,
  additionOf,
  checkOptOutWording,
  DEFAULT_OPT_OUT_WORDING,
  type OptOutWording,
} from './opt-out-wording.ts';

/** The key of a row of `setting`; the engine reads it with the other facts of a turn. */
export const WORDING_SETTING = 'opt_out_wording';

type Stored = OptOutWording & { readonly version: 1 };

export async function getOptOutWording(db: Db | Tx): Promise<OptOutWording> {
  const { adds, wording } = (await getSetting<Stored>(db, WORDING_SETTING)) ?? DEFAULT_OPT_OUT_WORDING;
  return { adds, wording };
}

/** As the rules of the day read it; undefined while nothing is added. */
export const readAddition = async (db: Db | Tx, now: Instant): Promise<Addition | undefined> =>
  additionOf(await getOptOutWording(db), contentRulesAt(now));

/** For texts that are begun from now on; one that is tried again keeps the words of its first attempt. */
export function changeOptOutWording(
  { db, clock, newUuid }: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  input: { readonly change: Partial<OptOutWording>; readonly actor: string },
): Promise<Outcome<OptOutWording>> {
  return runTx(db, async (tx) => {
    const at = clock.now();
    await lockSettings(tx);
    const before = await getOptOutWording(tx);
    const after = checkOptOutWording({ ...before, ...input.change }, contentRulesAt(at));
    if (!after.ok) return after;
    await putSetting(tx, { key: WORDING_SETTING, value: { version: 1, ...after.value } satisfies Stored, now: at });
    const detail = { before, after: after.value };
    const action = 'opt_out_wording.changed';
    await recordAudit(tx, { id: newUuid(), at, actor: input.actor, action, subject: WORDING_SETTING, detail });
    await notifyLive(tx, ['engine']);
    return ok(after.value);
  });
}
