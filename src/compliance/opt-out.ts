import type { Instant } from '../platform/time.ts';
import type { Versions } from './dated-rules.ts';
import { KEYWORD_WORDS_MAX, KEYWORDS, type Keywords, keywordsAt, type ReplyLanguage } from './keywords.ts';
import { NEVER_KEYWORDS } from './keywords-misspelled.ts';
import { type InboundText, normaliseInbound } from './normalise-inbound.ts';
import { HOSTILE_RULES } from './opt-out-hostile.ts';
import { REFUSAL_RULES } from './opt-out-refusal.ts';
import { REMOVAL_RULES } from './opt-out-removal.ts';
import { type FreeRequest, findRequest } from './opt-out-requests.ts';
import { type Net, OUR_NET, WEIGHTS_DIGEST } from './opt-out-resemblance.ts';
import { findForReview, isAutomaticReply } from './opt-out-review.ts';
import { type Finding, firstFinding, type IntentFamily, occurs, type ReviewFamily, ruleSet } from './opt-out-rules.ts';
import { SPANISH_RULES } from './opt-out-spanish.ts';
import { STOP_RULES } from './opt-out-stop.ts';
import { findBereavement, findNamedPerson, WRONG_PERSON_RULES } from './opt-out-wrong-person.ts';

/** Stored with every decision; grows with every change of rules that can change an outcome, and names the keywords and the weights beside them. */
const classifierVersion = ({ version }: Keywords): string => `2026-11.6+keywords-${version}+${WEIGHTS_DIGEST}`;

/** That by which a reply of then is understood. */
export const classifierVersionAt = (at?: Instant): string => classifierVersion(keywordsAt(at));

export interface InboundContext {
  /** The last texts to this number, to recognise quotes of them. */
  readonly recentOutbound?: readonly string[];
  /** Whether the number is Canadian: ARRET and TD are keywords there. */
  readonly canadian?: boolean;
  /** Whether our last text asked this contact to confirm an opt-in: YES and the like are opt-ins then. */
  readonly awaitingOptIn?: boolean;
  /** When it was said: the keywords of that day count, and the newest where nobody says when. */
  readonly at?: Instant;
}

/** By what texts are understood beside the rules. */
export interface Using {
  readonly net: Net;
  readonly keywords: Versions<Keywords>;
}
export const OURS: Using = { net: OUR_NET, keywords: KEYWORDS.versions };

export interface InboundClassification {
  /** `opt_out` is tier 1 or 2, `review` is tier 3. `opt_in` is a keyword; a wish for texts in other words (`opt_in_wish`) lifts nothing. */
  readonly outcome: 'opt_out' | 'opt_in' | 'opt_in_wish' | 'help' | 'review' | 'none';
  readonly tier: 1 | 2 | 3 | null;
  /** The keyword, or the words that a rule recognised. */
  readonly matched: string | null;
  readonly family?: IntentFamily | ReviewFamily | 'request' | 'resemblance';
  /** How likely an opt-out is by its words, from 0 to 1; only where that decided. */
  readonly likelihood?: number;
  readonly language?: ReplyLanguage;
  readonly normalised: string;
  readonly classifierVersion: string;
}

/**
 * What an inbound text asks of us. Order: keyword, then intent to stop, then what a person must judge, then opt-in and help, then what
 * resembles opt-outs; so an opt-out wins over everything else the text says. Implements 47 CFR 64.1200(a)(10): the named words, and any wording in which
 * a reasonable person sees a request to stop.
 */
export function classifyInbound(
  text: string,
  context: InboundContext = {},
  using: Using = OURS,
): InboundClassification {
  const message = normaliseInbound(text, context.recentOutbound ?? []);
  const keywords = keywordsAt(context.at, using.keywords);
  const byRules = message.kind === 'bare' ? NOTHING : judge(message, context, keywords);
  const found = message.kind !== 'words' ? byRules : besideNet(byRules, message, using.net);
  return { ...found, normalised: message.words, classifierVersion: classifierVersion(keywords) };
}

/**
 * Spares the first reply the first run of everything, some milliseconds. A pattern is compiled when a text first has a piece of it, 1 to 30 ms
 * each and 0.2 s in all, spread over the first thousand replies.
 */
export const warmUpClassifier = (): void => {
  classifyInbound('hello, any word will do');
};

type Judgement = Omit<InboundClassification, 'normalised' | 'classifierVersion'>;
const NOTHING: Judgement = { outcome: 'none', tier: null, matched: null };

