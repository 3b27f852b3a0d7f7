/**
 * Reactions (tapbacks) arrive over SMS as a new text: a verb or an emoji and the quoted original. The original carries our
 * "Reply STOP" footer, so this is looked at before anything else; a reaction never opts anybody out.
 *
 * Works on unified text (see `unifyText`): curly and angle quotes are straight, invisible characters are gone.
 */

const MEDIA =
  '(?:an?|the|your|una?|el|la) (?:image|photo|picture|movie|video|attachment|audio|sticker|gif|location|link|imagen|foto)';
const MARK = '[^\\p{L}\\p{N}\\s"]{1,16}';

const VERBS = [
  'liked|loved|disliked|laughed at|emphasi[sz]ed|questioned',
  `removed (?:an? [a-z !?]{1,24}|${MARK}) from`,
  `(?:reacted (?:with )?)?${MARK} ?(?:to|a)`,
  `reaccion[oó] (?:con )?${MARK} a`,
  '(?:no )?le (?:gust[oó]|encant[oó]|dio risa)|se ri[oó] de|enfatiz[oó]|destac[oó]|resalt[oó]|cuestion[oó]' +
    '|exclam[oó]|dud[oó] de',
  `(?:quit[oó]|elimin[oó]) (?:una? [^"\\n]{1,24}|"[^"\\n]{1,24}"|${MARK}) (?:de|a)`,
].join('|');

const REACTION_TO_TEXT = new RegExp(`^\\s*(?:${VERBS})\\s*(?=")`, 'iu');
const REACTION_TO_MEDIA = new RegExp(`^\\s*(?:${VERBS}) ${MEDIA}(?: message)?\\s*$`, 'iu');

/** How much of a quoted text must be ours when we know what we sent lately. */
const SIMILAR_SHARE_MIN = 0.6;

/**
 * What the person wrote beside the reaction ('' for a bare reaction), or undefined when the text is no reaction. With
 * `recentOutbound`, a quote that resembles none of it is taken for the person's own words.
 */
export function textBesideReaction(text: string, recentOutbound: readonly string[]): string | undefined {
  if (REACTION_TO_MEDIA.test(text)) return '';
  const verb = REACTION_TO_TEXT.exec(text);
  if (verb === null) return undefined;
  const opening = verb[0].length;
  const closing = text.lastIndexOf('"');
  // A truncated quote may lack its closing mark; then everything behind the opening one is quoted.
  const quoted = text.slice(opening + 1, closing > opening ? closing : undefined);
  const beside = closing > opening ? text.slice(closing + 1) : '';
  if (recentOutbound.length > 0 && !recentOutbound.some((sent) => resembles(quoted, sent))) return undefined;
  return /[\p{L}\p{N}]/u.test(beside) ? beside : '';
}

function resembles(quoted: string, sent: string): boolean {
  const sentWords = new Set(wordsOf(sent));
  const words = wordsOf(quoted);
  return words.filter((word) => sentWords.has(word)).length >= words.length * SIMILAR_SHARE_MIN;
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
