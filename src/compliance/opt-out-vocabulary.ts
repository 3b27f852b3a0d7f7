import {
  dropWhen,
  type Guard,
  type Objection,
  occurs,
  oneOf,
  type Place,
  type Rule,
  reviewWhen,
  rulesOf,
} from './opt-out-rules.ts';

/**
 * English word classes, and the guards several rules share. The classes carry the rules: a new word for "message" is added here
 * and every family knows it.
 */

/** What we send and nobody else does: enough to tell that "stop", "end" or "cancel" means our texts. */
export const MESSAGES = oneOf(`
  texts? texting messages? messaging sms mms alerts? ads? promos? promotions? promotionals? advertisements? adverts? advertising
  marketing spams? spamming notifications? solicitations? soliciting communications? correspondence subscriptions? blasts?
  newsletters? telemarketing robotexts? robocalls? junk text_alerts`);

/** Ours only beside a refusal: customers also speak of their own calls and updates. */
export const CONTACTS = oneOf(`
  calls? phone_calls updates? reminders? notices? announcements? offers? emails? e_mails contact deals? coupons? specials surveys? pitch pitches sales`);

/** What a sender does who bothers people, as a participle and as a bare verb. */
export const BOTHERING = oneOf(`
  texting messaging contacting calling phoning ringing bothering bugging spamming harassing harrassing annoying emailing
  soliciting pestering advertising marketing stalking notifying hounding bombarding badgering nagging blowing_up
  hitting_(?:me|us|my|this) hitting_up reaching_out following_up checking_(?:in|up) pitching inviting reminding asking(?=_(?:if|about|whether|for)\\b) writing pinging wasting disturbing interrupting including_me asking_me
  trying_to_(?:sell|contact|reach|text|get) selling_me using_(?:my|this) selling_(?:me|my) sharing_my`);
export const BOTHER = oneOf(`
  text message contact call phone bother bug spam harass email solicit annoy pester disturb reach_out(?:_to)? write(?:_to)? dm
  hit_(?:me|us)_up hit_up hit_my_(?:line|phone|cell|number|dms?) ping include ask(?=_(?:me_|us_)?again)`);

/**
 * Words that may stand between "stop" and what is to stop. No preposition of place and no "and": "stop at the gate and text me"
 * announces a visit.
 */
export const BETWEEN = oneOf(`
  all the this these those that your you with it of any anymore more further future fucking fuck f ing ck damn god goddamn
  goddam bloody stupid dumb annoying sending me us my our phone constant constantly always getting receiving from automated
  randomly random trying to please now already unwanted unsolicited so many much sms text spam every single day both marketing
  promotional sales political advertising giving bs crap incessant daily weekly hourly endless nonstop`);

/** Things on a building site and in daily life that may stop, end or be removed. */
export const PHYSICAL = occurs(
  `\\b${oneOf(`
  leak\\w* water crack\\w* pump rain\\w* work\\w* jobs? payments? bleeding bleed smoking drip\\w* flood\\w* seep\\w* machine
  trucks? cars? mixer concrete pour\\w* digg?ing dig drill\\w* noise bark\\w* dogs? erosion mold rust pipes? valve faucet toilet
  sink\\w* settling shifting moisture smell project construction crew guys deliver\\w* orders? checks? autopay billing charg\\w*
  walls? slabs? trees? fence roof gutters? basement drain\\w* sump progress traffic light sign train bus humming beeping`)}\\b`,
);

/** An engagement or a document: leaving it is service, not messaging. */
export const SERVICE_OBJECT = oneOf(`
  appointments? appts? estimates? visits? orders? jobs? pours? schedules? calendar invoices? quotes? bills? contracts? projects?
  permits? deeds? titles? warrant(?:y|ies) plans? inspections? services? work deliver(?:y|ies) meetings? bookings?
  reservations? installation consultations? walkthrough wait_?list waiting_list punch_list price_list to_do_list line_items?
  items? policy insurance payments? deposits? checks? cards? autopay crew trucks? membership account agreement claim loan
  financing mortgage`);

export const DAY_OR_TIME = oneOf(`
  today tonight tomorrow monday tuesday wednesday thursday friday saturday sunday mon tues? wed thu thurs fri sat sun weekends?
  mornings? afternoons? evenings? next_week this_week next_month \\d{1,2}_?(?:am|pm)?`);

