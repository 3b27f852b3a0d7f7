import type { ConsentKind, ConsentPurpose } from '../compliance/consent.ts';
import type { ReplyLanguage } from '../compliance/keywords.ts';
import type { Uuid } from '../platform/ids.ts';
import { DAY_MS, type Instant } from '../platform/time.ts';

/** What people see of one version of a form in one language. */
export interface FormWording {
  readonly language: ReplyLanguage;
  readonly heading: string;
  /** Beside the box: exactly what they agree to. */
  readonly wording: string;
  readonly button: string;
}

/** A form by which people agree to texts. Its address is public; its words have versions that stay. */
export interface OptInForm {
  readonly id: Uuid;
  readonly token: string;
  readonly name: string;
  /** The number of ours that asks them whether it was theirs. */
  readonly laneId: Uuid;
  readonly purpose: ConsentPurpose;
  readonly kind: ConsentKind;
  readonly doubleOptIn: boolean;
  /** Of pages that may hold it, as browsers write them: `https://acme.example`. */
  readonly allowedOrigins: readonly string[];
  /** Where people are led afterwards from such a page. */
  readonly redirectUrl: string | null;
  readonly version: number;
  /** Of that version. */
  readonly wordings: readonly FormWording[];
  readonly closedAt: Instant | null;
  readonly createdBy: string;
  readonly createdAt: Instant;
}

export const FORM_LANGUAGES = ['en', 'es'] as const satisfies readonly ReplyLanguage[];

/** That of the language asked for, or the first that there is. */
export function wordingIn(wordings: readonly FormWording[], language: string | undefined): FormWording {
  const found = wordings.find((one) => one.language === language) ?? wordings[0];
  if (found === undefined) throw new Error('a form has words in no language');
  return found;
}

/** Of our own page of it. */
export const formAddress = (publicUrl: string, token: string): string => `${publicUrl.replace(/\/$/, '')}/f/${token}`;

/** A number is taken from forms so often in a day: a family shares a phone, a prankster presses all day. */
export const SUBMISSIONS_PER_NUMBER_MAX = 3;
export const SUBMISSIONS_PER_NUMBER_MS = DAY_MS;
/** A form that gets more within an hour is being abused, or on television: each may cost a text. */
export const SUBMISSIONS_PER_HOUR_MAX = 300;
