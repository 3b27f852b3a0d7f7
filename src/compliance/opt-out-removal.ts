import { dropWhen, type Guard, occurs, oneOf, type Rule, reviewWhen, rulesOf } from './opt-out-rules.ts';
import {
  BOTHER,
  CONTACTS,
  DAY_OR_TIME,
  isNegated,
  MESSAGES,
  onlyTowardsUs,
  reviewHypothetical,
  reviewMistakes,
  reviewNewNumber,
  SERVICE_OBJECT,
  speaksToUs,
  unlessNegated,
} from './opt-out-vocabulary.ts';

/** English requests to be taken off a list, to have a number deleted, and revocations of consent. */

const LIST = oneOf(`
  lists? mailing_lists? mailings? databases? systems? records contacts files? rotation thread distribution campaigns? program
  register roster rolls? data_bases? lista texts? messages? texting messaging emails? group chat group_chat conversation crm chain here phone thing`);
const KIN = oneOf('wife husband mom dad mother father family parents');
const PHONE_KIND = '(?:cell |phone |mobile |cell phone |contact |home |personal )?';
const OWNED = oneOf('numbers? name phone cell info information contacts? details data profile file digits email');
const SELF = `(?:${[
  `me|us|myself|my ${KIN}|him|her`,
  `both (?:of )?(?:our |my |these |the )?${OWNED}`,
  `(?:my|our|his|her|their) (?:${KIN}s )?(?:name and |name and phone )?${PHONE_KIND}${OWNED}`,
  'mi (?:numero|telefono|celular|nombre)',
  `(?:this|the|that) ${PHONE_KIND}(?:numbers?|phone|cell|contact)`,
].join('|')})`;

const FROM_SERVICE = occurs(
  '^ ?(?:off|from|out of|on|for|off of)?(?: (?:of|the|your|this|that|our|my|tomorrows|todays|next))* ?(?:\\w+ )?' +
    `(?:${SERVICE_OBJECT}|${DAY_OR_TIME}|guard|hold|speaker)\\b`,
);
const WAS_I = /\b(?:did|was|were|when|have|am|are) (?:i|we|you|they)(?: get| been| being)? $/;

const removal = rulesOf({ family: 'removal', language: 'en', verdict: 'opt_out' });
const ENDS_WITH_LIST = occurs(`(?:${LIST}|${MESSAGES})$`);
const fromService: Guard = dropWhen(({ matched, right }) => FROM_SERVICE.test(right) && !ENDS_WITH_LIST.test(matched));
/** "Can you remove me a stump" does something for the writer; "delete the line for mulch" is about a document. */
const FOR_THE_WRITER = /^ (?:a|an|one|two|three|some|couple|few|\d+)\b/;
const doneForMe: Guard = dropWhen(({ matched, right }) => /\b(?:me|us)$/.test(matched) && FOR_THE_WRITER.test(right));
const wasI: Guard = dropWhen(({ left }) => WAS_I.test(left));

const REMOVE = oneOf(`
  remove delete erase scrub purge exclude unsubscribe unenroll disenroll unregister deregister omit discontinue
  unlist wipe expunge`);
const TAKE_OFF = oneOf('take drop remove cancel strike scratch cross');
const GET_OFF = oneOf('get pull leave keep cut put let');
const EVERY = '(?: (?:of|all|any|your|the|this|that|these|every|future|further|la|su|las))*';
const BEING_GONE = oneOf(
  'remove removed delete deleted taken drop dropped get come be want need go step leave exit out',
);

/** "Unsubscribed from the water softener plan", "from my supplier": somebody's list, perhaps not ours. */
const FROM_ANOTHER_PLAN = occurs(
  '^ (?:from|to) (?:(?:the|my|our|a) )?(?:\\w+ ){0,4}(?:billing|statements?|catalogs?|other \\w+|company|plan|membership|warranty|program|channel|paper|magazine)\\b',
  `^ from (?:the|my|our|a|another|some) (?!(?:\\w+ ){0,3}(?:${MESSAGES}|${CONTACTS}|${LIST})\\b)`,
);