/** Words that may stand before an imperative: polite filling, and telling "you" what to do. */
const ASKING_WORDS: ReadonlySet<string> = new Set(
  `please ok okay hi hello hey yo sorry just and so but then also no yes yeah nope um well again kindly seriously omg wtf damn
   dude bro man sir maam guys folks people once thanks thank good morning afternoon evening go ahead can could would will should
   must may do you all need needs have got better want wants like love prefer if to i we am are asking telling begging said asked
   told ask tell beg demand request requesting requested insist either or be great appreciate already multiple several many times
   twice nicely now really fuck fucking hell f immediately let ever not interested how for mind lord jesus wish hope absolutely
   definitely still uh actually por favor ya feel free`.split(/\s+/),
);

const FOR_THE_NTH_TIME = /\bfor the \w+(?: \w+)? time\b/;

/** Whether nothing but such words stands left of a verb, so that it speaks to us. */
export const speaksToUs = (left: string): boolean =>
  left
    .replace(FOR_THE_NTH_TIME, '')
    .trim()
    .split(' ')
    .every((word) => word === '' || ASKING_WORDS.has(word));

const AUXILIARIES = oneOf(`
  will can would could should did do does have has had need needs got am are is was just going to might may also always never not`);
const OWN_ACTION = occurs(`(?:^| )(?:i|we|he|she|it|they|rain|crew)(?: ${AUXILIARIES})* $`);

/** Whether the verb right of `left` tells what somebody does: "I'll stop by", "it won't stop". */
export const isOwnAction = (left: string): boolean => OWN_ACTION.test(left);

const NEGATED = occurs(
  '\\b(?:not|never|without|no (?:need|reason) to)' +
    `(?: ${oneOf(`
      you want wish need have like mean meant meaning ask asked asking try trying to ever even just really please be been get
      getting intend me us going actually yet that`)})* $`,
);
const NEGATED_QUESTION = occurs('\\bwhy\\b', '\\b(?:can|could|will|would) not you\\b');
const UNABLE = occurs(
  '\\b(?:can|could) not (?:seem to |get |figure out how to |even |find (?:where|how) to )*$',
  '\\b(?:will|would|did|does) not let me $',
);

/** Whether the verb right of `left` is denied. "Why don't you" and "I can't" deny nothing: they ask for the thing itself. */
export const isNegated = (left: string): boolean =>
  NEGATED.test(left) && !NEGATED_QUESTION.test(left) && !UNABLE.test(left);

export const unlessNegated: Guard = dropWhen(({ left }) => isNegated(left));
export const onlyTowardsUs: Guard = dropWhen(({ left }) => !speaksToUs(left) || isOwnAction(left));

const PREFERS_TEXT = occurs(
  '\\b(?:text|message|texts|texting|messages) (?:me|us|is|are|works|work|only|instead|please|fine|ok|okay' +
    '|better|best|preferred)',
  '\\b(?:by|via|prefer|just|only|rather) (?:text|texts|texting|message)\\b',
  '«(?:just )?text(?: me)?»',
);
const PREFERS_CALL = occurs(
  '\\b(?:call|phone|email|ring) (?:me|us|is|instead|only|please|works|better|my (?:cell|phone|wife|husband' +
    '|house|office|work))\\b',
  '\\b(?:by|via|prefer|just|only|rather|give me a) (?:call|calls|calling|phone|email)\\b',
);

const ALSO_TEXTS = /^ (?:(?:or|nor) (?:text|message)|and (?:text|message)(?!.* instead))/;

/**
 * Another channel is a preference to store: no calls but texts is no request to stop, no texts but calls is for a person.
 * `matched` is the part of the message that refuses a channel.
 */
export function preferredChannel({ matched, right, message }: Place): Objection {
  const rest = message.clauses.replace(matched, ' ');
  const keepsTexts =
    /\b(?:call|phone|e ?mail)/.test(matched) &&
    !/\b(?:text|message|contact|sms)/.test(matched) &&
    !ALSO_TEXTS.test(right);
  if (keepsTexts) return PREFERS_TEXT.test(rest) ? 'nothing' : undefined;
  return PREFERS_CALL.test(rest) ? 'review' : undefined;
}

