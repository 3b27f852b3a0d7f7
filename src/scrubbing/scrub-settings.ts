import { getSetting, lockSettings, putSetting } from '../business/business-store.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Secrets } from '../platform/secrets.ts';
import { unblock } from '../validation/budget-store.ts';
import type { Allowance } from '../validation/decide-budget.ts';
import { blacklistAlliance } from './blacklist-alliance.ts';
import { dncScrub } from './dnc-scrub.ts';
import { endScrubWaits } from './scrub-batch-store.ts';
import type { ScrubService, ScrubServiceName } from './scrub-service.ts';

/** Whom an owner asks, and how much of it. */
export interface ScrubSettings {
  /** Null: nobody is asked. What was answered stays. */
  readonly service: ScrubServiceName | null;
  readonly keySealed: string | null;
  /** Numbers a month, and requests a second. */
  readonly allowance: Allowance;
  /** Every night about contacts whose answer is nearly too old, or who were never asked about. */
  readonly nightly: boolean;
}

const KEY = 'scrubbing';
const DEFAULT: ScrubSettings = {
  service: null,
  keySealed: null,
  allowance: { monthlyQuota: 10_000, requestsPerSecond: 1 },
  nightly: false,
};

export async function getScrubSettings(db: Db | Tx): Promise<ScrubSettings> {
  const { version: _, ...stored } = (await getSetting<Partial<ScrubSettings> & { readonly version: 1 }>(db, KEY)) ?? {
    version: 1,
  };
  return { ...DEFAULT, ...stored };
}

export interface ScrubSettingsInput extends Omit<ScrubSettings, 'keySealed'> {
  /** A new one, `null` to remove it; as it is when absent. */
  readonly key?: string | null | undefined;
}

const KEY_SHAPE = /^[!-~]{8,200}$/;

/** What waits is tried anew: another key or quota may be what it waits for. The key of one service is none of another. */
export async function changeScrubSettings(
  {
    db,
    clock,
    newUuid,
    secrets,
  }: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid; readonly secrets: Pick<Secrets, 'seal'> },
  { input, actor }: { readonly input: ScrubSettingsInput; readonly actor: string },
): Promise<Outcome<ScrubSettings>> {
  const { key, ...rest } = input;
  if (typeof key === 'string' && !KEY_SHAPE.test(key))
    return invalid(`key: expected the key that the service shows, got ${key.length} characters that are none`, {
      errors: [{ pointer: '/key', message: 'expected the key that the service shows' }],
    });
  return runTx(db, async (tx) => {
    await lockSettings(tx);
    const before = await getScrubSettings(tx);
    const kept = before.service === rest.service ? before.keySealed : null;
    const keySealed = key === undefined ? kept : key === null ? null : secrets.seal(key);
    if (rest.service !== null && keySealed === null)
      return invalid('key: a service is asked with its key; enter it', {
        errors: [{ pointer: '/key', message: 'enter the key of the service' }],
      });
    const after: ScrubSettings = { ...rest, keySealed };
    const now = clock.now();
    await putSetting(tx, { key: KEY, value: { version: 1, ...after }, now });
    if (rest.service !== null) await unblock(tx, rest.service);
    await endScrubWaits(tx);
    const detail = { before: withoutKey(before), after: withoutKey(after), changedKey: key !== undefined };
    const act = { id: newUuid(), at: now, actor, subject: 'scrubbing', detail };
    await recordAudit(tx, { ...act, action: 'scrubbing.settings_changed' });
    return ok(after);
  });
}

/** Keys are not even audited sealed. */
export const withoutKey = ({ keySealed, ...settings }: ScrubSettings) => ({ ...settings, keySet: keySealed !== null });

export interface OpenedScrub {
  readonly service: ScrubService;
  readonly allowance: Allowance;
}

export interface ScrubOpener {
  readonly config: Pick<Config, 'blacklistAllianceUrl' | 'dncScrubUrl' | 'scrubNetworks'>;
  readonly secrets: Pick<Secrets, 'open'>;
}

/** The service that is asked, read anew for each request, since owners change it; `undefined`: none. */
export const scrubOpener =
  ({ config, secrets }: ScrubOpener) =>
  async (tx: Tx): Promise<OpenedScrub | undefined> => {
    const { service, keySealed, allowance } = await getScrubSettings(tx);
    if (service === null || keySealed === null) return undefined;
    const account = { key: secrets.open(keySealed), allowed: config.scrubNetworks };
    return { service: OPENERS[service](account, config), allowance };
  };

type Account = { readonly key: string; readonly allowed: Config['scrubNetworks'] };
const OPENERS: Readonly<Record<ScrubServiceName, (account: Account, config: ScrubOpener['config']) => ScrubService>> = {
  blacklist_alliance: (account, { blacklistAllianceUrl: url }) => blacklistAlliance({ ...account, url }),
  dncscrub: (account, { dncScrubUrl: url }) => dncScrub({ ...account, url }),
};
