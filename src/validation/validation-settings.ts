import { DEFAULT_NUMBER_POLICY, type NumberPolicy } from '../compliance/number-policy.ts';
import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Allowance } from './decide-budget.ts';
import { VALIDATOR_NAMES, type ValidatorName } from './number-validator.ts';

/** Whether numbers are validated, by whom, and what follows from it. */
export interface ValidationSettings extends NumberPolicy {
  /** After an import: always, when the importer wants it, or never. */
  readonly importMode: ImportMode;
  /** Whether numbers are asked anew every night when their answers are too old. */
  readonly revalidate: boolean;
  readonly validators: Readonly<Record<ValidatorName, ValidatorAccount>>;
}

export const IMPORT_MODES = ['mandatory', 'optional', 'off'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export interface ValidatorAccount extends Allowance {
  /** Without a key it is not asked. */
  readonly keySealed: string | null;
}

export const DEFAULT_VALIDATION_SETTINGS: ValidationSettings = {
  importMode: 'off',
  ...DEFAULT_NUMBER_POLICY,
  revalidate: false,
  // NumVerify's documents disagree about the free plan (100 or 250 a month): the smaller one.
  validators: {
    numverify: { keySealed: null, monthlyQuota: 100, requestsPerSecond: 1 },
    twilio: { keySealed: null, monthlyQuota: 1_000, requestsPerSecond: 5 },
  },
};

export interface ValidationSettingsInput extends Omit<ValidationSettings, 'validators'> {
  readonly validators: Readonly<Record<ValidatorName, ValidatorInput>>;
}

export interface ValidatorInput extends Allowance {
  /** A new key, `null` to remove it; as it is when absent. */
  readonly key?: string | null | undefined;
}

const MAX_AGE_DAYS_MAX = 365;
const MONTHLY_QUOTA_MAX = 10_000_000;
const REQUESTS_PER_SECOND_MIN = 0.01;
const REQUESTS_PER_SECOND_MAX = 100;
const KEY_SHAPES: Readonly<Record<ValidatorName, { readonly shape: RegExp; readonly words: string }>> = {
  numverify: { shape: /^[A-Za-z0-9_-]{8,128}$/, words: 'the access key of the NumVerify dashboard' },
  twilio: {
    shape: /^(?:AC|SK)[0-9a-fA-F]{32}:[!-~]{8,128}$/,
    words: 'SID:secret, like AC…:auth token or SK…:secret of an API key',
  },
};

export function checkValidationSettings(input: ValidationSettingsInput): Outcome<ValidationSettingsInput> {
  if (!IMPORT_MODES.includes(input.importMode))
    return refused('/importMode', `expected one of ${IMPORT_MODES.join(', ')}, got "${input.importMode}"`);
  if (!isWhole(input.maxAgeDays, MAX_AGE_DAYS_MAX) || input.maxAgeDays < 1)
    return refused('/maxAgeDays', `expected a whole number from 1 to ${MAX_AGE_DAYS_MAX}, got ${input.maxAgeDays}`);
  for (const name of VALIDATOR_NAMES) {
    const wrong = checkValidator(name, input.validators[name]);
    if (wrong !== undefined) return wrong;
  }
  return ok(input);
}

function checkValidator(name: ValidatorName, { key, monthlyQuota, requestsPerSecond }: ValidatorInput) {
  const at = `/validators/${name}`;
  if (!isWhole(monthlyQuota, MONTHLY_QUOTA_MAX))
    return refused(`${at}/monthlyQuota`, `expected a whole number from 0 to ${MONTHLY_QUOTA_MAX}, got ${monthlyQuota}`);
  if (!(requestsPerSecond >= REQUESTS_PER_SECOND_MIN && requestsPerSecond <= REQUESTS_PER_SECOND_MAX))
    return refused(
      `${at}/requestsPerSecond`,
      `expected ${REQUESTS_PER_SECOND_MIN} to ${REQUESTS_PER_SECOND_MAX}, got ${requestsPerSecond}`,
    );
  const { shape, words } = KEY_SHAPES[name];
  if (typeof key === 'string' && !shape.test(key))
    return refused(`${at}/key`, `expected ${words}, got ${key.length} characters that are none`);
  return undefined;
}

const isWhole = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max;

const refused = (pointer: string, message: string) =>
  invalid(`${pointer.slice(1).replaceAll('/', ' ')}: ${message}`, { errors: [{ pointer, message }] });
