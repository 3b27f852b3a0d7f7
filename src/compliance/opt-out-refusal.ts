import {
  dropWhen,
  type Guard,
  type Objection,
  occurs,
  oneOf,
  type Rule,
  reviewWhen,
  rulesOf,
} from './opt-out-rules.ts';
import {
  BOTHER,
  BOTHERING,
  CONTACTS,
  DAY_OR_TIME,
  isOwnAction,
  MESSAGES,
  PHYSICAL,
  preferredChannel,
  reviewFrequency,
  reviewNewNumber,
  unlessSilence,
} from './opt-out-vocabulary.ts';

/** English refusals of messages ("no more texts", "I don't want these texts") and negative imperatives ("don't text me"). */

const FOR_GOOD = occurs('\\b(?:anymore|any more|again|ever|never|no longer|no more|another)\\b');
const AT_SOME_TIME = occurs(
  `^(?: \\w+){0,3} (?:${oneOf(`
    before after until till til while during at_(?:night|work|home|\\d+|noon|midnight|church|this_hour|this_time)
    on_(?:the_)?(?:weekends?|sundays?|saturdays?|\\w+days?) past_\\d+ when if unless between
    in_the_(?:morning|evening|afternoon|middle) early late so_(?:late|early) this_(?:late|early) right_now`)}|${DAY_OR_TIME})\\b`,
);
/** Another hour or another channel is a preference to store; "not at night" is not "never". */
const preference: Guard = (place): Objection => {
  const { left, matched, right } = place;
  if (FOR_GOOD.test(`${left}${matched}${right}`)) return undefined;
  return AT_SOME_TIME.test(right) ? 'nothing' : preferredChannel(place);
};

const OTHERS_DO = occurs(
  '\\b(?:i|we|they|he|she|it|who|that|which|crew|guys|why)(?: (?:really|usually|just|also|always))* $',
  '\\b(?:did|does|do|if|when|sorry|how come) you $|«you $',
);
const IS_INSTRUCTED = occurs(
  '\\b(?:want|need|prefer|rather|like|asked|told|said|ask|request)(?: (?:that|you|if|it|please))* $',
);

/** "Could you not text me", "I ask that you not call"; but "you did not call me". */
const BARE_NOT_ASKS =
  /\b(?:please|to|and|or|asked|rather|prefer|could|would|can|(?:could|would|can|rather|prefer|that) you(?: please)?) $/;

/** "I don't text" and "you never call" tell what people do; "asked you not to text" and "don't text" tell us what to do. */
const imperative: Guard = dropWhen(({ left, matched }) => {
  if (IS_INSTRUCTED.test(left)) return false;
  if (/disturb/.test(matched) && /\b(?:on|in|set to) $/.test(left)) return true;
  const isForGood = FOR_GOOD.test(matched);
  if (/^no need/.test(matched) && !isForGood) return true;
  const isBareNot = /^not (?!to )/.test(matched);
  if (isBareNot && !BARE_NOT_ASKS.test(left) && !(isForGood && /\byou can $/.test(left))) return true;
  if (!isForGood && /\b(?:if|when|while|unless|until|before|after) \w/.test(left)) return true;
  return OTHERS_DO.test(left) || isOwnAction(left);
});

const NEVER = '(?:do not|never|no longer|not to|not|can you not|could you not|no need to)';
const LEAD_IN = oneOf('you ever even dare please keep be continue to again try bother just fucking');
const TARGET = `(?:${[
  `(?: ${oneOf(`
    me us this_number this_phone this_line my_phone my_number my_cell here back anymore any_more no_more again ever please thanks
    thank_you my_wife my_husband my_mom my_dad`)}\\b)`,
  ' it»',
  ' (?:or|and|nor) (?:text|call|message|contact|email)',
  '»',
].join('|')})`;
const NUMBER_TARGET = '(?: (?:me|us|to me|to us|to this number|to my (?:phone|cell)|this number))';
const OF_THEM = oneOf(`
  any anymore more these those this your the such further other stupid of dumb so_many all text spam sales marketing
  promotional`);

/** "Don't call me sir", "don't text me the gate code": about a word or a thing, not about being texted. */
const NAMES_SOMETHING = occurs(
  `^ (?:sir|maam|crazy|names|stupid)\\b`,
  `^ (?:the|that|a|an|those|your) (?!\\w* ?${MESSAGES}|${CONTACTS})`,
);

/** "Don't text my husband about the price, text me" moves the texts. */
const textsElsewhere: Guard = reviewWhen(
  ({ matched, message }) => / my \w+$/.test(matched) && / text me\b/.test(message.clauses.replace(matched, ' ')),
);

const instruct = rulesOf({ family: 'negative_imperative', language: 'en', verdict: 'opt_out' });

