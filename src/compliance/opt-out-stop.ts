import type { InboundText } from './normalise-inbound.ts';
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
import {
  BETWEEN,
  BOTHERING,
  CONTACTS,
  isNegated,
  isOwnAction,
  LAUGHTER,
  MESSAGES,
  PHYSICAL,
  preferredChannel,
  reviewMistakes,
  SERVICE_OBJECT,
  saysMistake,
  speaksToUs,
} from './opt-out-vocabulary.ts';
import { WISH_RULES } from './opt-out-wishes.ts';

/**
 * "Stop" and its kin inside a sentence. With a word for our messages behind it the verb is a request; without one it is judged
 * by what stands around it, because people also stop by, stop leaks and wait at bus stops.
 */

const YOU_ONCE_DID = occurs(
  '\\b(?:did|have|had|has|when|since|until|before|after) (?:you|they|i|we)(?: (?:guys|ever|just|already))* $',
);
const YOU_KEEP_ON = occurs(
  '\\b(?:you|they|people|guys|company)(?: (?:guys|people|all|still|just|simply|really))* ' +
    '(?:(?:will|do|does|can|would|have|has) not|never)(?: ever| just)* $',
);

/** What people say of themselves and mean of us: "I want to stop getting these", "I've had enough of your texts". */
const OWN_WISH = /^(?:enough|sick|tired|fed up|done)|\b(?:getting|receiving|off)\b/;

/** "Tired of texting" is about the writer's own thumbs. */
const FATIGUE = /^(?:enough|sick|tired|fed up|done)(?!.*\b(?:you|your|getting|receiving)\b).*ing$/;

/** "What do I have to do to stop these texts" asks for the thing itself. */
const ASKS_THE_WAY = /\b(?:how|what (?:do|must|can|does)|where|way)\b/;

/** "Do I text STOP to stop the reminders or the job?" */
const ASKS_ABOUT_WORD =
  /^ (?:so |and |ok )*(?:do|should|can|will|would|if) i (?:just )?(?:text|reply|send|say|type|put) (?:the word )?stop to $/;

/** "You never stop texting me" complains; "don't stop sending updates" asks for more; "I'll stop texting" tells. */
const guardCease: Guard = ({ left, matched, isQuestion }): Objection => {
  if (YOU_ONCE_DID.test(left)) return 'nothing';
  if (YOU_KEEP_ON.test(left) && !/\bwhy\b/.test(left)) return 'review';
  if (isNegated(left)) return 'nothing';
  if (FATIGUE.test(matched)) return 'nothing';
  if (isQuestion && ASKS_ABOUT_WORD.test(left)) return 'review';
  const tells = isOwnAction(left) && !ASKS_THE_WAY.test(left);
  return tells && !OWN_WISH.test(matched) ? 'nothing' : undefined;
};

/** "Stop texting Dave and text me" moves the texts. */
const movesTexts: Guard = reviewWhen(({ right }) =>
  /\b(?:and|just|but) (?:just )?text (?:me|us|my|this)\b/.test(right),
);

/** "Stop texting and just call me" is for a person; "Email me the quote. Stop texting me." says two things. */
const channelOfCease: Guard = (place): Objection => {
  const preferred = preferredChannel(place);
  const isContrast = /\b(?:instead|just|only|rather|prefer|better)\b/.test(place.message.clauses);
  return preferred === 'review' && !isContrast ? undefined : preferred;
};

const QUIETING = oneOf(`
  all the this these those your my our any more further future me us getting receiving text sms all_of promotional marketing
  automated automatic`);
const LEFTOVER_OBJECT = oneOf(`
  me us this these those it them so many much all any anymore more stuff crap shit garbage trash things anything everything to my
  our phone number please now such nonsense bullshit bs already out altogether`);

/** Words behind a bare "stop" that leave it bare. */
const TRAILING_WORDS: ReadonlySet<string> = new Set(
  `please thanks thank you now already immediately asap right away for good forever sir maam man dude bro guys ok okay por favor
   gracias it this that all everything completely totally once and at doing the fuck fucking hell up god again with bullshit shit
   crap nonsense bs stuff these those them your ever jesus christ lol haha today kindly whatever is asshole people me literally
   bye goodbye amen period entirely stop`.split(/\s+/),
);

