/** Longest text that the gateways take, in UTF-16 code units. */
export const TEXT_LENGTH_MAX = 1_600;

/** Why no gateway takes this text: a code of outcome-sentences.ts; undefined when it can go out. */
export function whyUnsendable(text: string): 'empty_text' | 'text_too_long' | undefined {
  if (text.trim() === '') return 'empty_text';
  return text.length > TEXT_LENGTH_MAX ? 'text_too_long' : undefined;
}