const IMPERATIVES: readonly Rule[] = [
  instruct(
    [
      `\\b${NEVER} (?:${LEAD_IN} )*(?:${BOTHER}|${BOTHERING})(?: or (?:${BOTHER}|${BOTHERING}))*${TARGET}`,
      `\\b${NEVER} (?:${LEAD_IN} )*(?:text|message|contact|spam|bother) my (?:\\w+ ){0,2}(?:phone|number|cell|line)\\b`,
      '\\bif you (?:ever )?(?:text|contact|message|call)(?: (?:me|us|this number|here))* (?:again|one more time)\\b',
      `\\b${NEVER} (?:${LEAD_IN} )*use (?:my|this) (?:phone |cell )?(?:number|phone)\\b`,
      `\\b${NEVER} (?:${LEAD_IN} )*(?:respond|reply) to (?:me|us|this number)\\b`,
    ],
    imperative,
    reviewFrequency,
    preference,
    reviewNewNumber,
    textsElsewhere,
    dropWhen(({ right }) => NAMES_SOMETHING.test(right)),
  ),
  instruct(
    [
      '\\b(?:do not|never|no longer|not) (?:(?:you|ever|even|please|keep|to|again|be) ){0,2}(?:send' +
        `|sending)${NUMBER_TARGET}?` +
        `(?: ${OF_THEM})*(?: (?:${MESSAGES}|${CONTACTS}` +
        `|${oneOf('anything info information stuff crap shit nothing bs')})\\b|»| (?:please|again|anymore)\\b)`,
    ],
    dropWhen(({ left }) => OTHERS_DO.test(left) || /\bstop $/.test(left)),
    reviewWhen(({ right }) =>
      /^ to (?:him|her|them|my (?:husband|wife|mom|dad|son|daughter|boss|neighbor))\b/.test(right),
    ),
    preference,
  ),
  instruct(
    [
      `\\b${oneOf('prefer rather appreciate wish like great nice if hope ask asking request requesting')}` +
        '(?: (?:it|that|if|be))* you (?:did|would|will|could|do|can)(?: please)? not (?:ever |please' +
        ` )?(?:${BOTHER}|send)\\b`,
      '\\b(?:do not|not|never|no longer) (?:(?:really|even|ever|do) )?(?:want|need|wish|like|care for' +
        '|appreciate) (?:for )?' +
        '(?:you|anyone|anybody|your company|people|companies)(?: (?:guys|all|people))? (?:to )?(?:keep' +
        ` )?(?:${BOTHER}|${BOTHERING}|send|sending)\\b`,
    ],
    preference,
  ),
];

const UNWANTED =
  '(?:do not|did not|does not|no longer|not|never)(?: (?:really|even|ever|actually|currently|at all))* ' +
  '(?:want|wanted|wish|need|care|like|desire|looking|interested in|interested|ask|asked|wanting|trying)';
const RECEIVE = oneOf(`
  get be_getting receive be_receiving keep_getting keep_receiving continue_getting continue_receiving continue_to_receive
  continue_to_get`);
const OF_YOUR = oneOf(`
  any anymore more of your these those this the such further future you so_many random unwanted unsolicited for in all
  text sms spam sales marketing promotional stupid kind type sort additional receiving getting other`);
const REFUSABLE = oneOf('calls updates reminders emails deals coupons specials surveys phone_calls contact');
const TO_STAY = occurs('\\b(?:miss|lose|stop getting|stop receiving)\\b');

const WISH_NOT = '(?:wish|want|like|prefer|choose|rather|ask|asking|asked)(?: to)? (?:no longer|not|never)(?: to)?';

const refuse = rulesOf({ family: 'refusal', language: 'en', verdict: 'opt_out' });

/** "I got no more messages" reports; it refuses nothing. */
const REPORTED = occurs(
  `\\b${oneOf('have has got get getting gets are is was were see received be there had saw with')}(?: \\w+)? $`,
);