const PLACE_OR_TIME = occurs(
  `^ ?${oneOf(`
  by in over at off on near before after when until til till here there around along past down inside outside between short into
  from for every once if while as_soon to valve sign signs light lights`)}\\b`,
);
const REPEATS_INSTRUCTION = /^ ?to (?:opt out|end|unsubscribe|quit|cancel|stop)\b/;
const FAMILY_MEMBER = oneOf('husband wife spouse mom dad mother father son daughter family lawyer attorney');
const NEW_STATEMENT = occurs(
  `^(?:${[
    'i',
    'we',
    'you',
    'he',
    'she',
    'they',
    'this is',
    'it is',
    'that is',
    'there is',
    'your company',
    'nobody',
    'new',
    'nothing',
    'none',
    'had|have|got|did|bought|moved|moving|rent|renting|retired|just|too|sick|sorry',
    'who',
    'why',
    'how',
    `my ${FAMILY_MEMBER}`,
    'not|no|do not|never|wrong|already|found|hired|sold|went|or|because|since|not interested',
    '(?:please )?(?:remove|take|delete|leave|unsubscribe|opt)',
    'thanks',
    'thank',
    'god',
    'fuck',
    'fucking',
    'get lost',
    'go away',
    'and (?:remove|delete|take|leave|do not|unsubscribe|never|lose|thank|have a|block|forget|desist|get)',
  ].join('|')})\\b`,
);
const EMERGENCY = occurs(
  '\\b(?:digging|drilling|pouring|cutting|hit|hitting|flooding|wet|(?:do not|wait to|before you) (?:pour|dig|cut|touch|start|drill|move|pull|spray|plant|paint|mow)|wrong (?:house|yard|spot|side))\\b',
);

const YOU = oneOf('you yall you_guys you_people');
const ASKS_US_TO = occurs(
  '\\b(?:please|kindly)(?: just)? $',
  `\\b${YOU}(?: (?:guys|people|all|really|just|please|seriously))* ` +
    '(?:need|needs|have|has|must|should|better|got|can|could|would|will|may)(?: (?:better|to|please|just|kindly))* $',
  `\\b(?:${YOU}|repeatedly|already|before|times|twice|nicely)(?: (?:guys|people|all|now|please))* ` +
    'to(?: please| just)* $',
  '\\banswer is $',
  `\\bwhy (?:can|will|do|would|could)(?: not)? ${YOU}(?: (?:not|just|ever|please|simply))* $`,
  '\\b(?:request|notice|demand|plea|reminder|time)(?: \\w+)? to $',
);
const THESE = `(?:this|these|those|that|it|they|them|bullshit|shit|(?:the |your )?${MESSAGES})`;
const WANTS_IT_TO = occurs(
  `\\b${THESE}(?: (?:really|just|all))* (?:needs|need|has|have|must|better|should|got)(?: (?:got|better|to))* $`,
  `\\b(?:want|need|like|wish)(?: all)? ${THESE}(?: all| ${MESSAGES})* to $`,
  `\\bmake (?:it|this|these|them|that|(?:\\w+ )?${MESSAGES}) $`,
);
const SAID = occurs(
  `\\b${oneOf(`
    said say says saying text texted texting reply replied replying type typed typing sent send sending hit hitting pressed press
    entered respond responded put wrote write`)}(?: (?:the word|you|to you|back|already|in|a))* $`,
);
/** "I never said stop"; "did I not say stop?" is another matter. */
const NEVER_SAID = occurs('\\b(?:never|did not|have not) \\w+(?: (?:the word|you|to you|back|in))* $');
const ASKED_TO = occurs(
  `\\b(?:asked|told|begged|requested|warned)(?: (?:${YOU}|them|to|repeatedly|nicely|already|guys|people))* to $`,
);
const AS_BEFORE = occurs(
  '^' +
    ` ${oneOf('before already many multiple several \\d+\\w* two three twice last yesterday weeks? days? and but a so over')}\\b`,
);
const TO_US = /^ (?:on|to) (?:you|your|this|these|opt|end|unsubscribe|quit|cancel|stop)\b/;
const SIGN_SAYS = /\b(?:sign|light|signal|officer|cop) (?:said|says) $/;
const HYPOTHETICAL = occurs('\\b(?:if|happens|should i|when|does|would|can i|will i|supposed to|do i)\\b');

