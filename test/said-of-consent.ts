/**
 * What the law lets be sent to a person, from when they said what and without any of the product's code: the other side of the comparison
 * in `consent-safety.pg.test.ts`.
 */

export const AGREEMENTS = [
  ...['agree', 'agree for a day', 'ask', 'confirm', 'start', 'import', 'import twice', 'add', 'merge', 'merge away'],
] as const;
/** Ways to say no, of which each may be a person's second one. */
export const REFUSALS = [
  ...['stop', 'wrong number', 'take back', 'api', 'staff', 'list', 'link', 'gateway', 'erase'],
  ...['merge one who stopped', 'merge into one who stopped'],
] as const;
/** A reply that may be an opt-out, what people make of it, and what time does with or without them. */
export const DOUBTS = [
  ...['unclear', 'found harmless', 'found to be an opt-out', 'found to be the wrong number'],
  ...['a day', 'four days', 'end what is overdue', 'expire'],
] as const;
export type What = (typeof AGREEMENTS)[number] | (typeof REFUSALS)[number] | (typeof DOUBTS)[number];

/** In hours from the first of all. */
export interface Said {
  readonly what: What;
  readonly at: number;
  /** When it became known here. */
  readonly told: number;
}

/** What a person comes to when everything is said. */
export interface Standing {
  /** When they asked last to be left alone. */
  readonly refused: number;
  /** When they asked last to be texted. */
  readonly started: number;
  /** When they wrote last, being left alone, what may mean that they want it so. */
  readonly doubted: number;
  /** The reply on which nobody has decided yet. */
  readonly unclear: Said | undefined;
}

const NEVER = Number.NEGATIVE_INFINITY;
const DECIDE_WITHIN_HOURS = 24;
const CONFIRM_WITHIN_HOURS = 72;
const REFUSING: ReadonlySet<What> = new Set(REFUSALS);

export const standingOf = (said: readonly Said[], now: number): Standing =>
  undecidedUntil(said.reduce(after, { refused: NEVER, started: NEVER, doubted: NEVER, unclear: undefined }), now);

function after(before: Standing, one: Said): Standing {
  const standing = undecidedUntil(before, one.told);
  const { refused, started, doubted, unclear } = standing;
  if (REFUSING.has(one.what)) return { ...standing, refused: Math.max(refused, one.at) };
  switch (one.what) {
    case 'start':
      return {
        ...standing,
        started: Math.max(started, one.at),
        unclear: unclear !== undefined && unclear.at < one.at ? undefined : unclear,
      };
    case 'unclear':
      return isOut(standing)
        ? { ...standing, doubted: Math.max(doubted, one.at) }
        : { ...standing, unclear: unclear ?? one };
    case 'found harmless':
      return { ...standing, unclear: undefined };
    case 'found to be an opt-out':
    case 'found to be the wrong number':
      return asOptOut(standing);
    default:
      return standing;
  }
}

/** Nobody has decided in time: it was an opt-out. */
const undecidedUntil = (standing: Standing, now: number): Standing =>
  standing.unclear !== undefined && now >= standing.unclear.told + DECIDE_WITHIN_HOURS ? asOptOut(standing) : standing;

const asOptOut = ({ unclear, ...standing }: Standing): Standing => ({
  ...standing,
  refused: Math.max(standing.refused, unclear?.at ?? NEVER),
  unclear: undefined,
});

/** Has asked to be left alone, and never since to be texted: then no consent is of any use. */
export const isOut = ({ refused, started, doubted }: Standing): boolean =>
  refused !== NEVER && started <= Math.max(refused, doubted);

/** A reason for which nobody may text this person, in the words of the law. */
export function forbiddenBy(said: readonly Said[], now: number): string | undefined {
  const standing = standingOf(said, now);
  if (isOut(standing)) return 'has asked to be left alone, and never since to be texted';
  const since = said.filter(({ at }) => at > standing.refused);
  const ended = Math.max(NEVER, ...said.filter(({ what }) => what === 'expire').map(({ at }) => at));
  const agreed = since.some((one) => hasAgreed(one, since, { now, ended }));
  const claims = since.filter(({ what, at }) => (what === 'import' || what === 'import twice') && at >= ended);
  if (standing.refused === NEVER) return agreed || claims.length > 0 ? undefined : 'has never agreed';
  // A file cannot undo what the person said; once they have agreed anew, it says as much as of anybody.
  const claimed = claims.some(({ at }) => hasAgreedBefore(at, since));
  return agreed || claimed ? undefined : 'has not agreed since';
}

/** Whether the person did then, for however long. */
function hasAgreedBefore(at: number, since: readonly Said[]): boolean {
  const before = since.filter((one) => one.at < at);
  return before.some((one) => hasAgreed(one, before, { now: one.at, ended: NEVER }));
}

function hasAgreed(
  { what, at }: Said,
  since: readonly Said[],
  { now, ended }: Record<'now' | 'ended', number>,
): boolean {
  switch (what) {
    case 'agree':
      return at >= ended;
    case 'agree for a day':
      return at >= ended && now < at + 24;
    case 'ask':
      // Any word that asks for texts answers the question whether an opt-in was theirs.
      return since.some(
        (later) =>
          (later.what === 'confirm' || later.what === 'start') &&
          later.at >= Math.max(at, ended) &&
          later.at < at + CONFIRM_WITHIN_HOURS,
      );
    default:
      return false;
  }
}
