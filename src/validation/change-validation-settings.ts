import { lockSettings } from '../business/business-store.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Secrets } from '../platform/secrets.ts';
import { endWaits } from './batch-store.ts';
import { unblock } from './budget-store.ts';
import { VALIDATOR_NAMES } from './number-validator.ts';
import {
  checkValidationSettings,
  type ValidationSettings,
  type ValidationSettingsInput,
  type ValidatorAccount,
  type ValidatorInput,
} from './validation-settings.ts';
import { getValidationSettings, putValidationSettings } from './validation-settings-store.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly secrets: Pick<Secrets, 'seal'>;
}

/** What waits is tried anew: another key or quota may be what it waits for. */
export async function changeValidationSettings(
  { db, clock, newUuid, secrets }: Deps,
  input: {
    /** Makes the new settings of the ones before, so that two changes of different parts do not undo each other. */
    readonly change: (before: ValidationSettings) => ValidationSettingsInput;
    readonly actor: string;
  },
): Promise<Outcome<ValidationSettings>> {
  return runTx(db, async (tx) => {
    const now = clock.now();
    await lockSettings(tx);
    const before = await getValidationSettings(tx);
    const checked = checkValidationSettings(input.change(before));
    if (!checked.ok) return checked;
    const { importMode, excludes, maxAgeDays, revalidate, validators } = checked.value;
    const after: ValidationSettings = {
      importMode,
      excludes,
      maxAgeDays,
      revalidate,
      validators: {
        numverify: accountOf(secrets, before.validators.numverify, validators.numverify),
        twilio: accountOf(secrets, before.validators.twilio, validators.twilio),
      },
    };
    await putValidationSettings(tx, after, now);
    const changedKeys = VALIDATOR_NAMES.filter((name) => validators[name].key !== undefined);
    for (const name of changedKeys) await unblock(tx, name);
    await endWaits(tx);
    const detail = { before: withoutKeys(before), after: withoutKeys(after), changedKeys };
    const entry = { id: newUuid(), at: now, actor: input.actor, subject: 'number_validation', detail };
    await recordAudit(tx, { ...entry, action: 'number_validation.settings_changed' });
    await notifyLive(tx, ['number_validation']);
    return ok(after);
  });
}

const accountOf = (
  secrets: Deps['secrets'],
  before: ValidatorAccount,
  { key, monthlyQuota, requestsPerSecond }: ValidatorInput,
): ValidatorAccount => ({
  monthlyQuota,
  requestsPerSecond,
  keySealed: key === undefined ? before.keySealed : key === null ? null : secrets.seal(key),
});

/** Keys are not even audited sealed. */
export const withoutKeys = ({ validators, ...settings }: ValidationSettings) => ({
  ...settings,
  validators: { numverify: withoutKey(validators.numverify), twilio: withoutKey(validators.twilio) },
});

const withoutKey = ({ keySealed, ...allowance }: ValidatorAccount) => ({ ...allowance, keySet: keySealed !== null });