const REFUSALS: readonly Rule[] = [
  refuse(
    [
      `\\b${UNWANTED} (?:to (?:${RECEIVE}|see|have|read) )?(?:${OF_YOUR} )*(?:\\w+ (?:or|and|nor) (?:your )?)?(?:${MESSAGES}|${REFUSABLE})\\b`,
      `\\b(?:no|zero|not any)(?: \\w+)? interest (?:at all )?in (?:(?:receiving|getting|seeing|reading) )?(?:${OF_YOUR} )*${MESSAGES}\\b`,
      `\\b${UNWANTED} to ${RECEIVE} (?:${OF_YOUR} )*${CONTACTS}\\b`,
      `\\b${UNWANTED} to (?:${RECEIVE}|hear)(?: ${oneOf(`
        these those this them anything it any anymore no_more more of stuff from_(?:you|your|yall|this)`)})+»`,
      `\\b${UNWANTED} to (?:receive|keep (?:getting|receiving)|continue (?:getting|receiving|to receive))»`,
      `\\b${WISH_NOT} (?:${RECEIVE}|have) (?:${OF_YOUR} )*(?:${MESSAGES}|calls|updates|reminders|these|this` +
        '|them|anything)\\b',
      `\\b${WISH_NOT} be (?:sent|notified|marketed|texted|contacted|messaged|called|bothered|spammed|solicited|disturbed)\\b`,
      `\\b(?:make sure|ensure)(?: that)? (?:i|we) (?:do not|never|no longer) (?:get|receive) (?:${OF_YOUR}` +
        ` ){0,5}(?:${MESSAGES}|these|this|anything)\\b`,
      `\\b${UNWANTED} to (?:hear (?:from (?:you|your|yall|anyone)|anything)|communicate|talk to you|have any(?:` +
        ' more)? contact)\\b',
      `\\b${UNWANTED} to be` +
        ` ${oneOf('texted contacted messaged called bothered spammed solicited disturbed harassed emailed notified marketed advertised sent')}\\b`,
      `\\b${UNWANTED} to be on (?:your|this|the|any|a) (?:\\w+ )?(?:list|database|thread)\\b`,
      `\\b${UNWANTED} (?:any more of|anymore of|more of|any of) (?:these|those|this|them|your stuff)»`,
    ],
    dropWhen(({ left, matched }) => TO_STAY.test(matched) || /\b(?:did|do|if) you $/.test(left)),
    reviewFrequency,
    preference,
  ),
  refuse(
    [
      `\\bno (?:more|further|future|additional|other) (?:of )?(?:${oneOf(`
        your these the those this stupid fucking annoying damn text sms spam sales marketing promotional unwanted daily weekly`)} )*` +
        `(?:(?!word\\b|phone\\b)\\w+ )?(?:${MESSAGES}|${CONTACTS})\\b`,
      '«(?:please )?no more(?: (?:please|thanks|thank you|and|now|of (?:this|these|those|that)|ok|ever))+»',
      '\\bno more of (?:these|this|those)(?= (?:[|?]|please|and|ok|thanks|thank|to me|on my))',
      '«(?:please|just|ok|and|i said)(?: please)? no more»',
      '«(?:i |we )?(?:said|say) no more»',
      `\\bno need for (?:${OF_YOUR} )*${MESSAGES}\\b`,
      `\\bkeep your (?:\\w+ )?${MESSAGES} (?:to yourself|away)\\b`,
      `«(?:(?:please|just|ok|hi|and|thanks) )*(?:no|zero) (?:${MESSAGES}|contact|calls or texts|calls and texts` +
        '|texting or calling)' +
        `(?: ${oneOf(`
          or and please thanks thank_you to this number me my phone ever again anymore at all calls texts messages emails calling
          texting`)})*»`,
    ],
    dropWhen(
      ({ left, right }) =>
        REPORTED.test(left) || /^ (?:from (?:me|us|my)|on (?:my|our)|until|today|since|left|yet)\b/.test(right),
    ),
    unlessSilence,
  ),
];

/** What refuses "these" or more of something without naming our texts, or asks us in a roundabout way: a person reads it. */
const UNCLEAR_REFUSALS: readonly Rule[] = [
  rulesOf({ family: 'unclear_request', language: 'en', verdict: 'review' })(
    [
      '\\b(?:not|no longer) (?:want to |wish to |need to |to )?(?:get|receive|see|have) (?:(?:any|anymore|more) )+(?:of )?(?:these|those|this)\\b',
      '\\b(?:do not|no longer) (?:want|need|wish for) (?:(?:any|anymore|more) )*(?:of )?(?:them|these|either(?: one)?)(?: (?:on my phone|anymore|at all))*»',
      '\\b(?:do not|never) (?:(?:ever|please|keep) )*(?:send|sending) (?:me |us )?(?:these|those|another(?: one)?)\\b(?! (?:guys|people|men|crew|workers|estimate|invoice|bill|guy))',
      `\\b(?:turn|shut|switch) (?:them|these|those|it|this)(?: all)? off\\b|\\b(?:${MESSAGES}|them|these|yours) (?:turned off|stopped|to stop coming|stopped coming|ended)\\b`,
    ],
    dropWhen(({ message, matched }) => PHYSICAL.test(message.clauses.replace(matched, ' '))),
  ),
  rulesOf({ family: 'unclear_request', language: 'en', verdict: 'review' })([
    `\\b(?:no need|not (?:need|have|got)|no reason) (?:for you )?to (?:keep|continue|hit)(?: \\w+){0,2} (?:${BOTHERING}|sending|phone|up)\\b`,
    `\\b(?:no need|not (?:need|have|got)) (?:for you )?to send (?:(?:me|us|any|more|anymore|these|out) )+`,
    `\\bchanged? my mind about (?:\\w+ ){0,2}${MESSAGES}\\b`,
    '\\bdone hearing from (?:you|yall)\\b',
  ]),
];

export const REFUSAL_RULES: readonly Rule[] = [...IMPERATIVES, ...REFUSALS, ...UNCLEAR_REFUSALS];
