import { lockSettings } from '../business/business-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { recordAudit } from './audit-store.ts';
import type { ConsentPolicy } from './consent-policy.ts';
import { type ConsentValidity, getConsentValidity, putConsentValidity } from './consent-validity-store.ts';
import { getDefaultConsent, putDefaultConsent } from './default-consent-store.ts';
import type { DoubleOptIn } from './double-opt-in.ts';
import { getDoubleOptIn, putDoubleOptIn } from './double-opt-in-store.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

interface Setting<T> {
  readonly subject: 'consent_validity' | 'double_opt_in' | 'default_consent';
  readonly read: (tx: Tx) => Promise<T>;
  readonly write: (tx: Tx, value: T, now: Instant) => Promise<void>;
}

interface Change<T> {
  /** What is left out stays. */
  readonly change: { readonly [K in keyof T]?: T[K] | undefined };
  readonly actor: string;
}

/** Consents that are recorded from here on; those of before keep their ends, unless they are to end as well. */
export const changeConsentValidity = (deps: Deps, input: Change<ConsentValidity>): Promise<ConsentValidity> =>
  change(deps, { subject: 'consent_validity', read: getConsentValidity, write: putConsentValidity }, input);

/** Opt-ins from here on; each waits for as long as it was recorded to wait. */
export const changeDoubleOptIn = (deps: Deps, input: Change<DoubleOptIn>): Promise<DoubleOptIn> =>
  change(deps, { subject: 'double_opt_in', read: getDoubleOptIn, write: putDoubleOptIn }, input);

/** For campaigns that are made from here on, and are not given another one. */
export const changeDefaultConsent = (
  deps: Deps,
  input: { readonly change: ConsentPolicy; readonly actor: string },
): Promise<ConsentPolicy> =>
  change<ConsentPolicy>(deps, { subject: 'default_consent', read: getDefaultConsent, write: putDefaultConsent }, input);

function change<T>({ db, clock, newUuid }: Deps, { subject, read, write }: Setting<T>, input: Change<T>): Promise<T> {
  return runTx(db, async (tx) => {
    const at = clock.now();
    await lockSettings(tx);
    const before = await read(tx);
    const given = Object.entries(input.change).filter(([, value]) => value !== undefined);
    const after = { ...before, ...Object.fromEntries(given) };
    await write(tx, after, at);
    const detail = { before, after };
    await recordAudit(tx, { id: newUuid(), at, actor: input.actor, action: `${subject}.changed`, subject, detail });
    return after;
  });
}