const NEW_NUMBER = occurs(
  '\\b(?:new|correct|right|current) (?:number|phone|cell|one) is\\b',
  '\\bmine is\\b',
  '\\b(?<!not )use (?:this|that|my (?:new|other|cell)|the (?:new|other)) ?(?:one|number|phone|line|cell)?\\b',
  '\\bmy new (?:number|phone|cell|one)\\b',
  '\\b(?:este|ese) (?:otro )?(?:numero )?es (?:el|mi) (?:numero )?(?:nuevo|bueno|correcto)\\b',
  '\\b(?:mi|el) (?:nuevo numero|numero nuevo|numero correcto)\\b|\\b(?:use|usen|apunte|anote) (?:este|el otro)\\b',
);
/** Somebody who gives us another number wants the texts there. */
export const reviewNewNumber: Guard = reviewWhen(
  ({ matched, message }) =>
    /number|phone|cell|contact|digits|numero|telefono/.test(matched) && NEW_NUMBER.test(message.clauses),
);

const HOW_OFTEN = occurs(
  '\\b(?:so (?:many|often|much)|too (?:many|often|much)|that many|this many|daily|weekly|every (?:day|hour' +
    '|week)|all day|as many)\\b',
);
/** Fewer texts are not none. */
export const reviewFrequency: Guard = reviewWhen(({ matched, right }) => HOW_OFTEN.test(matched + right));

/** Laughter takes the edge off a bare "stop". */
export const LAUGHTER = occurs('\\b(?:lol|lmao|rofl|lmfao|jk|(?:ha){2,}h?|(?:he){2,}|(?:ja){2,}j?)\\b');

const BY_MISTAKE = occurs(
  '\\b(?:by (?:accident|mistake)|accidentally|accidently|mistakenly|unintentionally|without meaning to)\\b',
  '\\b(?:did not|never) mean(?:t)? to\\b',
  '\\b(?:sin querer|por error|por equivocacion)\\b',
);

/** Whether the message says that a word was sent by mistake. */
export const saysMistake = (clauses: string): boolean => BY_MISTAKE.test(clauses);

const HYPOTHETICAL = occurs(
  '\\b(?:if|what happens|happens when|does|will (?:i|it)|would (?:i|it)|supposed to|do i have to)\\b',
);

/** "Will I still get confirmations if I opt out?" asks; nothing is revoked yet. */
export const reviewHypothetical: Guard = reviewWhen(({ isQuestion, left }) => isQuestion && HYPOTHETICAL.test(left));

/** Somebody who says that they pressed the wrong word must not stay opted out unread, nor be opted in by a guess. */
export const reviewMistakes: Guard = reviewWhen(({ message }) => saysMistake(message.clauses));

const NOBODY_CAME = occurs(
  '\\b(?:nobody|no one|never|did not) (?:even )?(?:showed|show|came|come|called|arrived)\\b',
  '\\bno show\\b',
  '\\b(?:nadie|nunca) (?:vino|llego|vinieron|llegaron|llamo)\\b',
);
/** "Nobody showed up: no call, no text" complains of silence. */
export const unlessSilence: Guard = dropWhen(({ message }) => NOBODY_CAME.test(message.clauses));

/** Starts rules whose matches a person must judge. */
export const forReview = (family: Rule['family'], language: Rule['language'] = 'en') =>
  rulesOf({ family, language, verdict: 'review' });

/** Signs that the conversation about work goes on. */
export const GOES_ON = occurs(
  `\\b(?:but|instead|reschedule|rather|can you|could you|would you|when can|how much|yes to|pero|puede\\w*)\\b`,
);

/** Whether an appointment, a document or a day is named, so that "cancel" means that. */
export const SERVICE_IS_NAMED = occurs(`\\b(?:${SERVICE_OBJECT}|${DAY_OR_TIME})\\b`);

/** Words that may end a clause without changing what it refuses. */
export const AFTERTHOUGHT = `(?: ${oneOf(`
  anymore any_more now right_now at_this_time at_the_moment at_this_point currently yet today this_year please thanks
  thank_you sorry either though for_us for_me from_you lol man sir maam guys dude bro again honestly ok okay then all here for_now time`)})*»`;
