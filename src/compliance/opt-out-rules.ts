import type { ReplyLanguage } from './keywords.ts';
import type { InboundText } from './normalise-inbound.ts';

/**
 * Why a text is taken for an opt-out or for a case for a person. `wrong_person` and `bereavement` also say that the number is
 * not, or no longer, the contact's.
 */
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

export type ReviewFamily =
  | 'question_about_keyword'
  | 'joking'
  | 'bare_refusal'
  | 'situation_changed'
  | 'identity_question'
  | 'complaint'
  | 'unclear_cancellation'
  | 'channel_preference'
  | 'mistaken_keyword'
  | 'hostile_symbol'
  | 'pasted_footer';

export interface Finding {
  readonly verdict: 'opt_out' | 'review';
  readonly family: IntentFamily | ReviewFamily;
  readonly language: ReplyLanguage;
  readonly matched: string;
}

/** Where a rule's pattern matched, for the rule's own look at what stands around it. */
export interface Place {
  /** From the start of the clause up to the match. */
  readonly left: string;
  readonly matched: string;
  /** From the match to the end of the clause. */
  readonly right: string;
  /** Whether that clause is a question. */
  readonly isQuestion: boolean;
  readonly message: InboundText;
}

/** What a look-alike guard makes of a match: undefined lets the match stand. */
export type Guard = (place: Place) => 'review' | 'nothing' | undefined;

export interface Rule {
  readonly family: IntentFamily | ReviewFamily;
  readonly language: ReplyLanguage;
  readonly verdict: 'opt_out' | 'review';
  /** Global, over `InboundText.clauses`. */
  readonly pattern: RegExp;
  readonly guards: readonly Guard[];
}

/** A pattern seldom matches twice in a text; the bound keeps hostile repetition cheap. */
const MATCHES_PER_RULE_MAX = 8;

/** The first opt-out any rule finds, else the first case for a person. */
export function firstFinding(rules: readonly Rule[], message: InboundText): Finding | undefined {
  let forReview: Finding | undefined;
  for (const rule of rules) {
    const finding = applyRule(rule, message);
    if (finding?.verdict === 'opt_out') return finding;
    forReview ??= finding;
  }
  return forReview;
}

function applyRule(rule: Rule, message: InboundText): Finding | undefined {
  const { clauses } = message;
  rule.pattern.lastIndex = 0;
  let forReview: Finding | undefined;
  for (let count = 0; count < MATCHES_PER_RULE_MAX; count += 1) {
    const match = rule.pattern.exec(clauses);
    if (match === null) break;
    const place = placeOf(match, message);
    const objection = objectionTo(rule, place);
    const finding = { family: rule.family, language: rule.language, matched: match[0].replace(/^[ |?]+|[ |?]+$/g, '') };
    if (objection === undefined && rule.verdict === 'opt_out') {
      rule.pattern.lastIndex = 0;
      return { ...finding, verdict: 'opt_out' };
    }
    if (objection !== 'nothing') forReview ??= { ...finding, verdict: 'review' };
    // Words may take part in the next match too: "do not stop" must not hide "stop texting me" behind it.
    rule.pattern.lastIndex = match.index + 1;
  }
  return forReview;
}

function objectionTo(rule: Rule, place: Place): 'review' | 'nothing' | undefined {
  let objection: 'review' | undefined;
  for (const guard of rule.guards) {
    const found = guard(place);
    if (found === 'nothing') return 'nothing';
    objection ??= found;
  }
  return objection;
}

function placeOf(match: RegExpExecArray, message: InboundText): Place {
  const { clauses } = message;
  const end = match.index + match[0].length;
  const before = clauses.slice(0, match.index);
  const after = clauses.slice(end);
  const boundary = Math.max(before.lastIndexOf('|'), before.lastIndexOf('?'));
  const next = after.search(/[|?]/);
  return {
    left: before.slice(boundary + 1),
    matched: match[0],
    right: next === -1 ? after : after.slice(0, next),
    isQuestion: after.charAt(next) === '?',
    message,
  };
}

/**
 * Compiles a pattern over canonical clauses. In the source, a space is the one space between words; `«` is where a clause
 * starts and `»` where it ends.
 */
export const wordPattern = (source: string): RegExp => new RegExp(withMarks(source), 'g');

/** The same for guards that only ask whether something occurs. */
export const wordTest = (source: string): RegExp => new RegExp(withMarks(source));

const withMarks = (source: string): string =>
  source.replaceAll('«', '(?<=(?:^|[|?]) )').replaceAll('»', '(?= (?:[|?]|$))');