function judge(message: InboundText, context: InboundContext, keywords: Keywords): Judgement {
  if (message.kind === 'footer') return fromFinding(judgeFooter(message), message) ?? NOTHING;
  const stop = judgeKeyword(message, context, keywords) ?? fromFinding(findIntent(message), message);
  if (stop !== undefined)
    return stop.tier === 2 && (isTakenBack(message) || isJest(message, stop)) ? { ...stop, ...FOR_A_PERSON } : stop;
  const request = findRequest(message);
  // "Who is this and how do I reach a person?" wants help, although its first half alone would be for a person.
  if (request?.outcome === 'help') return fromRequest(request);
  const forReview = fromFinding(findForReview(message), message) ?? judgeNearly(message, context, keywords);
  return forReview ?? (request === undefined ? NOTHING : fromRequest(request));
}

const TELLS_OF_REQUEST = occurs(
  '\\b(?:i|we)(?: \\w+)? (?:said|told|asked|texted|hit|put|sent|opted|unsubscribed|cancel+ed)\\b',
  '\\b(?:pedi|dije|puse|mande|cancele|di de baja)\\b',
);
/** "I said stop a while ago, please start again". */
const isTakenBack = (message: InboundText): boolean =>
  TELLS_OF_REQUEST.test(message.clauses) && findRequest(message)?.outcome === 'opt_in_wish';
/** "Unsubscribe... just kidding": said at once behind the request. */
const IN_JEST = occurs(
  '^[^|?]*(?:[|?] (?:lol |haha )?)?\\b(?:(?:just|only|totally|i am|was) (?:kidding|joking)|jk|(?:es|era|fue) broma)\\b',
);
const isJest = ({ clauses }: InboundText, { matched }: Judgement): boolean =>
  IN_JEST.test(clauses.slice(Math.max(0, clauses.lastIndexOf(matched ?? ''))));
const FOR_A_PERSON = { outcome: 'review', tier: 3 } as const;

/** What the rules left to the net: replies in which they found nothing, and requests that they read out of free words. */
function besideNet(byRules: Judgement, message: InboundText, net: Net): Judgement {
  if (byRules.tier === 2) {
    const { likelihood } = net.judge.judge(message.clauses);
    return likelihood < net.doubtBelow ? { ...byRules, ...FOR_A_PERSON, likelihood } : byRules;
  }
  if (byRules.outcome !== 'none' || mustBeNothing(message)) return byRules;
  const { likelihood, passage } = net.judge.judge(message.clauses);
  if (likelihood < net.askFrom) return byRules;
  const language = languageOf(message) ?? 'en';
  return { ...FOR_A_PERSON, matched: net.judge.heaviestWords(passage), family: 'resemblance', likelihood, language };
}

const mustBeNothing = (message: InboundText): boolean =>
  message.words === '' || NEVER_KEYWORDS.has(message.words) || isAutomaticReply(message);

function judgeKeyword(message: InboundText, context: InboundContext, keywords: Keywords): Judgement | undefined {
  const word = withoutRepetition(message.words);
  const isQuestion = message.clauses.includes('?');
  const optOut = keywords.optOut.get(word) ?? keywords.optOut.get(brokenKeyword(word, keywords));
  if (optOut !== undefined && (!optOut.needsCanadianNumber || context.canadian === true)) {
    const { language } = optOut;
    // "STOP?" asks whether to stop, or what it means; a bare question revokes nothing yet.
    if (isQuestion)
      return { outcome: 'review', tier: 3, matched: optOut.word, family: 'question_about_keyword', language };
    return { outcome: 'opt_out', tier: 1, matched: optOut.word, language };
  }
  if (isKeywordPile(message.words, keywords))
    return { outcome: 'opt_out', tier: 1, matched: word.split(' ')[0] ?? word, language: 'en' };
  const help = keywords.help.get(word);
  if (help !== undefined) return { outcome: 'help', tier: null, matched: word, language: help };
  const politely = withoutPoliteness(word);
  const asked = context.awaitingOptIn === true ? keywords.optInWhenAsked.get(politely) : undefined;
  const optIn = keywords.optIn.get(politely) ?? asked;
  if (optIn === undefined || isQuestion) return undefined;
  return { outcome: 'opt_in', tier: null, matched: word, language: optIn };
}