const REMOVAL: readonly Rule[] = [
  removal(
    [
      `\\b${REMOVE} (?:(?:please|just|all|of) ){0,2}${SELF}\\b`,
      `\\b${REMOVE} (?:this |the )?(?:number )?\\d[\\d ]{6,14}`,
      `\\b${TAKE_OFF} (?:(?:please|just) )?${SELF} (?:please |the (?:hell|fuck|f) |completely )?(?:off|out of` +
        `|from)${EVERY}` +
        '(?:»| (?:please|now|thanks?|thank|asap|immediately|and|or|before|right|already)\\b| (?:\\w+' +
        ` ){0,3}(?:${LIST}|${MESSAGES})\\b)`,
      `\\b(?:please|kindly|just) (?:remove|delete)d ${SELF}\\b`,
      `\\b(?:${TAKE_OFF}|${GET_OFF}) (?:please )?${SELF} (?:off|out)(?: of)? (?:these|there|it|everything|whatever|(?:the |your |all |all the )*(?:${MESSAGES}|${CONTACTS}))\\b(?! (?:job|project|schedule|estimate|invoice))`,
      '\\b(?:get|getting|be|being) unsubscribed\\b',
      `\\b${GET_OFF} (?:please )?${SELF} (?:please |the (?:hell|fuck|f) )?(?:off|out of|from)${EVERY} (?:\\w+` +
        ` ){0,2}(?:${LIST}|${MESSAGES})\\b`,
      `\\b(?:${TAKE_OFF}|${GET_OFF}) ${SELF} (?:of|if) (?:all )?(?:your|you|the|this) (?:\\w+ )?${LIST}\\b`,
      `\\b${BEING_GONE} (?:from|off|off of|out|out of) (?:of )?(?:all |any )?(?:your|this|the|that|these|all|any` +
        `|yalls) (?:\\w+ ){0,2}${LIST}\\b`,
      '\\b(?:want|wish|like|need|asked|ask|asking|requested|requesting|request|demand|demanding|please|prefer|have) ' +
        '(?:(?:to be|to have|to get|me|be|us|it|my (?:number|name|info)|this number) )+' +
        '(?:removed|unsubscribed|deleted|taken off|opted out|blocked)\\b',
      `«(?:\\w+ ){0,6}off (?:of )?(?:your|this|all|any|these) (?:\\w+ ){0,2}(?:lists?|mailing list|thread|database)\\b`,
      `\\b(?:${TAKE_OFF}|${GET_OFF}|wipe) (?:off|out) ${SELF}\\b`,
      '\\b(?:removed?|deleted?|taken|drop(?:ped)?|pulled|excluded|unsubscribed?)(?: off| from| out of)+(?: of)? (?:this|these|here|it|that|everything|future|further)\\b',
      '\\b(?:delete|erase|remove) (?:(?:my|this|the|your) )?contact»',
      '\\b(?:should|do|did) not (?:even )?(?:be|belong|ask to be) (?:on|in|part of) (?:this|your|any|the|that)(?: \\w+)? (?:list|database|system|thread)\\b',
      '\\bblock (?:me|my number|this number|us)(?=»| (?:from|off|on your|please|now|thanks)\\b)',
      `«(?:\\w+ ){0,3}(?:remove|delete|take|erase|removed|deleted) (?:from|off)(?: of)?(?: (?:your|the|this|all|any))*(?: \\w+)? ${LIST}(?: (?:please|now|thanks|asap))*»`,
      '«(?:please |get )?off (?:of )?the (?:\\w+ )?list(?: please| thanks)*»',
      '\\b(?:leave|exit|get out of) (?:this|the|your) (?:group|chat|thread|conversation|text)\\b',
    ],
    unlessNegated,
    fromService,
    doneForMe,
    wasI,
    reviewNewNumber,
    reviewWhen(({ right }) => /\band (?:use|put|add|keep) me\b/.test(right)),
  ),
  removal(
    [
      `«(?:\\w+ ){0,5}?(?:remove|removed|delete|take off|get off|unenroll|block(?:ed|ing)?)(?: ${oneOf(`
      please now thanks thank_you immediately asap today number list from_list from_the_list phone_number off and`)})*»`,
    ],
    dropWhen(({ left, matched }) => !isBareRemoval(left + matched)),
  ),
  removal(
    [
      '\\bunsubscrib(?:e|ing)\\b',
      '\\b(?:i|we|have|already|had)(?: (?:have|already|just|been|had|has))* unsubscribed\\b',
      '«unsubscribed»|\\bunsubscribed (?:already|me|us|before|multiple|many)\\b',
    ],
    unlessNegated,
    reviewWhen(
      ({ left, right }) => /\b(?:the|an?|your) $/.test(left) && /^ (?:page|link|button|form|site)\b/.test(right),
    ),
    reviewHypothetical,
    reviewMistakes,
    reviewWhen(({ right }) => FROM_ANOTHER_PLAN.test(right)),
    reviewWhen(
      ({ matched, right }) => /ed$/.test(matched) && /^ from (?!you|this|these|the|all|it|here|everything)/.test(right),
    ),
    reviewWhen(({ isQuestion, left }) => isQuestion && /^ ?$/.test(left)),
  ),
  removal(
    [
      '\\bblock(?:ing|ed)? (?:you|your|this number|yall)\\b',
      '«(?:(?:bye|goodbye|and|ok|done|also|you are|number) )*(?:blocked|blocking)»',
      '\\bblock(?:ed)? and report(?:ed)?\\b|\\breported and blocked\\b',
      '\\b(?:you|(?:this|your) number) (?:are|have been|has been|is|will be|got)(?: (?:now|being|getting))*' +
        ' (?:blocked|reported)\\b(?! in\\b)',
    ],
    unlessNegated,
    reviewMistakes,
    dropWhen(
      ({ left, right }) =>
        /\b(?:truck|car|is|are|was|crew|van|dumpster) $/.test(left) ||
        /^ (?:driveway|drain|view|road|street|wall|way)/.test(right),
    ),
  ),
];

