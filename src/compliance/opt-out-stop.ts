import { type Guard, type Place, type Rule, wordPattern, wordTest } from './opt-out-rules.ts';
import {
  BETWEEN,
  BOTHERING,
  BY_MISTAKE,
  CONTACTS,
  isNegated,
  isOwnAction,
  LAUGHTER,
  MESSAGES,
  PHYSICAL,
  speaksToUs,
} from './opt-out-vocabulary.ts';

/**
 * "Stop" and its kin inside a sentence. With a word for our messages behind it the verb is a request; without one it is judged
 * by what stands around it, because people also stop by, stop leaks and wait at bus stops.
 */

const YOU_DID = wordTest('\\b(?:did|have|had|has|when|since|until|before|after|if|after) (?:you|they|i|we)(?: (?:guys|ever|just|already))* $');
const YOU_KEEP_ON = wordTest(
  '\\b(?:you|they|this|it|people|guys|company)(?: (?:guys|people|all|still|just|simply|really))* (?:(?:will|do|does|can|would|have|has) not|never)(?: ever| just)* $',
);

const guardCease: Guard = ({ left, matched }) => {
  const getting = /\b(?:getting|receiving)\b/.test(matched);
  if (/\bdid (?:i|we|you|they) $/.test(left) || (YOU_DID.test(left) && !/\bif (?:you|i|we) $/.test(left))) return 'nothing';
  if (YOU_KEEP_ON.test(left) && !/\bwhy\b/.test(left)) return 'review';
  if (isNegated(left)) return 'nothing';
  return isOwnAction(left) && !getting ? 'nothing' : undefined;
};

/** Words behind a bare "stop" that leave it bare. */
const TRAILING_WORDS: ReadonlySet<string> = new Set(
  (
    'please thanks thank you now already immediately asap right away for good forever sir maam man dude bro guys ok okay por favor ' +
    'gracias it this that all everything completely totally once and at doing the fuck fucking hell up god again with bullshit ' +
    'shit crap nonsense bs stuff these those them your ever jesus christ lol haha today kindly whatever is asshole people me ' +
    'literally bye goodbye amen period'
  ).split(' '),
);

const PLACE_OR_TIME =
  /^ ?(?:by|in|over|at|off|on|near|before|after|when|until|til|till|here|there|around|along|past|down|inside|outside|between|short|into|from|for|every|once|if|while|as soon|to)\b/;
const REPEATS_INSTRUCTION = /^ ?to (?:opt out|end|unsubscribe|quit|cancel|stop)\b/;
const CONTINUES = wordTest(
  '^ ?(?:i|we|you|he|she|they|this is|it is|that is|my (?:husband|wife|spouse|mom|dad|mother|father|son|daughter|family|lawyer|attorney)|your company|not|no|do not|never|wrong|already|found|hired|sold|went|who|why|how|or|because|since|remove|take|delete|leave|unsubscribe|opt|thanks|thank|god|new|nobody|there is|fuck|fucking|get lost|go away|nothing|none|and (?:remove|delete|take|leave|do not|unsubscribe|never|lose|thank|have a|block|forget|desist|get)|please (?:remove|delete|take|do not|unsubscribe)|not interested)\\b',
);
const EMERGENCY = wordTest('\\b(?:digging|drilling|pouring|cutting|hit|hitting|flooding|wrong (?:house|yard|address|spot|side))\\b');

const PLEASE = wordTest('\\b(?:please|kindly)(?: just)? $');
const YOU_MUST = wordTest(
  '\\b(?:you|yall|people|guys|company)(?: (?:guys|people|all|really|just|please|seriously))* (?:need|needs|have|has|must|should|better|got|can|could|would|will|may)(?: (?:better|to|please|just|kindly))* $',
);
const YOU_TO = wordTest('\\b(?:you|yall|them|people|guys|company|office|team|repeatedly|already|before|times|twice|nicely)(?: (?:guys|people|all|now|please))* to(?: please| just)* $');
const THIS_MUST = wordTest(
  '\\b(?:this|these|those|that|it|they|texts|messages|calls|texting|spam|ads|bullshit|shit)(?: (?:really|just|all))* (?:needs|need|has|have|must|better|should|got)(?: (?:got|better|to))* $',
);
const WANT_THIS_TO = wordTest('\\b(?:want|need|like|wish)(?: all)? (?:this|these|those|it|them|that|texts|messages|the texts|the messages)(?: (?:texts|messages|all))* to $');
const MAKE_IT = wordTest('\\bmake (?:it|this|these|them|that|the texts|the messages) $');
const SAID = wordTest(
  '\\b(?:said|say|says|saying|text|texted|texting|reply|replied|type|typed|sent|send|respond|responded|put|wrote|write|answered|texts)(?: (?:the word|you|to you|back|already|in|you the word|a))* $',
);
const SIGN_SAYS = /\b(?:sign|light|signal|officer|cop) (?:said|says) $/;
const HYPOTHETICAL = wordTest('\\b(?:if|what happens|happens|should|when|does|would|can|will|do i have to|do i need to|have to|need to|supposed to|do i)\\b');

