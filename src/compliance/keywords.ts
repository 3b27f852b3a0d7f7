import { z } from 'zod';
import type { Instant } from '../platform/time.ts';
import { type Dated, dated, readRules, versionAt } from './dated-rules.ts';
import { MISSPELLINGS, misspellingsOf, nearlyOf } from './keywords-misspelled.ts';
import keywordData from './rules/keywords.json' with { type: 'json' };
import { spellingsByEar } from './spelled-by-ear.ts';

/**
 * The words with a fixed meaning in a reply, as the law, the carriers and practice name them. A keyword counts only when it is the whole
 * message after normalisation; words inside a sentence are the business of the intent rules, which are code.
 *
 * Every language is active on every number: people answer in their own, whatever the campaign's.
 */
export interface Keywords extends Dated {
  /** Each accepted form. */
  readonly optOut: ReadonlyMap<string, OptOutKeyword>;
  /** Forms that have lost a letter: perhaps an opt-out. */
  readonly nearlyOptOut: ReadonlyMap<string, OptOutKeyword>;
  /** Opt-out keywords of the law and the carriers: in these a stray space does not matter either. */
  readonly named: ReadonlySet<string>;
  readonly optIn: ReadonlyMap<string, ReplyLanguage>;
  /** Ordinary answers, unless the contact was asked to confirm an opt-in with them. */
  readonly optInWhenAsked: ReadonlyMap<string, ReplyLanguage>;
  readonly help: ReadonlyMap<string, ReplyLanguage>;
}

const LANGUAGES = ['en', 'es'] as const;
export type ReplyLanguage = (typeof LANGUAGES)[number];

export interface OptOutKeyword {
  readonly word: string;
  readonly language: ReplyLanguage;
  readonly needsCanadianNumber: boolean;
}

/** The most words that a keyword has: a repeated one is recognised by so many. */
export const KEYWORD_WORDS_MAX = 3;

const word = z.string().regex(new RegExp(`^[a-z]+(?: [a-z]+){0,${KEYWORD_WORDS_MAX - 1}}$`), {
  error: ({ input }) =>
    `expected at most ${KEYWORD_WORDS_MAX} words of small letters without accents, as a normalised reply has them, got "${input}"`,
});
const group = z.strictObject({
  language: z.enum(LANGUAGES),
  words: z.array(word).min(1),
  source: z.string().min(1),
});
const groups = z.array(group).min(1);
const optOutGroup = group.extend({
  namedBy: z.enum(['law', 'carriers', 'practice']),
  canadianOnly: z.boolean().default(false),
});
const stored = z
  .strictObject({
    ...dated,
    optOut: z.array(optOutGroup).min(1),
    optIn: groups,
    optInWhenAsked: groups,
    help: groups,
  })
  .superRefine(({ optOut, optIn, optInWhenAsked, help }, context) => {
    const words = [optOut, optIn, optInWhenAsked, help].flat().flatMap((each) => each.words);
    const twice = words.find((each, index) => words.indexOf(each) !== index);
    if (twice !== undefined)
      context.addIssue({ code: 'custom', message: `"${twice}" is there twice; a word has one meaning` });
  });

const compiled = stored.transform(
  ({ optOut, optIn, optInWhenAsked, help, ...rules }): Keywords => ({
    ...rules,
    ...withMisspellings(
      new Map(optOut.flatMap(optOutWords)),
      new Set([optIn, optInWhenAsked, help].flat().flatMap(({ words }) => words)),
    ),
    named: new Set(optOut.flatMap(({ namedBy, words }) => (namedBy === 'practice' ? [] : words))),
    optIn: languagesOf(optIn),
    optInWhenAsked: languagesOf(optInWhenAsked),
    help: languagesOf(help),
  }),
);

const optOutWords = ({ words, language, canadianOnly }: z.infer<typeof optOutGroup>): [string, OptOutKeyword][] =>
  words.map((each) => [each, { word: each, language, needsCanadianNumber: canadianOnly }]);

/** A misspelling counts where its word does, and never stands in the way of another word. */
function withMisspellings(
  words: ReadonlyMap<string, OptOutKeyword>,
  others: ReadonlySet<string>,
): Pick<Keywords, 'optOut' | 'nearlyOptOut'> {
  const formsBy = (slipsOf: (keyword: OptOutKeyword) => readonly string[]): [string, OptOutKeyword][] =>
    [...words.values()].flatMap((keyword) =>
      slipsOf(keyword).flatMap((form): [string, OptOutKeyword][] => (others.has(form) ? [] : [[form, keyword]])),
    );
  const listed = [...MISSPELLINGS].flatMap(([form, meant]): [string, OptOutKeyword][] => {
    const keyword = words.get(meant);
    return keyword === undefined ? [] : [[form, keyword]];
  });
  const slips = formsBy((keyword) => misspellingsOf(keyword.word));
  const byEar = formsBy(({ word: meant, language }) => (language === 'es' ? spellingsByEar(meant) : []));
  const optOut = new Map([...byEar, ...slips, ...listed, ...words]);
  const nearly = formsBy((keyword) => nearlyOf(keyword.word)).filter(([form]) => !optOut.has(form));
  return { optOut, nearlyOptOut: new Map(nearly) };
}

const languagesOf = (of: z.infer<typeof groups>): ReadonlyMap<string, ReplyLanguage> =>
  new Map(of.flatMap(({ words, language }) => words.map((each): [string, ReplyLanguage] => [each, language])));

export const parseKeywords = (data: unknown) =>
  readRules({ name: 'Keywords', file: 'keywords.json', schema: compiled }, data);

export const KEYWORDS = parseKeywords(keywordData);

/** Those of an instant, by which a reply of then is understood; the newest where nobody says when. */
export const keywordsAt = (at: Instant | undefined, versions = KEYWORDS.versions): Keywords =>
  at === undefined ? (versions.at(-1) ?? versions[0]) : versionAt(versions, at);

const EVERY_KEYWORD: ReadonlySet<string> = new Set(
  KEYWORDS.versions.flatMap(({ optOut, optIn, optInWhenAsked, help }) =>
    [optOut, optIn, optInWhenAsked, help].flatMap((words) => [...words.keys()]),
  ),
);

/** Of any time: what a reply spells out is read alike whenever it came, what it means depends on the day. */
export const isKeyword = (text: string): boolean => EVERY_KEYWORD.has(text);