/** "Cross my name off hun": off what is not said, or in words that no rule knows. */
const UNCLEAR_REMOVAL: Rule = rulesOf({ family: 'removal', language: 'en', verdict: 'review' })(
  [
    `\\b(?:cross|crossing|scratch|scratching|strike|take|taking|leave|leaving|keep|pull|yank|get) (?:${SELF}|mom|dad|mama|grandma) (?:off|out)\\b`,
    '\\b(?:not|no)(?: \\w+){0,3} be (?:on|in) (?:this|it|these|the list)(?: anymore)?»',
    `\\b(?:left|taken|crossed) off(?: of)? (?:this|these|it|your)\\b`,
    '\\bremove please\\b',
  ],
  unlessNegated,
  fromService,
  dropWhen(({ right }) =>
    /^ (?:a|an|one|two|some|\\d+|the (?!list|loop|texts|messages)|at|for|on|in|early|of (?:the )?(?:way|here|town|work))\\b/.test(
      right,
    ),
  ),
);

/** "Remove Angela from your list": whoever that is, somebody wants it; things and days are taken off lists of work. */
const NAMED_REMOVAL: Rule = rulesOf({ family: 'removal', language: 'en', verdict: 'review' })(
  [
    `\\b(?:${REMOVE}|${TAKE_OFF}|${GET_OFF}) (?!the |a |an |that |this |these |those |your |item |it |${DAY_OR_TIME} )(?:\\w+ ){1,3}(?:off|from|out of)(?: of)? your (?:\\w+ )?` +
      `${oneOf('lists? mailings? database contacts records system texts? messages rotation')}\\b`,
  ],
  unlessNegated,
);

const REMOVAL_WORDS =
  /\b(?:remove|removed|delete|take|off|get|unenroll|blocked|blocking|block|it|this|today|number|phone|list|from|the|asap)\b/g;

/** "please remove", "so delete thanks": the verb with polite filling and nothing else to act on. */
const isBareRemoval = (clause: string): boolean => !isNegated(clause) && speaksToUs(clause.replace(REMOVAL_WORDS, ''));

const FOR_THE_ITEM = /^ (?:for|item|about|of|that|with)\b/;

const NUMBER_REMOVAL: readonly Rule[] = [
  rulesOf({ family: 'number_removal', language: 'en', verdict: 'opt_out' })(
    [
      `\\b${oneOf(`
        lose loose forget erase delete trash burn ditch toss throw_away throw_out get_rid_of dispose_of discard drop`)} ` +
        `(?:you (?:have|had|ever had) )?(?:my|this|our|the) ${PHONE_KIND}(?:number|numbers|contact|digits|info` +
        '|cell|line)\\b',
    ],
    unlessNegated,
    onlyTowardsUs,
    dropWhen(({ matched, right }) => / the /.test(matched) && FOR_THE_ITEM.test(right)),
    reviewNewNumber,
  ),
  rulesOf({ family: 'number_removal', language: 'en', verdict: 'opt_out' })(
    ['\\bthrow (?:my|this) number (?:away|out)\\b'],
    unlessNegated,
    onlyTowardsUs,
  ),
];