function judgeBareStop(place: Place): 'review' | 'nothing' | undefined {
  const { left, right, message } = place;
  if (isNegated(left)) return YOU_KEEP_ON.test(left) ? 'review' : 'nothing';
  if (SAID.test(left)) return judgeMention(place);
  if (REPEATS_INSTRUCTION.test(right) && speaksToUs(left)) return undefined;
  if (right.trim().split(' ').every((word) => word === '' || TRAILING_WORDS.has(word))) return judgeStopAlone(place);
  if (!speaksToUs(left) || isOwnAction(left) || PLACE_OR_TIME.test(right)) return 'nothing';
  if (CONTINUES.test(right)) return EMERGENCY.test(message.clauses) ? 'review' : undefined;
  return isShouted(message.body) && !PHYSICAL.test(right) ? undefined : 'nothing';
}

/** "I said stop" repeats a request; "if I text STOP, do I lose my reminders?" asks about it. */
function judgeMention({ left, message }: Place): 'review' | 'nothing' | undefined {
  if (SIGN_SAYS.test(left)) return 'nothing';
  if (BY_MISTAKE.test(message.clauses)) return 'review';
  return HYPOTHETICAL.test(left) ? 'review' : undefined;
}

function judgeStopAlone({ left, right, matched, isQuestion, message }: Place): 'review' | 'nothing' | undefined {
  const pointsAtThing = THIS_MUST.test(left) || MAKE_IT.test(left) || WANT_THIS_TO.test(left);
  if (pointsAtThing) return PHYSICAL.test(message.clauses) ? 'nothing' : undefined;
  const asksUs = PLEASE.test(left) || YOU_MUST.test(left) || YOU_TO.test(left);
  if (!asksUs && (!speaksToUs(left) || isOwnAction(left))) return 'nothing';
  // "Quit" alone in its sentence may be about a job; "quit it" is not.
  if (matched === 'quit' && right.trim() === '' && left.trim() !== '') return 'nothing';
  if (EMERGENCY.test(message.clauses) || LAUGHTER.test(message.clauses)) return 'review';
  return isQuestion && !/\byou\b/.test(left) ? 'review' : undefined;
}

/** One word in capitals among others that are not. */
const isShouted = (body: string): boolean => /\bSTOP\b/.test(body) && /\p{Ll}{2}/u.test(body);

const QUIETING = '(?:all|the|this|these|those|your|my|our|any|more|further|future|me|us|getting|receiving|text|sms|all of|promotional|marketing|automated|automatic)';

export const STOP_RULES: readonly Rule[] = [
  {
    family: 'cease',
    language: 'en',
    verdict: 'opt_out',
    pattern: wordPattern(
      `\\b(?:stop|quit|cease|halt|discontinue|desist|refrain from|lay off|knock it off|enough|sick|tired|fed up|done) (?:${BETWEEN} ){0,6}(?:${BOTHERING}|${MESSAGES}|${CONTACTS})\\b`,
    ),
    guards: [guardCease],
  },
  {
    family: 'cease',
    language: 'en',
    verdict: 'opt_out',
    pattern: wordPattern(
      `\\b(?:stop|quit|cease) (?:${BETWEEN} ){0,4}?(?:sending|getting|receiving)(?: (?:me|us|this|these|those|it|them|so|many|much|all|any|anymore|more|stuff|crap|shit|garbage|trash|things|anything|everything|to|my|our|phone|number|please|now|such|nonsense|bullshit|bs|already|out))*»`,
    ),
    guards: [guardCease],
  },
  {
    family: 'cease',
    language: 'en',
    verdict: 'opt_out',
    pattern: wordPattern(
      `\\b(?:cancel|end|terminate|suspend|disable|deactivate|pause|mute|kill|(?:turn|shut|switch) off) (?:${QUIETING} ){0,4}${MESSAGES}\\b|\\b(?:turn|shut|switch) (?:${QUIETING} ){0,3}(?:${MESSAGES}|these|this) off\\b`,
    ),
    guards: [guardCease],
  },
  {
    family: 'cease',
    language: 'en',
    verdict: 'opt_out',
    pattern: wordPattern('\\bcease and desist\\b|«(?:\\w+ ){0,3}(?:knock it off|cut it out|give it a rest)»'),
    guards: [({ left }) => (isNegated(left) ? 'nothing' : undefined)],
  },
  {
    family: 'cease',
    language: 'en',
    verdict: 'opt_out',
    pattern: wordPattern('\\b(?:stop|quit)(?= )'),
    guards: [judgeBareStop],
  },
];
