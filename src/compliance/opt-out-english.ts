import { type Guard, type Rule, wordPattern, wordTest } from './opt-out-rules.ts';
import {
  BETWEEN,
  BOTHER,
  BOTHERING,
  BY_MISTAKE,
  CONTACTS,
  DAY_OR_TIME,
  isNegated,
  isOwnAction,
  MESSAGES,
  SERVICE_OBJECT,
  speaksToUs,
} from './opt-out-vocabulary.ts';

/** English requests to stop that do without a cease verb: removal, refusal, negative imperatives, revocation, complaints. */

const unlessNegated: Guard = ({ left }) => (isNegated(left) ? 'nothing' : undefined);
const reviewMistakes: Guard = ({ message }) => (BY_MISTAKE.test(message.clauses) ? 'review' : undefined);
const onlyTowardsUs: Guard = ({ left }) => (speaksToUs(left) && !isOwnAction(left) ? undefined : 'nothing');

const rule =
  (family: Rule['family'], ...guards: readonly Guard[]) =>
  (source: string): Rule => ({ family, language: 'en', verdict: 'opt_out', pattern: wordPattern(source), guards });

const LIST = '(?:list|lists|mailing list|mailings?|database|databases|system|systems|records|contacts|files?|rotation|thread|distribution|campaign|register|text list|texts?|messages?|phone|books?)';
const SELF = '(?:me|us|myself|my (?:wife|husband|mom|dad|mother|father|family)|(?:my|our|this|the|that|his|her|their|his or her) (?:name and |name and phone )?(?:cell |phone |mobile |cell phone |contact |home )?(?:number|numbers|name|phone|cell|line|info|information|contact|contacts|details|data|profile|digits|email))';
const FROM_SERVICE = wordTest(
  `^ ?(?:off|from|out of|on|for|off of)?(?: (?:of|the|your|this|that|our|my|tomorrows|todays|next))* ?(?:\\w+ )?(?:${SERVICE_OBJECT}|${DAY_OR_TIME}|guard|hold|speaker)\\b`,
);
const unlessService: Guard = ({ right }) => (FROM_SERVICE.test(right) ? 'nothing' : undefined);

const REMOVAL: readonly Rule[] = [
  ...[
    `\\b(?:remove|delete|erase|scrub|purge|exclude|unsubscribe|unenroll|unregister|deregister|omit|eliminate|wipe|clear) (?:(?:please|just|all|of) ){0,2}${SELF}\\b`,
    `\\b(?:take|get|drop|pull|leave|keep|cross|scratch|strike|cut|put) (?:(?:please|just) )?${SELF} (?:please |the (?:hell|fuck|f) |completely )?(?:off|out of|from)\\b`,
    `\\b(?:remove|removed|delete|deleted|taken|drop|dropped|get|come|be|want|need|go|step) (?:from|off|off of|out of) (?:of )?(?:all |any )?(?:your|this|the|that|these|all|any|yalls) (?:\\w+ ){0,2}${LIST}\\b`,
    '\\b(?:want|wish|like|need|asked|ask|asking|requested|requesting|request|demand|demanding|please|prefer|have) (?:to be |to have |to get |me |be |us |it |my (?:number|name|info) |this number )+(?:removed|unsubscribed|deleted|taken off|opted out|blocked)\\b',
    '«(?:\\w+ ){0,6}off (?:of )?(?:your|this|ur|all|any|these) (?:\\w+ ){0,2}(?:list|lists|mailing list|thread|database)\\b',
  ].map(rule('removal', unlessNegated, unlessService, ({ left }) => (/\b(?:did|was|were|when|have) (?:i|we|you|they)(?: get| been)? $/.test(left) ? 'nothing' : undefined))),
  ...[
    '«(?:\\w+ ){0,5}?(?:remove|delete|take off|get off|unenroll|blocked|block)(?: (?:please|now|thanks|thank you|immediately|asap|it|this|today|number|list|from list|from the list|phone number|off|and))*»',
  ].map(rule('removal', ({ left, matched }) => (isBareRemoval(left + matched) ? undefined : 'nothing'))),
  ...[
    '\\bunsubscribe\\b',
    '\\b(?:i|we|have|already|had)(?: (?:have|already|just|been|had|has))* unsubscribed\\b|«unsubscribed»|\\bunsubscribed (?:already|me|us|before|multiple|many)\\b',
  ].map(rule('removal', unlessNegated, reviewMistakes)),
  ...[
    '\\b(?:block|blocking|blocked) (?:you|your|this number|this|these|them|yall)\\b|\\bblocked and reported\\b|\\bblock and report\\b|\\breported and blocked\\b|\\b(?:you are|number is|getting|get|been) (?:blocked|reported)\\b',
  ].map(rule('removal', ({ left, right }) => (/\b(?:truck|car|is|are|was|crew|van|dumpster) $/.test(left) || /^ (?:driveway|drain|view|road|street|wall|way)/.test(right) ? 'nothing' : undefined), unlessNegated)),
];