function judgeBareStop(place: Place): Objection {
  const { left, right, message } = place;
  const rest = withoutTrailingWords(right);
  if (isNegated(left)) return YOU_KEEP_ON.test(left) && rest === '' ? 'review' : 'nothing';
  if (SAID.test(left)) return NEVER_SAID.test(left) && !place.isQuestion ? 'nothing' : judgeMention(place);
  if (ASKED_TO.test(left) && AS_BEFORE.test(right)) return undefined;
  if (REPEATS_INSTRUCTION.test(right) && speaksToUs(left)) return undefined;
  if (rest === '') return judgeStopAlone(place);
  if (!speaksToUs(left) || isOwnAction(left) || PLACE_OR_TIME.test(right)) return 'nothing';
  if (RENTING.test(rest)) return 'nothing';
  if (NEW_STATEMENT.test(rest)) return EMERGENCY.test(message.clauses) ? 'review' : undefined;
  if (PHYSICAL.test(right)) return 'nothing';
  if (isShouted(message.body)) return undefined;
  return ACTIVITY.test(right) && message.words.split(' ').length > SHORT_WORDS_MAX ? 'nothing' : 'review';
}

/** "Stop renting the heater" is somebody's plan, though "stop. rent" begins a statement. */
const RENTING = /^(?:renting|moving|having|getting) (?:the|our|my|a|an)\b/;

/** "Stop mowing the back" and "stop and see me" are work; "Stop Acme", "Stop robot" is too odd to be sure. */
const ACTIVITY = /^ (?:(?:all |that |this )?\w+ing|and|claim|the|me)\b/;
const SHORT_WORDS_MAX = 3;

function withoutTrailingWords(right: string): string {
  const words = right.trim().split(' ');
  const first = words.findIndex((word) => word !== '' && !TRAILING_WORDS.has(word));
  return first === -1 ? '' : words.slice(first).join(' ');
}

/** "I said stop" repeats a request; "if I text STOP, do I lose my reminders?" asks about it. */
function judgeMention({ left, right, message }: Place): Objection {
  if (SIGN_SAYS.test(left) || (PLACE_OR_TIME.test(right) && !TO_US.test(right) && !AS_BEFORE.test(right)))
    return 'nothing';
  return HYPOTHETICAL.test(left) && !/\bhow many times\b/.test(message.clauses) ? 'review' : undefined;
}

function judgeStopAlone(place: Place): Objection {
  const { left, right, isQuestion, message } = place;
  if (WANTS_IT_TO.test(left)) return PHYSICAL.test(message.clauses) ? physicalOrTexts(message) : undefined;
  const asksUs = ASKS_US_TO.test(left) || (speaksToUs(left) && !isOwnAction(left));
  if (!asksUs) return isEmphatic(place) ? 'review' : 'nothing';
  if (EMERGENCY.test(message.clauses) || isJoking({ left, right, message })) return 'review';
  return isQuestion && !/\byou\b/.test(left) ? 'review' : undefined;
}

/** "Make it stop": a pump, unless our texts are spoken of too. */
const physicalOrTexts = ({ clauses }: InboundText): Objection => (OUR_TEXTS.test(clauses) ? 'review' : 'nothing');
const OUR_TEXTS = occurs(`\\b${MESSAGES}\\b`);

/** Laughter in the clause itself, or anywhere in a message of a few words. */
const isJoking = ({ left, right, message }: Pick<Place, 'left' | 'right' | 'message'>): boolean =>
  LAUGHTER.test(left + right) || (message.words.split(' ').length <= SHORT_WORDS_MAX && LAUGHTER.test(message.clauses));

/** "Nobody asked for this stop it": after a sentence without punctuation. */
function isEmphatic({ left, matched, right, message }: Place): boolean {
  if (BEFORE_NOUN_OR_VERB.test(left)) return false;
  const rest = /^ (?:please|now|already|immediately|asap|it|this|these|thanks|thank you)\b/;
  if (isShouted(message.body) || rest.test(right)) return true;
  return (
    matched === 'stop' &&
    right.trim() === '' &&
    left.trim() !== '' &&
    !NOUN_OR_TALE.test(left) &&
    !PHYSICAL.test(message.clauses)
  );
}

/** "The bus stop", "will stop": no imperative after these. */
const BEFORE_NOUN_OR_VERB =
  /\b(?:bus|truck|the|a|full|next|first|will|would|can|could|does|did|do|to|not|should|non) $/;

