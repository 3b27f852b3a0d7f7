import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { tellsHowToStop } from './content-checks.ts';
import type { ContentRules } from './content-rules.ts';

/** Whether the program itself tells people in their first text how to make the texts stop, and in which words. */
export interface OptOutWording {
  readonly adds: boolean;
  readonly wording: string;
}

/** The words of whoever sets nothing. Nothing is added unless an owner says so: it would change texts that people have written. */
export const DEFAULT_OPT_OUT_WORDING: OptOutWording = { adds: false, wording: 'Reply STOP to opt out.' };

export const WORDING_LENGTH_MAX = 100;

export function checkOptOutWording({ adds, wording }: OptOutWording, rules: ContentRules): Outcome<OptOutWording> {
  const words = wording.trim().replaceAll(/\s+/g, ' ');
  if (words.length > WORDING_LENGTH_MAX)
    return refused(`expected at most ${WORDING_LENGTH_MAX} characters, got ${words.length}`);
  if (/[{}]/.test(words)) return refused('it is the same for everybody: leave out what stands in braces');
  if (!tellsHowToStop(words, rules))
    return refused(`"${words}" does not tell people how to stop: say so as in “Reply STOP to opt out”`);
  return ok({ adds, wording: words });
}

const refused = (why: string) => {
  const message = `wording: ${why}`;
  return invalid(message, { errors: [{ pointer: '/wording', message }] });
};

/** What is to be put behind a text that is the first one to its person; null when it says how to stop by itself. */
export type Addition = (text: string) => string | null;

/** Undefined while nothing is added. */
export const additionOf = (setting: OptOutWording, rules: ContentRules): Addition | undefined =>
  setting.adds ? (text) => (tellsHowToStop(text, rules) ? null : setting.wording) : undefined;

export const withWording = (text: string, wording: string): string => `${text.trimEnd()}\n${wording}`;