/** "please remove", "so delete thanks": the verb with polite filling and nothing to act on. */
const isBareRemoval = (clause: string): boolean =>
  speaksToUs(clause.replace(/\b(?:remove|delete|take|off|get|unenroll|blocked|block|now|immediately|asap|it|this|today|number|phone|list|from|the)\b/g, ''));

const TIME_PREFERENCE = wordTest(
  `^(?: \\w+){0,3} (?:before|after|until|till|til|while|during|at (?:night|work|home|\\d+|noon|midnight|church|this hour|this time)|on (?:the )?(?:weekends?|sundays?|saturdays?|\\w+days?)|past \\d+|when|if|unless|between|in the (?:morning|evening|afternoon|middle)|early|late|so (?:late|early)|this (?:late|early)|${DAY_OR_TIME}|right now)\\b`,
);
const FOR_GOOD = wordTest('\\b(?:anymore|any more|again|ever|never|no longer|another)\\b');
const PREFERS_TEXT = wordTest('\\b(?:text|message|texts|texting|messages)(?: (?:me|us|is|are|works|work|only|instead|please|fine|ok|okay|better|best|preferred))|(?:by|via|prefer|just|only|rather) (?:text|texts|texting|message)\\b');
const PREFERS_CALL = wordTest('\\b(?:call|phone|email|ring)(?: (?:me|us|is|instead|only|please|my|works|better))|(?:by|via|prefer|just|only|rather|give me a) (?:call|calls|calling|phone|email)\\b');

const OTHERS_DO = wordTest('\\b(?:i|we|they|he|she|it|who|that|which|crew|guys|why)(?: (?:really|usually|just|also|always))* $|\\b(?:did|does|do|if|when|sorry|how come) you $|«you $');
const INSTRUCTED = wordTest('\\b(?:want|need|prefer|rather|like|asked|told|said|ask|request)(?: (?:that|you|if|it|please))* $');

const unlessTimeOrChannel: Guard = ({ left, matched, right, message }) => {
  if (FOR_GOOD.test(`${left}${matched}${right}`)) return undefined;
  if (TIME_PREFERENCE.test(right)) return 'nothing';
  const rest = message.clauses.replace(matched, ' ');
  const onlyCalls = /\b(?:call|phone|calling)\b/.test(matched) && !/\b(?:text|message|contact|sms)/.test(`${matched}${right}`);
  if (onlyCalls && PREFERS_TEXT.test(rest)) return 'nothing';
  return !onlyCalls && PREFERS_CALL.test(rest) ? 'review' : undefined;
};

const NEVER = '(?:do not|never|no longer|not to|not|can you not|could you not|no need to)';
const TARGET =
  '(?: (?:me|us|this number|this phone|this line|this|my phone|my number|my cell|here|anymore|any more|again|ever|please|thanks|thank you|my wife|my husband|my mom|my dad)\\b| (?:or|and|nor) (?:text|call|message|contact|email)|»)';

