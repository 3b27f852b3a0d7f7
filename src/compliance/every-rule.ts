import { AREA_CODE_DATA, AREA_CODE_TABLES } from '../contacts/area-codes.ts';
import type { Instant } from '../platform/time.ts';
import { CONSENT_RULES } from './consent-rules.ts';
import { CONTENT_RULES } from './content-rules.ts';
import { type Dated, type DatedRules, digestOfRules, versionAt } from './dated-rules.ts';
import { DNC_RULES } from './dnc-rules.ts';
import { KEYWORDS } from './keywords.ts';
import { OPT_OUT_LEVELS } from './opt-out-rate.ts';
import { OPT_OUT_TERMS } from './opt-out-terms.ts';
import { HOLIDAYS } from './quiet-hours-holidays.ts';
import { QUIET_HOURS } from './quiet-hours-table.ts';
import { REASSIGNED_RULES } from './reassigned-rules.ts';
import { RETENTION_RULES } from './retention-rules.ts';
import { SCRUB_CODES } from './scrub-codes.ts';

/** Each table of `rules/`. */
export const EVERY_RULE: readonly DatedRules[] = [
  QUIET_HOURS,
  HOLIDAYS,
  OPT_OUT_TERMS,
  KEYWORDS,
  CONSENT_RULES,
  DNC_RULES,
  REASSIGNED_RULES,
  SCRUB_CODES,
  CONTENT_RULES,
  OPT_OUT_LEVELS,
  RETENTION_RULES,
];

export interface RuleInForce {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the canonical JSON of what the version says. */
  readonly digest: string;
  readonly source: string;
}

/** What holds at an instant, of every table. */
export const everyRuleAt = (at: Instant): readonly RuleInForce[] =>
  EVERY_RULE.map(({ name, versions, digests }) => {
    const { version, source } = versionAt(versions, at);
    return { name, version, digest: digests.get(version) ?? '', source };
  });

/** What a version is that decisions name: with its digest, so that nobody can say that it said something else then. */
export type RuleVersion = RuleInForce & Dated & Pick<DatedRules, 'file'>;

const { validTo, ...numbering } = AREA_CODE_DATA;
/** Numbering and no law, in code (docs/decisions/0060): one version, which decisions name as they do those of the law. */
export const AREA_CODES: RuleVersion = {
  ...{ name: 'Area codes', file: 'area-codes.ts' },
  ...{ ...numbering, validTo },
  digest: digestOfRules({ ...numbering, ...AREA_CODE_TABLES }),
};

export const EVERY_VERSION: readonly RuleVersion[] = [
  ...EVERY_RULE.flatMap(({ name, file, versions, digests }) =>
    versions.map(({ version, validFrom, validTo, source }) => ({
      ...{ name, file, version, validFrom, validTo, source },
      digest: digests.get(version) ?? '',
    })),
  ),
  AREA_CODES,
];