/** "Cncel": held, since what has lost a letter may be another word. */
function judgeNearly(message: InboundText, context: InboundContext, { nearlyOptOut }: Keywords): Judgement | undefined {
  const nearly = nearlyOptOut.get(withoutRepetition(message.words));
  if (nearly === undefined || (nearly.needsCanadianNumber && context.canadian !== true)) return undefined;
  return { ...FOR_A_PERSON, matched: message.words, family: 'misspelled_keyword', language: nearly.language };
}

/** "STOP QUIT END": nothing but keywords, one of them beyond doubt. */
function isKeywordPile(words: string, { optOut }: Keywords): boolean {
  const pile = words.split(' ');
  return pile.every((word) => optOut.has(word)) && pile.some((word) => /^(?:stop|stopall|unsubscribe)$/.test(word));
}

/** "sto p" and "un subscribe": a keyword of the law or the carriers with a stray space in it. */
function brokenKeyword(words: string, { named }: Keywords): string {
  const space = words.indexOf(' ');
  if (space < 0 || space !== words.lastIndexOf(' ')) return '';
  const compact = words.replace(' ', '');
  return named.has(compact) ? compact : '';
}

const POLITE_ENDING = / (?:please|pls|plz|thanks|thank you|por favor|gracias)$/;
const withoutPoliteness = (words: string): string => words.replace(POLITE_ENDING, '');

/** Whether normalised words are an opt-in only where one was asked for. */
export const needsAsking = (words: string, at: Instant): boolean =>
  keywordsAt(at).optInWhenAsked.has(withoutPoliteness(withoutRepetition(words)));

/** "stop stop stop" is "stop". */
function withoutRepetition(text: string): string {
  const words = text.split(' ');
  for (let length = 1; length <= KEYWORD_WORDS_MAX && length < words.length; length += 1) {
    const repeats = words.length % length === 0 && words.every((word, index) => word === words[index % length]);
    if (repeats) return words.slice(0, length).join(' ');
  }
  return text;
}

/** In the order that names a text to which several rules apply: what is said about the number matters most later. */
const INTENT_RULES = ruleSet([
  ...WRONG_PERSON_RULES,
  ...STOP_RULES,
  ...REMOVAL_RULES,
  ...REFUSAL_RULES,
  ...HOSTILE_RULES,
  ...SPANISH_RULES,
]);

function findIntent(message: InboundText): Finding | undefined {
  if (message.words === '') return undefined;
  const bereavement = findBereavement(message);
  if (bereavement?.verdict === 'opt_out') return bereavement;
  const named = findNamedPerson(message);
  if (named?.verdict === 'opt_out') return named;
  const intent = firstFinding(INTENT_RULES, message);
  return intent?.verdict === 'opt_out' ? intent : (bereavement ?? named ?? intent);
}

/** Our footer without anything beside it: "STOP to opt out" is somebody following it, "Reply STOP to opt out" may be a paste. */
function judgeFooter(message: InboundText): Finding {
  const follows = /^\W*(?:stop|alto)/i.test(message.body);
  return {
    verdict: follows ? 'opt_out' : 'review',
    family: follows ? 'cease' : 'pasted_footer',
    language: 'en',
    matched: message.words,
  };
}

function fromFinding(finding: Finding | undefined, message: InboundText): Judgement | undefined {
  if (finding === undefined) return undefined;
  const { matched, family } = finding;
  const language = languageOf(message) ?? finding.language;
  if (finding.verdict === 'opt_out') return { outcome: 'opt_out', tier: 2, matched, family, language };
  return { outcome: 'review', tier: 3, matched, family, language };
}

const fromRequest = ({ outcome, matched, language }: FreeRequest): Judgement => ({
  outcome,
  tier: null,
  matched,
  family: 'request',
  language,
});

/** The language most of the function words are in, when one leads: "STOP por favor" deserves a Spanish answer. */
function languageOf(message: InboundText): ReplyLanguage | undefined {
  let lead = 0;
  for (const word of message.words.split(' ')) {
    if (SPANISH_WORDS.has(word)) lead += 1;
    if (ENGLISH_WORDS.has(word)) lead -= 1;
  }
  return lead === 0 ? undefined : lead > 0 ? 'es' : 'en';
}

const SPANISH_WORDS: ReadonlySet<string> = new Set(
  'de la el los las que por favor para mi su numero mensajes mas ya con una un esta este es soy quien gracias ustedes usted'.split(
    ' ',
  ),
);
const ENGLISH_WORDS: ReadonlySet<string> = new Set(
  'the this my your you to i im is are of please and not these me texts number from wrong dont do it'.split(' '),
);
