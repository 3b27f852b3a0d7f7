import { shortenerIn } from '../compliance/content-checks.ts';
import type { ContentRules } from '../compliance/content-rules.ts';
import { type Addition, withWording } from '../compliance/opt-out-wording.ts';
import { whyUnsendable } from './sendable-text.ts';

/** `added` is what was put behind it because it is the first one to the person. */
export type OutgoingText = { readonly body: string; readonly added: string | null } | { readonly code: string };

export interface TextTerms {
  /** For the first text to a person. */
  readonly addition?: Addition | undefined;
  /** Of the day; undefined for a text that is only to be recognised. */
  readonly content?: Pick<ContentRules, 'shorteners'> | undefined;
}

/** A code may carry the host behind a colon, not the link: it is counted by. */
export const SHORTENER_CODE = 'public_shortener';

/** What a rendered text comes to when it goes out, or the code of why it must not (outcome-sentences.ts). */
export function outgoingText(text: string, { addition, content }: TextTerms): OutgoingText {
  const added = addition?.(text) ?? null;
  const body = added === null ? text : withWording(text, added);
  const code = whyUnsendable(text) ?? whyUnsendable(body);
  if (code !== undefined) return { code };
  const shortener = content === undefined ? undefined : shortenerIn(body, content);
  return shortener === undefined ? { body, added } : { code: `${SHORTENER_CODE}:${shortener.host}` };
}
