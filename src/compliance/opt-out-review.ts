import type { InboundText } from './normalise-inbound.ts';
import { CIRCUMSTANCE_RULES } from './opt-out-circumstances.ts';
import { QUESTION_RULES } from './opt-out-questions.ts';
import { dropWhen, type Finding, firstFinding, occurs, oneOf, type Rule, ruleSet } from './opt-out-rules.ts';
import { findSoftRefusal } from './opt-out-soft-refusal.ts';
import { SPANISH_DOUBTS } from './opt-out-spanish.ts';
import { BOTHER, forReview, GOES_ON, isNegated, LAUGHTER, MESSAGES } from './opt-out-vocabulary.ts';

/** Replies that may or may not ask us to stop: campaigns wait for this contact until a person has decided. */

/**
 * The net below the rules: a denial near our messages that no rule understood. It must not pass as ordinary talk, and it is too
 * vague to act on.
 */
const REPORTS = occurs(
  `\\b${oneOf(`
  get gets got getting was were receive received receiving see saw seen have find found forget hesitate yet sure know problem worries afraid
  mind able open working work load come came coming going through delete sent did read missed miss there was until before till if
  when while just only better easier fine bother crew from_(?:the|my|him|her|anyone) remove take unsubscribe stop
  cancel block opt lose need_to have_to single helpful`)}\\b`,
);
const DENIALS_LEFT: readonly Rule[] = [
  forReview('unclear_request')(
    [
      `\\b(?:do not|never|no|not|nobody|fewer|enough|without)(?: \\w+){0,4} (?:${MESSAGES}|(?:${BOTHER}) (?:me` +
        '|us|this number)|this number|my number)\\b',
    ],
    dropWhen(
      ({ left, matched, right }) =>
        REPORTS.test(left + matched + right) || /^no need| a (?:text|message|call)| to (?:text|message)$/.test(matched),
    ),
    dropWhen(({ right }) => /^ (?:me |us )?(?:the|that|an?|sir|maam|crazy|names)\b/.test(right)),
    dropWhen(({ isQuestion, left }) => isQuestion || /\b(?:thanks|thank you) for $/.test(left)),
    dropWhen(({ message }) => GOES_ON.test(message.clauses)),
  ),
];

/** A word for ending and a word for our texts in one clause, in an order that no rule understood. */
const TEXTS =
  '(?:texts?|texting|messages?|messaging|sms|notifications|(?:my|this) (?:number|phone|cell)|(?:your|this) (?:\\w+ )?list)';
const ENDING = '(?:stop|stopping|quit|end|ending|cease|halt|unsubscribe\\w*|removed?|opt|opting)';
const TALKS_OF_WORK = occurs(
  `\\b${oneOf(`
  by at over in when before after until till if did stopped i_will we_will will_stop get_your got_your and yes yeah ok`)}\\b`,
);
const ENDINGS_LEFT: readonly Rule[] = [
  forReview('unclear_request')(
    [`\\b${ENDING}(?! of)(?: \\w+){0,5} ${TEXTS}\\b`, `\\b${TEXTS}(?: \\w+){0,4} ${ENDING}\\b`],
    dropWhen(
      ({ left, matched, message }) =>
        isNegated(left) || TALKS_OF_WORK.test(left + matched) || GOES_ON.test(message.clauses),
    ),
    dropWhen(({ left, matched, right }) => REPORTS_RECEIPT.test(left + matched) || /^ (?:me|you) when\\b/.test(right)),
  ),
];
const REPORTS_RECEIPT = occurs('\\b(?:thanks|thank you|got|sent|send|see|saw|read|need|forgot)\\b');

const AUTOMATIC_REPLY = occurs(
  '^ (?:i am driving|auto ?reply|auto ?response|automatic reply|automated (?:reply|response|message)|out of office)\\b',
  '\\b(?:do not disturb while driving|this is an auto\\w* (?:reply|message|response)|out of the office|free' +
    ' ?msg|unable to send message)\\b',
);

export const isAutomaticReply = ({ clauses }: InboundText): boolean => AUTOMATIC_REPLY.test(clauses);

/** Angry faces, rude gestures and stop signs, with skin tones and whatever punctuation stands between them. */
const HOSTILE_SYMBOL =
  /^(?:[\u{1F595}\u{1F621}\u{1F620}\u{1F92C}\u{1F4A9}\u{1F44E}\u{1F624}\u{1F6D1}\u{270B}\u{1F6AB}\u{26D4}\u{1F645}\u{1F92E}\u{1F644}\u{1F91A}\u{274C}][\u{1F3FB}-\u{1F3FF}\u{2640}\u{2642}\s\p{P}]*)+$/u;
const JOKED_ABOUT = /\b(?:stop|quit|cancel|end)\b/;
const JOKE_WORDS_MAX = 4;

const REVIEW_RULES = ruleSet([
  ...QUESTION_RULES,
  ...CIRCUMSTANCE_RULES,
  ...SPANISH_DOUBTS,
  ...DENIALS_LEFT,
  ...ENDINGS_LEFT,
]);

export function findForReview(message: InboundText): Finding | undefined {
  if (message.words === '') {
    if (!HOSTILE_SYMBOL.test(message.body.trim())) return undefined;
    return { verdict: 'review', family: 'hostile_symbol', language: 'en', matched: message.body.trim() };
  }
  if (isAutomaticReply(message)) return undefined;
  if (
    LAUGHTER.test(message.clauses) &&
    JOKED_ABOUT.test(message.words) &&
    message.words.split(' ').length <= JOKE_WORDS_MAX
  ) {
    return { verdict: 'review', family: 'joking', language: 'en', matched: message.words };
  }
  return firstFinding(REVIEW_RULES, message) ?? findSoftRefusal(message);
}
