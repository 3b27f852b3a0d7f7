import type { ReplyLanguage } from './keywords.ts';
import type { InboundText } from './normalise-inbound.ts';
import { PatternIndex } from './pattern-index.ts';

/**
 * How intent rules are written and applied. A rule is a pattern over canonical clauses plus guards that look at what stands
 * around a match, because the words of an opt-out also occur in talk about visits, leaks and invoices.
 */

/** Kinds of request to stop. `wrong_person` and `bereavement` also say that the number is not, or no longer, the contact's. */
export type IntentFamily =
  | 'cease'
  | 'removal'
  | 'negative_imperative'
  | 'refusal'
  | 'wrong_person'
  | 'number_removal'
  | 'legal'
  | 'hostile'
  | 'revocation'
  | 'bereavement';

/** Kinds of reply that a person must judge. */
export type ReviewFamily =
  | 'question_about_keyword'
  | 'misspelled_keyword'
  | 'joking'
  | 'bare_refusal'
  | 'situation_changed'
  | 'identity_question'
  | 'complaint'
  | 'unclear_request'
  | 'unclear_cancellation'
  | 'channel_preference'
  | 'mistaken_keyword'
  | 'hostile_symbol'
  | 'pasted_footer';

export interface Finding {
  readonly verdict: 'opt_out' | 'review';
  readonly family: IntentFamily | ReviewFamily;
  readonly language: ReplyLanguage;
  /** The words that were recognised. */
  readonly matched: string;
}

/** A match and its surroundings. */
export interface Place {
  /** The clause up to the match, at most `SURROUNDINGS_MAX` characters. */
  readonly left: string;
  readonly matched: string;
  /** The clause behind the match, as bounded. */
  readonly right: string;
  readonly isQuestion: boolean;
  readonly message: InboundText;
}

/** Undefined lets a match stand; `review` leaves it to a person; `nothing` drops it. */
export type Objection = 'review' | 'nothing' | undefined;
export type Guard = (place: Place) => Objection;

export interface Rule {
  readonly family: IntentFamily | ReviewFamily;
  readonly language: ReplyLanguage;
  readonly verdict: 'opt_out' | 'review';
  readonly pattern: RegExp;
  readonly guards: readonly Guard[];
}

/** Bounds that keep hostile repetition cheap; no sentence of a person reaches them. */
const MATCHES_PER_RULE_MAX = 8;
const SURROUNDINGS_MAX = 200;

/** Starts rules of one kind: patterns are alternatives, and each guard may object to a match. */
export const rulesOf =
  (kind: Pick<Rule, 'family' | 'language' | 'verdict'>) =>
  (patterns: readonly string[], ...guards: readonly Guard[]): Rule => ({
    ...kind,
    pattern: new RegExp(withMarks(patterns.join('|')), 'g'),
    guards,
  });

/** A pattern that guards use to ask whether something occurs. */
export const occurs = (...patterns: readonly string[]): RegExp => new RegExp(withMarks(patterns.join('|')));

/**
 * Patterns run over words with one space between them. `«` stands where a clause begins and `»` where it ends; a word boundary
 * is written as `\b`.
 */
const withMarks = (source: string): string =>
  source.replaceAll('«', '(?<=(?:^|[|?]) )').replaceAll('»', '(?= (?:[|?]|$))');

/** Alternatives from a list of words; `_` is the space inside a phrase. */
export const oneOf = (words: string): string => `(?:${words.trim().replace(/\s+/g, '|').replaceAll('_', ' ')})`;

/** Guards from a test on one side of the match. */
export const dropWhen =
  (test: (place: Place) => boolean): Guard =>
  (place) =>
    test(place) ? 'nothing' : undefined;
export const reviewWhen =
  (test: (place: Place) => boolean): Guard =>
  (place) =>
    test(place) ? 'review' : undefined;

/** Rules in their order, with what tells at once which of them a text has nothing for: nine of sixty are left to try. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly index: PatternIndex;
}
export const ruleSet = (rules: readonly Rule[]): RuleSet => ({
  rules,
  index: new PatternIndex(rules.map(({ pattern }) => pattern)),
});

/** The first opt-out that a rule finds, else the first case for a person. */
export function firstFinding({ rules, index }: RuleSet, message: InboundText): Finding | undefined {
  let forReview: Finding | undefined;
  for (const at of index.mayMatch(message.clauses)) {
    const rule = rules[at];
    const finding = rule === undefined ? undefined : applyRule(rule, message);
    if (finding?.verdict === 'opt_out') return finding;
    forReview ??= finding;
  }
  return forReview;
}

function applyRule(rule: Rule, message: InboundText): Finding | undefined {
  const { pattern, guards, family, language } = rule;
  let forReview: Finding | undefined;
  pattern.lastIndex = 0;
  for (let count = 0; count < MATCHES_PER_RULE_MAX; count += 1) {
    const match = pattern.exec(message.clauses);
    if (match === null) break;
    const objection = strongest(guards, placeOf(match, message));
    if (objection !== 'nothing') {
      const verdict = objection ?? rule.verdict;
      const finding: Finding = { verdict, family, language, matched: trimMarks(match[0]) };
      if (verdict === 'opt_out') return finding;
      forReview ??= finding;
    }
    // A word may take part in the next match too: "do not stop" must not hide the "stop texting" that begins inside it.
    pattern.lastIndex = match.index + 1;
  }
  return forReview;
}

function strongest(guards: readonly Guard[], place: Place): Objection {
  let objection: Objection;
  for (const guard of guards) {
    const found = guard(place);
    if (found === 'nothing') return found;
    objection ??= found;
  }
  return objection;
}

function placeOf(match: RegExpExecArray, message: InboundText): Place {
  const { clauses } = message;
  const end = match.index + match[0].length;
  const before = clauses.slice(Math.max(0, match.index - SURROUNDINGS_MAX), match.index);
  const after = clauses.slice(end, end + SURROUNDINGS_MAX);
  const next = after.search(/[|?]/);
  return {
    left: before.slice(Math.max(before.lastIndexOf('|'), before.lastIndexOf('?')) + 1),
    matched: match[0],
    right: next === -1 ? after : after.slice(0, next),
    isQuestion: after.charAt(next) === '?',
    message,
  };
}

export const trimMarks = (matched: string): string => matched.replace(/^[ |?]+|[ |?]+$/g, '');