const IMPERATIVES: readonly Rule[] = [
  ...[
    `\\b${NEVER} (?:(?:you|ever|even|dare|please|keep|be|continue|to|again|try|bother|just|fucking) ){0,3}(?:${BOTHER}|${BOTHERING})(?: or (?:${BOTHER}|${BOTHERING}))*${TARGET}`,
  ].map(rule('negative_imperative', ({ left, matched }) => {
    if (INSTRUCTED.test(left)) return undefined;
    if (/^no need|^not /.test(matched) && !/^not to /.test(matched) && !FOR_GOOD.test(matched) && !/\b(?:please|you|could|can) $/.test(left)) return 'nothing';
    if (OTHERS_DO.test(left)) return 'nothing';
    return isOwnAction(left) ? 'nothing' : undefined;
  }, unlessTimeOrChannel)),
  ...[
    `\\b(?:do not|never|no longer|not|stop) (?:(?:you|ever|even|please|keep|to|again|be) ){0,2}(?:send|sending)(?: (?:me|us|to me|to us|to this number|to my (?:phone|cell)|this number))?(?: (?:any|anymore|any more|more|these|those|this|your|the|such|further|other|stupid|of|dumb|so many|all|text|spam|sales|marketing|promotional))*(?: (?:${MESSAGES}|${CONTACTS}|anything|stuff|crap|shit|nothing|bs)\\b|»| (?:please|again|anymore)\\b)`,
    `\\b(?:do not|not|never|no longer) (?:(?:really|even|ever|do) )?(?:want|need|wish|like|care for|appreciate) (?:for )?(?:you|anyone|anybody|your company|people|companies)(?: (?:guys|all|people))? (?:to )?(?:keep )?(?:${BOTHER}|${BOTHERING}|send|sending|to send)\\b`,
  ].map(rule('negative_imperative', ({ left }) => (/\b(?:i|we|they|he|she|it|who) $/.test(left) && !/not $/.test(left) && !/\b(?:i|we) $/.test(left) ? 'nothing' : undefined), ({ left, matched }) => (/send/.test(matched) && !/want|wish|need|like/.test(matched) && OTHERS_DO.test(left) ? 'nothing' : undefined), unlessTimeOrChannel)),
];

const UNWANTED = '(?:do not|did not|does not|no longer|not|never)(?: (?:really|even|ever|actually|currently|at all))* (?:want|wanted|wish|need|care|like|desire|looking|interested in|interested|ask|asked|wanting|trying)';
const DETERMINED = '(?:(?:any|anymore|any more|more|of|your|these|those|this|the|such|further|future|you|so many|random|unwanted|unsolicited|for|in|all|text|sms|spam|sales|marketing|promotional|stupid|kind|type|sort|a|additional|receiving|getting|other) ){0,5}';

const STILL_WANTED = wordTest('\\b(?:miss|lose|stop getting|stop receiving)\\b');

const REFUSALS: readonly Rule[] = [
  ...[
    `\\b${UNWANTED} (?:to )?(?:(?:get|be getting|receive|be receiving|keep getting|keep receiving|continue getting|continue receiving|continue to receive|continue to get|see|have|read|accept|the) )?${DETERMINED}(?:${MESSAGES}|calls|updates|reminders|offers|emails|deals|coupons|specials|surveys|phone calls|contact)\\b`,
    `\\b${UNWANTED} (?:to )(?:get|be getting|receive|be receiving|keep getting|keep receiving|continue getting|continue receiving|continue to receive|hear)(?: (?:these|those|this|them|anything|it|any|anymore|any more|more|of|stuff|from (?:you|your|yall|this|acme)))+»`,
    `\\b${UNWANTED} (?:to )(?:hear (?:from you|from your|from yall|from anyone|anything)|be (?:texted|contacted|messaged|called|bothered|spammed|solicited|disturbed|harassed|emailed|on (?:your|this|the|any|a) (?:\\w+ )?(?:list|database|thread))|communicate|talk to you|have any(?: more)? contact)\\b`,
    `\\b${UNWANTED} (?:any more of|anymore of|more of|any of|anymore|any more) (?:these|those|this|them|your stuff)»`,
  ].map(rule('refusal', ({ matched, left }) => (STILL_WANTED.test(matched) ? 'nothing' : /\b(?:did|do|if) you $/.test(left) ? 'nothing' : undefined), unlessTimeOrChannel)),
  ...[
    `\\bno more (?:of )?(?:(?:your|these|the|those|this|stupid|fucking|annoying|damn|text|sms|spam|sales|marketing|promotional|unwanted) )*(?:${MESSAGES}|${CONTACTS})\\b`,
    '«(?:please )?no more(?: (?:please|thanks|thank you|pls|now|of (?:this|these|those|that)|ok|ever))+»',
    `«(?:(?:please|just|ok|hi|and|thanks) )*(?:no|zero) (?:${MESSAGES}|contact|calls or texts|texts or calls|calls and texts|texting or calling)(?: (?:or|and|please|thanks|thank you|to|this|number|me|my|phone|ever|again|anymore|at|all|calls|texts|messages|emails|calling|texting))*»`,
  ].map(rule('refusal', ({ left, right }) => (/\b(?:have|has|got|get|getting|are|is|was|were|see|received|be|there|had|saw|with|gets)(?: \w+)? $/.test(left) || /^ (?:from (?:me|us|my)|on (?:my|our)|until|today|since|left|yet)\b/.test(right) ? 'nothing' : undefined))),
];

