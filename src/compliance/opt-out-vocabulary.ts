import { wordTest } from './opt-out-rules.ts';

/**
 * English word classes, as alternatives for patterns over canonical words, and the tests that several rules share. The classes
 * carry the rules: a new word for "message" is added here and every family knows it.
 */

/** What we send and nobody else does: enough to tell that "stop", "end" or "cancel" means our texts. */
export const MESSAGES =
  '(?:texts?|texting|messages?|messaging|sms|mms|alerts?|ads?|promos?|promotions?|promotionals?|advertisements?|adverts?|advertising|marketing|spam|spams|spamming|notifications?|solicitations?|soliciting|communications?|correspondence|subscriptions?|blasts?|newsletters?|telemarketing|robotexts?|robocalls?|junk)';

/** Words that are ours only beside a refusal or a plural: customers also speak of their own calls and updates. */
export const CONTACTS = '(?:calls?|phone calls|updates?|reminders?|offers?|emails?|e mails|contact|deals?|coupons?|specials|surveys?|pitch|pitches|sales)';

/** What the sender does when it bothers people. */
export const BOTHERING =
  '(?:texting|messaging|contacting|calling|phoning|ringing|bothering|bugging|spamming|harassing|harrassing|annoying|emailing|soliciting|pestering|advertising|marketing|stalking|notifying|hounding|bombarding|badgering|nagging|blowing up|hitting (?:me|us|my|this)|hitting up|reaching out|writing|pinging|wasting|disturbing|interrupting|trying to (?:sell|contact|reach|text|get)|asking me|testing me|including me)';

/** The same as bare verbs. */
export const BOTHER =
  '(?:text|message|contact|call|phone|bother|bug|spam|harass|email|solicit|annoy|pester|disturb|reach out to|write to|write|dm|hit up|ping)';

/** Words that may stand between "stop" and what is to stop. No preposition of place: "stop at the gate and text me" is a visit. */
export const BETWEEN =
  '(?:all|the|this|these|those|that|your|you|with|it|of|any|anymore|more|further|future|fucking|fuck|f|ing|ck|damn|god|goddamn|goddam|bloody|stupid|dumb|annoying|sending|me|us|my|our|phone|constant|constantly|always|getting|receiving|from|automated|randomly|random|trying to|please|now|already|unwanted|unsolicited|so many|so much|many|sms|text|spam|every|single|day|both|marketing|promotional|sales|political|advertising|giving|bs|crap)';

/** Objects of building and daily life that "stop", "remove" or "end" may be about. */
export const PHYSICAL = wordTest(
  '\\b(?:leak\\w*|water|crack\\w*|pump|rain\\w*|work\\w*|jobs?|payments?|bleeding|smoking|drip\\w*|flood\\w*|seep\\w*|machine|trucks?|cars?|mixer|concrete|pour\\w*|digg?ing|dig|drill\\w*|noise|bark\\w*|dogs?|erosion|mold|rust|pipes?|valve|faucet|toilet|sink\\w*|settling|shifting|moisture|smell|project|construction|crew|guys|deliver\\w*|orders?|checks?|autopay|billing|charg\\w*|walls?|slabs?|trees?|fence|roof|gutters?|basement|drain\\w*|sump|bleed|progress|traffic|light|sign|train|bus)\\b',
);

/** A document or an engagement: leaving it is service, not messaging. */
export const SERVICE_OBJECT =
  '(?:appointments?|appt|appts|estimates?|visits?|orders?|jobs?|pours?|schedules?|calendar|invoices?|quotes?|bills?|contracts?|projects?|permits?|deeds?|titles?|warrant(?:y|ies)|plans?|inspections?|service|services|work|deliver(?:y|ies)|meetings?|bookings?|reservations?|installation|consultations?|walkthrough|waitlist|wait list|waiting list|punch list|price list|to do list|line items?|items?|policy|insurance|payments?|deposits?|checks?|cards?|autopay|crew|trucks?|membership|account|agreement|claim|loan|financing)';

export const DAY_OR_TIME =
  '(?:today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|tues|wed|thu|thurs|fri|sat|sun|weekends?|mornings?|afternoons?|evenings?|next week|this week|\\d{1,2} ?(?:am|pm)?)';

/** Words that may stand before an imperative: polite filling, and telling "you" what to do. */
const ASKING_WORDS: ReadonlySet<string> = new Set(
  (
    'please ok okay hi hello hey yo sorry just and so but then also no yes yeah nope um well again kindly seriously omg wtf damn ' +
    'dude bro man sir maam guys folks people once thanks thank good morning afternoon evening go ahead can could would will ' +
    'should must may do you all need needs have got better want wants like love prefer if to i we am are asking telling begging ' +
    'said asked told ask tell beg demand request requesting requested insist either or be great appreciate already multiple ' +
    'several many times twice nicely now really fuck fucking hell f immediately let ever not interested how for mind lord jesus ' +
    'wish hope absolutely definitely still again really uh acme ahead actually por favor ya'
  ).split(' '),
);

/** Whether nothing but such words stands left of a verb, so that it speaks to us. */
export const speaksToUs = (left: string): boolean =>
  left
    .trim()
    .split(' ')
    .every((word) => word === '' || ASKING_WORDS.has(word));

const OWN_ACTION = wordTest(
  '(?:^| )(?:i|we|he|she|it|they|rain|crew|guys)(?: (?:will|can|would|could|should|did|do|does|have|has|had|need|needs|got|am|are|is|was|just|going|to|might|may|also|always|never|not))* $',
);

/** Whether the verb right of `left` tells what somebody else does: "I'll stop by", "it won't stop". */
export const isOwnAction = (left: string): boolean => OWN_ACTION.test(left);

const NEGATED = wordTest(
  '\\b(?:not|never|without|no need to|no reason to)(?: (?:you|want|wish|need|have|like|mean|meant|meaning|ask|asked|asking|try|trying|to|ever|even|just|really|please|be|been|get|getting|intend|me|us|going|actually|yet|that))* $',
);
const NEGATED_QUESTION = wordTest('\\b(?:why|(?:can|could|will|would) not you)\\b');
const UNABLE = wordTest('\\b(?:can|could) not (?:seem to |get |figure out how to |even |find (?:where|how) to )*$');

/** Whether the verb right of `left` is denied: "do not want to", "never". "Why don't you" and "I can't" ask for the thing itself. */
export const isNegated = (left: string): boolean =>
  NEGATED.test(left) && !NEGATED_QUESTION.test(left) && !UNABLE.test(left);

/** Laughter takes the edge off a bare "stop". */
export const LAUGHTER = wordTest('\\b(?:lol|lmao|rofl|lmfao|jk|(?:ha){2,}h?|(?:he){2,}|(?:ja){2,}j?)\\b');

/** Somebody who pressed the wrong word. */
export const BY_MISTAKE = wordTest(
  '\\b(?:by (?:accident|mistake)|accidentally|accidently|mistakenly|unintentionally|(?:did not|never) mean(?:t)? to|without meaning to|sin querer|por error|por equivocacion)\\b',
);
