import { z } from 'zod';
import { type Dated, dated, readerOf, readRules } from './dated-rules.ts';
import contentData from './rules/content.json' with { type: 'json' };

/** What carriers refuse or look askance at in a text, from one day to another. */
export interface ContentRules extends Dated {
  /** Hosts of link shorteners that anybody may use: carriers block them for what others hide behind them. */
  readonly shorteners: ReadonlySet<string>;
  /** Matches what tells how to make the texts stop: "reply stop", "stop to end"; not "stop by our showroom". */
  readonly optOut: RegExp;
  /** Subjects that are forbidden, or allowed behind an age gate only, each with what matches its words. */
  readonly restricted: readonly { readonly subject: string; readonly words: RegExp }[];
  readonly linksMax: number;
  /** Of a text with so many letters, at most this share may be capitals. */
  readonly capitals: { readonly lettersMin: number; readonly shareMax: number };
}

const word = z.string().regex(/^[a-z0-9][a-z0-9 .-]*$/, {
  error: ({ input }) => `expected words in small letters without accents, got "${input}"`,
});
const stored = z.strictObject({
  ...dated,
  shorteners: z.array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)).min(1),
  /** What says so by itself, and words that do with a verb before them or a purpose behind them. */
  optOut: z.strictObject({
    phrases: z.array(word).min(1),
    keywords: z.array(word).min(1),
    verbs: z.array(word).min(1),
    purposes: z.array(word).min(1),
  }),
  restricted: z.record(z.string().min(1), z.array(word).min(1)),
  linksMax: z.int().min(0),
  capitals: z.strictObject({ lettersMin: z.int().min(1), shareMax: z.number().min(0).max(1) }),
});

const anyOf = (words: readonly string[]): string =>
  `(?:${words.map((each) => each.replaceAll('.', '\\.')).join('|')})(?![\\p{L}\\p{N}])`;

const wholeWords = (words: readonly string[]): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])${anyOf(words)}`, 'u');

/** "Stop" alone is a word like others, and so is "text us, stop by". */
function tellsOptOut({ phrases, keywords, verbs, purposes }: z.infer<typeof stored>['optOut']): RegExp {
  const keyword = `['-]?${anyOf(keywords)}['.-]*`;
  const asked = `${anyOf(verbs)} (?:(?:with|back|the word|con|la palabra|con la palabra) )?${keyword}(?! (?:by|in|over)(?![\\p{L}]))`;
  const explained = `(?<!-)${keyword} (?:(?:to|2|para) )?${anyOf(purposes)}`;
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${anyOf(phrases)}|${asked}|${explained})`, 'u');
}

const compiled = stored.transform(
  ({ shorteners, optOut, restricted, ...rules }): ContentRules => ({
    ...rules,
    shorteners: new Set(shorteners),
    optOut: tellsOptOut(optOut),
    restricted: Object.entries(restricted).map(([subject, words]) => ({ subject, words: wholeWords(words) })),
  }),
);

export const parseContentRules = (data: unknown) =>
  readRules({ name: 'Content of texts', file: 'content.json', schema: compiled }, data);

export const CONTENT_RULES = parseContentRules(contentData);

export const contentRulesAt = readerOf(CONTENT_RULES);