/** What comes before a "stop" at the end that is a noun, a question or somebody's own doing: "where does it stop". */
const NOUN_OR_TALE =
  /\b(?:do|does|did|will|would|can|could|should|might|may|where|when|if|until|til|to|not|never|an?|the|i|we|he|she|it|they|last|next|my|your|his|our|pit|door|rest|bus|truck) (?:\w+ )?$/;

/** One word in capitals among others that are not. */
const isShouted = (body: string): boolean => /\bSTOP\b/.test(body) && /\p{Ll}{2}/u.test(body);

const cease = rulesOf({ family: 'cease', language: 'en', verdict: 'opt_out' });
const CEASING = oneOf(`
  stop quit cease halt discontinue desist refrain_from lay_off knock_it_off enough sick tired fed_up done_with cut_it_out_with`);
const SILENCING = oneOf('cancel end terminate suspend disable deactivate pause mute kill (?:turn|shut|switch)_off');

/** Words that a finger makes of "stop", taken for it only before a word for texting. */
const SLIPS_OF_STOP = oneOf('stoop stip stap stup srop dtop syop atop spot shop stops stopp stoo sto top strop step');
/** "Stop sending these invoices", "stop with the digging". */
const ABOUT_WORK = occurs(
  `^ ?(?:\\w+ )?(?:${SERVICE_OBJECT}|dirt|mud|trucks?|water|crews?|guys|people|person|digging|drilling|mowing|noise|music)\\b`,
);

export const STOP_RULES: readonly Rule[] = [
  cease(
    [`\\b${CEASING} (?:${BETWEEN} )*(?:${BOTHERING}|${MESSAGES}|${CONTACTS})\\b`],
    guardCease,
    channelOfCease,
    movesTexts,
  ),
  cease(
    [
      `\\b(?:stop|quit|cease) (?:${BETWEEN} )*?(?:sending|getting|receiving)(?: ${LEFTOVER_OBJECT})*»`,
      `\\b(?:stop|quit|cease) (?:${BETWEEN} )*?sending (?:(?:me|us|out) )*(?:these|this|those|anything|stuff|things|crap|shit|junk)\\b`,
      `\\b(?:stop|quit|cease|end) (?:these|those|your|the|all|with) (?:(?:all|the|these|your) )?(?!estimate|appointment|invoice)\\w+ ${MESSAGES}\\b`,
      '\\b(?:stop|quit) (?:(?:even|ever) )?(?:asking|begging|trying|insisting|pushing)»',
      `«(?:${oneOf('please just ok now hey hi')} )*${SLIPS_OF_STOP} (?:${BETWEEN} )*(?:${BOTHERING}|${MESSAGES})\\b`,
      `\\b(?:stop|quit|enough) (?:already )?with (?:(?:all|your|the|these|this|that) )+`,
    ],
    guardCease,
    dropWhen(({ right }) => ABOUT_WORK.test(right)),
  ),
  cease(
    [
      `\\b${SILENCING} (?:${QUIETING} )*${MESSAGES}\\b`,
      `\\b(?:turn|shut|switch) (?:${QUIETING} )*(?:${MESSAGES}|these|this) off\\b`,
      `\\b(?:turn|shut|switch) off these»`,
    ],
    guardCease,
  ),
  cease(
    [
      '\\b(?:cease|seize)(?: and)? desist\\b|\\bwhat part of (?:stop|no)\\b',
      '«(?:\\w+ ){0,3}(?:knock it off|cut it out|give it a rest)»',
    ],
    dropWhen(({ left }) => isNegated(left)),
  ),
  ...WISH_RULES,
  cease(['\\b(?:stop|quit|cease|desist|halt|discontinue)(?= )'], judgeBareStop, reviewMistakes),
  rulesOf({ family: 'mistaken_keyword', language: 'en', verdict: 'review' })(
    ['\\b(?:stop|unsubscribed?|opt(?:ed)? out)\\b'],
    dropWhen(({ message }) => !saysMistake(message.clauses)),
  ),
  rulesOf({ family: 'unclear_request', language: 'en', verdict: 'review' })(
    ['\\b(?:stop|quit) (?!charging|billing|invoicing|paying)\\w+(?:ing|in) (?:me|us|my phone|this number)\\b'],
    guardCease,
    dropWhen(({ left }) => /\b(?:not|never) $/.test(left)),
  ),
];
