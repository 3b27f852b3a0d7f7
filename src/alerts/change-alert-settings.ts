import { lockSettings } from '../business/business-store.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Secrets } from '../platform/secrets.ts';
import { type AlertSettings, type AlertSettingsInput, checkAlertSettings } from './alert-settings.ts';
import { getAlertSettings, listOwnerAddresses, putAlertSettings } from './alert-settings-store.ts';

/** What people may see of the settings: of the key only whether there is one. */
export interface ShownAlertSettings extends Omit<AlertSettings, 'pagerDutyKeySealed'> {
  /** Who gets the mail while nobody is named. */
  readonly owners: readonly string[];
  /** The sender of mail; `null` while no mail server is configured. */
  readonly mailFrom: string | null;
  readonly pagerDutyKeySet: boolean;
}

export async function showAlertSettings(
  db: Db,
  config: Pick<Config, 'mailFrom' | 'smtpUrl'>,
): Promise<ShownAlertSettings> {
  const { pagerDutyKeySealed, ...settings } = await getAlertSettings(db);
  return {
    ...settings,
    owners: await listOwnerAddresses(db),
    mailFrom: config.smtpUrl === undefined ? null : (config.mailFrom ?? null),
    pagerDutyKeySet: pagerDutyKeySealed !== null,
  };
}

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly secrets: Pick<Secrets, 'seal'>;
}

/** Notices that are on their way go to whom is named when they leave. */
export async function changeAlertSettings(
  { db, clock, newUuid, secrets }: Deps,
  input: {
    /** Makes the new settings of the ones before, so that two changes of different parts do not undo each other. */
    readonly change: (before: AlertSettings) => AlertSettingsInput;
    readonly actor: string;
  },
): Promise<Outcome<AlertSettings>> {
  return runTx(db, async (tx: Tx) => {
    const now = clock.now();
    await lockSettings(tx);
    const before = await getAlertSettings(tx);
    const checked = checkAlertSettings(input.change(before));
    if (!checked.ok) return checked;
    const { pagerDutyKey, ...rest } = checked.value;
    const sealed = pagerDutyKey === undefined ? before.pagerDutyKeySealed : sealedOrNull(secrets, pagerDutyKey);
    const after: AlertSettings = { ...settingsOf(rest), pagerDutyKeySealed: sealed };
    await putAlertSettings(tx, after, now);
    const detail = { before: audited(before), after: audited(after), pagerDutyKeyChanged: pagerDutyKey !== undefined };
    const entry = { id: newUuid(), at: now, actor: input.actor, subject: 'alerts', detail };
    await recordAudit(tx, { ...entry, action: 'alerts.settings_changed' });
    await notifyLive(tx, ['alerts']);
    return ok(after);
  });
}

const sealedOrNull = (secrets: Pick<Secrets, 'seal'>, key: string | null): string | null =>
  key === null ? null : secrets.seal(key);

const settingsOf = ({ recipients, minimumSeverity, quietHours }: Omit<AlertSettings, 'pagerDutyKeySealed'>) => ({
  recipients,
  minimumSeverity,
  quietHours,
});

/** The key is not even audited sealed. */
const audited = ({ pagerDutyKeySealed, ...settings }: AlertSettings) => ({
  ...settings,
  pagerDutyKeySet: pagerDutyKeySealed !== null,
});
