import { addMs, HOUR_MS, type Instant, isBefore } from '../platform/time.ts';

/**
 * The keys that an account's events may be signed with. A key that nothing new is signed with stays good for as long as a provider
 * repeats what it could not deliver; so a change of keys refuses no event, however late it comes.
 */
export interface HeldKey {
  /** By which a key is known without being told: `signed_by` of the events. */
  readonly signer: string;
  /** Of the registration that signs with it; `UNKNOWN` for what was held before that was recorded. */
  readonly ref: string;
  readonly part: string;
  readonly since: Instant;
  /** Null while its registration signs with it. */
  readonly retireAt: Instant | null;
  /** Signs instead of it. */
  readonly succeededBy: string | null;
}

export const UNKNOWN = 'unknown';

/** Attempts of a provider end after 27 hours and 35 minutes. */
export const KEY_OVERLAP_MS = 28 * HOUR_MS;
/** More would only come of a registration that is made anew again and again; the oldest that sign nothing any more go first. */
export const KEYS_MAX = 24;

export interface CurrentKey {
  readonly signer: string;
  readonly ref: string;
  readonly part: string;
}

/**
 * The keys after a look at the registrations, newest first. `complete`: `current` are all that sign; every other one is on its way out.
 */
export function decideKeys(
  held: readonly HeldKey[],
  {
    current,
    complete,
    now,
  }: { readonly current: readonly CurrentKey[]; readonly complete: boolean; readonly now: Instant },
): readonly HeldKey[] {
  const signing = new Map(current.map((key) => [key.signer, key]));
  const before = new Map(held.map((key) => [key.signer, key]));
  const added = [...signing.values()]
    .filter(({ signer }) => !before.has(signer))
    .map((key): HeldKey => ({ ...key, since: now, retireAt: null, succeededBy: null }));
  const kept = held.map((key): HeldKey => {
    const signs = signing.get(key.signer);
    if (signs !== undefined) return { ...key, ...signs, retireAt: null, succeededBy: null };
    if (!complete || key.retireAt !== null) return key;
    const successor = current.find(({ part }) => part === key.part) ?? current[0];
    return { ...key, retireAt: addMs(now, KEY_OVERLAP_MS), succeededBy: successor?.signer ?? null };
  });
  const all = [...added, ...kept];
  const surplus = new Set(
    all
      .filter(({ retireAt }) => retireAt !== null)
      .reverse()
      .slice(0, Math.max(0, all.length - KEYS_MAX))
      .map(({ signer }) => signer),
  );
  return all.filter(({ signer }) => !surplus.has(signer));
}

/**
 * Which keys are not needed any more: their time is over. Where nothing but the key itself shows that it has been replaced (a token
 * that a person promotes), only once its successor has signed something.
 */
export const keysOver = (
  held: readonly HeldKey[],
  {
    now,
    seen,
    provenOnly,
  }: { readonly now: Instant; readonly seen: ReadonlySet<string>; readonly provenOnly: boolean },
): readonly HeldKey[] =>
  held.filter(
    (key) => key.retireAt !== null && !isBefore(now, key.retireAt) && (!provenOnly || isProven(key, held, seen)),
  );

/** Those that a person may retire before their time: whose successor has been seen to sign. */
export const keysProven = (held: readonly HeldKey[], seen: ReadonlySet<string>): readonly HeldKey[] =>
  held.filter((key) => key.retireAt !== null && isProven(key, held, seen));

/** What has taken its place signs, be it the successor of its successor: a key that was given by mistake never signs anything. */
function isProven(key: HeldKey, held: readonly HeldKey[], seen: ReadonlySet<string>): boolean {
  const passed = new Set<string>();
  for (let next = key.succeededBy; next !== null && !passed.has(next); ) {
    if (seen.has(next)) return true;
    passed.add(next);
    next = held.find(({ signer }) => signer === next)?.succeededBy ?? null;
  }
  return false;
}