const NUMBER_REMOVAL: readonly Rule[] = [
  ...['\\b(?:lose|loose|forget|erase|delete|trash|burn|ditch|toss) (?:you (?:have|had|ever had) )?(?:my|this|our|the) (?:cell |phone |mobile |contact )?(?:number|numbers|contact|digits|info|cell|line)\\b'].map(
    rule('number_removal', unlessNegated, onlyTowardsUs),
  ),
];

const DOCUMENTS = wordTest('\\b(?:contract|deed|closing|title|invoice|documents?|agreement|paperwork|closing|easement|settlement|escrow|review\\w*|copy)\\b');

const LEGAL: readonly Rule[] = [
  ...[
    '\\b(?:tcpa|fcc|ftc|dnc)\\b|\\btelephone consumer protection\\b|\\bfederal (?:trade|communications) commission\\b',
    '\\b(?:do not|no) (?:call|text|contact|solicit|calls?|texts?)(?: (?:or|and) (?:call|text|contact))? (?:list|registry|register|lists)\\b',
    '\\b(?:report|reporting|reported) (?:you|your|yall)\\b|\\b(?:report|reporting|reported|flagged|flagging|marked|marking|mark)(?: (?:this|it|these|them|you|number|text|texts|message|as|for|to|the|all|of))* (?:spam|junk|scam|phishing|harassment|fcc|ftc|police|authorities|attorney general|carrier|bbb)\\b',
    '\\b(?:sue|suing|sued) (?:you|your|yall|acme)\\b|\\b(?:will|going to|can|could|gonna) sue»|\\b(?:press|pressing|file|filing) (?:charges|suit)\\b|\\b(?:legal action|take you to court|see you in court|small claims|class action|restraining order)\\b',
    '\\bharass(?:ment|ing|ed|es)?\\b|\\bharrass\\w*',
    `\\b(?:illegal|unlawful|unsolicited|against the law)\\b(?: \\w+){0,3} (?:${MESSAGES}|text|contact|message)\\b|\\b(?:${MESSAGES}|texting me|this) (?:is|are)(?: \\w+){0,2} (?:illegal|unlawful|unsolicited|against the law|a violation)\\b`,
  ].map(rule('legal', unlessNegated)),
  ...[
    '\\b(?:call|calling|contact|contacting|contacted|talk|talking|speak|speaking|hear|hearing|get|getting|involve|involving|see|seeing|consult|consulting|notify|notifying|turn|turning|forward|forwarding|send|sending|retain|hire)(?: (?:this|it|you|to|with|from|over|these|texts))* (?:my|our|a|an) (?:lawyer|attorney|lawyers|attorneys)\\b',
    '\\b(?:my|our) (?:lawyer|attorney)s? (?:will|is going to|can) (?:be|contact|call|sue|deal|handle|hear)\\b',
  ].map(rule('legal', unlessNegated, ({ message }) => (DOCUMENTS.test(message.clauses) ? 'nothing' : undefined))),
];

const HOSTILE_DISMISSAL = [
  'go away', 'get lost', 'buzz off', 'bug off', 'bugger off', 'piss off', 'f off', 'fuck off', 'eff off', 'screw off', 'back off', 'kick rocks', 'beat it',
  'get bent', 'drop dead', 'go to hell', 'shove it', 'fuck you', 'f you', 'screw you', 'f u', 'gtfo', 'gfy', 'fu', 'kiss my ass', 'eat shit', 'bite me',
  'shut up', 'stfu', 'up yours', 'eff you', 'f ck off', 'f ck you', 'fuck yourself', 'go fuck yourself', 'take a hike', 'fuck u', 'get fucked', 'get a life', 'not welcome',
].join('|');

