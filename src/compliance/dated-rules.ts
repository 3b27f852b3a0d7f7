import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../platform/canonical-json.ts';
import { type Instant, isoOf } from '../platform/time.ts';

/**
 * Law is dated data (decision 0060): a table is one file of `rules/`, and has a version for each span of days, so that what was decided
 * then can be explained by what held then. Whoever reads a table goes through here: no day has no version, and none has two.
 */
export interface Dated {
  /** Named by what was decided by it. */
  readonly version: string;
  /** First day, `YYYY-MM-DD`. */
  readonly validFrom: string;
  /** The day after the last; `null` for the newest. */
  readonly validTo: string | null;
  readonly source: string;
}

/** The same for the schema of a version. */
export const dated = {
  version: z.string().min(1),
  validFrom: z.iso.date(),
  validTo: z.iso.date().nullable(),
  source: z.string().min(1),
};

/** Oldest first. */
export type Versions<Rules extends Dated> = readonly [Rules, ...Rules[]];

export interface DatedRules<Rules extends Dated = Dated> {
  /** For people. */
  readonly name: string;
  /** In `rules/`. */
  readonly file: string;
  readonly versions: Versions<Rules>;
  /** Of what each version says, by its name: whoever is told that a version decided can see that it is still the same. */
  readonly digests: ReadonlyMap<string, string>;
}

type Named = Pick<DatedRules, 'name' | 'file'>;

interface Shape<Rules extends Dated> extends Named {
  readonly schema: z.ZodType<Rules>;
  /** Why a version cannot follow another one, if it cannot. */
  readonly whyNot?: (earlier: Rules, later: Rules) => string | undefined;
}

/**
 * Throws, naming the version, the value and the remedy, when the data are not what the schema asks, or leave a day without a version or two
 * for one: whoever decides by a rule must not guess one.
 */
export function readRules<Rules extends Dated>(shape: Shape<Rules>, data: unknown): DatedRules<Rules> {
  const { name, file, schema, whyNot } = shape;
  const parsed = z.strictObject({ versions: z.tuple([schema], schema) }).safeParse(data);
  if (!parsed.success)
    throw refused(shape, parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const { versions } = parsed.data;
  for (const [index, current] of versions.entries()) {
    const next = versions[index + 1];
    const why =
      whyNotInOrder(current, next) ??
      whyNamedTwice(current, versions.slice(index + 1)) ??
      (next === undefined ? undefined : whyNot?.(current, next));
    if (why !== undefined) throw refused(shape, why);
  }
  return { name, file, versions, digests: digestsOf(data) };
}

const stored = z.object({ versions: z.array(z.looseObject({ version: z.string(), validTo: z.unknown() })) });

/** Without the last day, which is written down when the next version comes. */
const digestsOf = (data: unknown): ReadonlyMap<string, string> =>
  new Map(stored.parse(data).versions.map(({ validTo: _, ...says }) => [says.version, digestOfRules(says)]));

export const digestOfRules = (says: unknown): string => createHash('sha256').update(canonicalJson(says)).digest('hex');

const refused = ({ name, file }: Named, what: string): Error =>
  new Error(`rules "${name}": ${what}. Mend compliance/rules/${file}`);

function whyNotInOrder({ version, validFrom, validTo }: Dated, next: Dated | undefined): string | undefined {
  if (validTo !== null && validTo <= validFrom)
    return `${version} is valid from ${validFrom} to ${validTo}, which is no day at all; validTo is the day after the last`;
  if (next === undefined)
    return validTo === null
      ? undefined
      : `${version} is valid to ${validTo}, and nothing after it; the last must have validTo null`;
  if (validTo === next.validFrom) return undefined;
  const between =
    validTo !== null && validTo < next.validFrom ? 'nothing is valid in between' : 'both are valid on some days';
  return `${version} is valid to ${validTo}, but ${next.version} begins ${next.validFrom}, so that ${between}; make both the same day`;
}

const whyNamedTwice = ({ version }: Dated, later: readonly Dated[]): string | undefined =>
  later.some((each) => each.version === version)
    ? `two versions have the name ${version}, by which decisions tell what they rest on; name one anew`
    : undefined;

/** The version of a day, `YYYY-MM-DD`. For days before the first the oldest is the best guess: something long ago is looked at again. */
export const versionOn = <Rules extends Dated>(versions: Versions<Rules>, day: string): Rules =>
  versions.findLast(({ validFrom }) => validFrom <= day) ?? versions[0];

/** That of an instant, by its UTC day. */
export const versionAt = <Rules extends Dated>(versions: Versions<Rules>, at: Instant): Rules =>
  versionOn(versions, isoOf(at).slice(0, 10));

/** What says the version of an instant: each table is asked by its own, which a test may give other versions. */
export const readerOf =
  <Rules extends Dated>(table: DatedRules<Rules>) =>
  (at: Instant, versions: Versions<Rules> = table.versions): Rules =>
    versionAt(versions, at);

/** Throws when a table has no version yet: a guess that does for looking back must not decide what is sent today. */
export function requireInForce(tables: readonly DatedRules[], now: Instant): void {
  const today = isoOf(now).slice(0, 10);
  for (const table of tables) {
    const { version, validFrom } = table.versions[0];
    if (validFrom > today)
      throw refused(
        table,
        `${version} begins ${validFrom}, and today is ${today}, so that no rule is valid now; add the version that is, or mend this machine's clock`,
      );
  }
}