const CONSENT = '(?:consent|permission|authorization|authorisation|opt in|authority)';
const FOR_ANOTHER_ACT = new RegExp(
  `^ to (?!${BOTHER}|be (?:texted|contacted|messaged|called)|send|use my (?:number|phone|cell)|have my` +
    ' (?:number|phone)|keep)',
);
const ABOUT_TEXTS = occurs(
  `^ (?:\\w+ ){0,2}(?:${MESSAGES}|${CONTACTS}|${LIST}|${oneOf(`
    this these receiving getting being please thanks thank now number immediately anymore future`)})\\b`,
);

const revocation = rulesOf({ family: 'revocation', language: 'en', verdict: 'opt_out' });

const REVOCATION: readonly Rule[] = [
  revocation(
    [
      '\\b(?:(?:revok|withdraw|withdr|rescind|retract|terminat|cancel|pull)\\w*|take back|taking back) ' +
        `(?:(?:my|all|any|our|the|that|of|previous|prior|express|written|sms|text|messaging) )*${CONSENT}\\b`,
      `«${CONSENT} (?:is )?(?:denied|refused)(?= [|?]| $)`,
      `\\b${CONSENT}(?: to (?:text|call|contact|message)(?: me| us)?)? (?:is |has been |was )?(?:hereby )?(?:revoked|withdrawn|rescinded)\\b`,
      '\\b(?:do not|does not|did not|never|no longer|not)(?: (?:ever|you|even))* ' +
        '(?:have|has|had|give|gave|given|grant|granted|got|get)(?: (?:you|anyone|yall))? (?:my |our |any |the' +
        ` )?${CONSENT}\\b`,
      `\\b(?:(?:have|has|had|given) no|(?:no one|nobody) gave you(?: any)?) ${CONSENT}\\b`,
      '\\b(?:do not|did not|does not|have not|never|no longer)(?: ever)? consent(?:ed)?\\b',
      '\\bno consent (?:was |is )?(?:given|granted)\\b',
      `\\bwithout (?:my|our|any) ${CONSENT}\\b`,
      `\\b(?:take|taking|took) back my (?:ok|okay|yes|permission)\\b`,
      `\\b(?:(?:do|did|have) not|never|no longer) (?:authorized?|permit(?:ted)?|allow(?:ed)?)(?: (?:you|your company|anyone) to (?:${BOTHER}|send)| (?:any|these|this|those|your|such)(?: \\w+)? ${MESSAGES}| you to use)\\b`,
      `\\bnot (?:authorized|allowed|permitted) to ${BOTHER}\\b`,
    ],
    dropWhen(({ right }) => FOR_ANOTHER_ACT.test(right) && !ABOUT_TEXTS.test(right.slice(3))),
    dropWhen(({ left, right }) => /\b(?:if|crew|they|neighbors?) $/.test(left) || /^ from (?!me|us)/.test(right)),
  ),
  revocation(
    [
      '\\bopt(?:ing|ed)?(?: (?:me|us|my number|this number|this phone|number|my phone|him|her))? out\\b(?!' +
        ' (?:fee|option|period|form|clause))',
    ],
    unlessNegated,
    reviewHypothetical,
    reviewMistakes,
    dropWhen(({ right }) => optsOutOfSomethingElse(right)),
    reviewWhen(
      ({ left, matched }) =>
        /opted/.test(matched) && /\b(?:was|were|did|got|get|have you|you|am|are) (?:i |we |you )?$/.test(left),
    ),
    reviewHypothetical,
    reviewWhen(({ isQuestion, left }) => isQuestion && /^ ?$/.test(left)),
  ),
];

/** "Opt out of the extended warranty" leaves a plan, not our texts. */
function optsOutOfSomethingElse(right: string): boolean {
  const object =
    /^ (?:of|from)(?: (?:the|your|this|these|that|those|all|any|our|my|it|everything|future|further))* ?(.*)$/.exec(
      right,
    )?.[1];
  return object !== undefined && object.trim() !== '' && !ABOUT_TEXTS.test(` ${object}`);
}

export const REMOVAL_RULES: readonly Rule[] = [
  ...REVOCATION,
  ...REMOVAL,
  ...NUMBER_REMOVAL,
  NAMED_REMOVAL,
  UNCLEAR_REMOVAL,
];