const HOSTILE: readonly Rule[] = [
  ...['\\bleave (?:me|us|my (?:wife|husband|family|phone|mom|dad|mother|father|parents|kids)|him|her)(?: \\w+){0,3} alone\\b', '\\bgo fuck yourself\\b|\\bget off my (?:phone|back|case)\\b|\\bget out of my (?:phone|inbox|life)\\b'].map(
    rule('hostile', unlessNegated, ({ left }) => (/\b(?:i will|we will|i|we|will you|did you|did they) $/.test(left) ? 'nothing' : undefined)),
  ),
  ...[`\\b(?:${HOSTILE_DISMISSAL})(?: (?:please|now|already|and|with|all|of|you|guys|people|asshole|assholes|bitch|spammer|spammers|scammer|scammers|bro|dude|man|loser|losers|fucker|fuckers|scum|forever|stop|leave|remove|do|never|your|this|these|lol))*»`, '«(?:fuck|piss|f) off\\b|«(?:fuck|screw) you\\b|«go to hell\\b|«go away\\b'].map(
    rule('hostile', unlessNegated, onlyTowardsUs),
  ),
];

const CONSENT = '(?:consent|permission|authorization|authorisation|opt in|authority)';
const FOR_OTHER_ACTS = new RegExp(`^ to (?!${BOTHER}|be (?:texted|contacted|messaged|called)|send|use my (?:number|phone|cell)|have my (?:number|phone)|keep)`);

const REVOCATION: readonly Rule[] = [
  ...[
    `\\b(?:revok|withdraw|withdr|rescind|retract|terminat|cancel|pull)\\w* (?:(?:my|all|any|our|the|that|of|previous|prior|express|written|sms|text|messaging) )*${CONSENT}\\b|\\b${CONSENT} (?:is |has been |was )?(?:hereby )?(?:revoked|withdrawn|rescinded)\\b`,
    `\\b(?:do not|does not|did not|never|no longer|not)(?: (?:ever|you|even))* (?:have|has|had|give|gave|given|grant|granted|got|get)(?: (?:you|anyone|yall))? (?:my |our |any |the )?${CONSENT}\\b`,
    '\\b(?:do not|did not|does not|never|no longer)(?: ever)? consent(?:ed)?\\b',
    `\\bwithout (?:my|our|any) ${CONSENT}\\b`,
  ].map(rule('revocation', ({ right }) => (FOR_OTHER_ACTS.test(right) ? 'nothing' : undefined), ({ left }) => (/\b(?:without|why|if|crew|they|neighbor|neighbors) $/.test(left) ? 'nothing' : undefined))),
  ...['\\bopt(?:ing|ed)?(?: (?:me|us|my number|this number|this phone|number|my phone|him|her))? out\\b'].map(
    rule('revocation', unlessNegated, reviewMistakes, ({ left, matched, right }) => {
      const object = /^ (?:of|from)(?: (?:the|your|this|these|that|those|all|any|our|my|it|everything|future|further))* ?(.*)$/.exec(right);
      const about = object?.[1] ?? '';
      if (object !== null && about !== '' && !OPTS_OUT_OF_TEXTS.test(` ${about}`)) return 'nothing';
      return /opted/.test(matched) && /\b(?:was|were|did|got|get|have you|you|am|are) (?:i |we |you )?$/.test(left) ? 'review' : undefined;
    }),
  ),
];

const OPTS_OUT_OF_TEXTS = wordTest(`^ (?:\\w+ ){0,2}(?:${MESSAGES}|${CONTACTS}|list|lists|program|campaign|this|these|receiving|getting|being|please|thanks|thank|now|number|thread|group|chat|immediately|anymore)\\b`);

/** In the order in which they name the finding when several apply. */
export const ENGLISH_RULES: readonly Rule[] = [
  ...REVOCATION,
  ...REMOVAL,
  ...NUMBER_REMOVAL,
  ...IMPERATIVES,
  ...REFUSALS,
  ...LEGAL,
  ...HOSTILE,
];

export const BETWEEN_CEASE_AND_OBJECT = BETWEEN;
