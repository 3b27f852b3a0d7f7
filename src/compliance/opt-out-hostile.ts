import { dropWhen, occurs, oneOf, type Rule, reviewWhen, rulesOf } from './opt-out-rules.ts';
import { MESSAGES, onlyTowardsUs, unlessNegated } from './opt-out-vocabulary.ts';

/** English complaints to authorities and lawyers, and hostile dismissals. */

const legal = rulesOf({ family: 'legal', language: 'en', verdict: 'opt_out' });

/** A lawyer who reads the contract is part of the job; one who hears about our texts is not. */
const PAPERS = occurs(
  '\\b(?:contract|deed|closing|title|invoice|documents?|agreement|paperwork|easement|settlement|escrow' +
    '|review\\w*|copy|docs)\\b',
);
/** "I was about to report you, but you fixed it". */
const ALMOST = /\b(?:almost|nearly|about to|thought of|tempted to)(?: \w+)? $/;
const LAWYER = '(?:my|our|a|an) (?:lawyer|attorney)s?';

/** Long runs of a letter are shortened: "the bbb" arrives as "the b". */
const LEGAL: readonly Rule[] = [
  legal(
    [
      '\\b(?:tcpa|fcc|ftc|dnc)\\b(?! (?:tower|license|approved|certified))',
      '\\b(?:telephone )?consumer protection act\\b',
      '\\bfederal (?:trade|communications) commission\\b',
      '\\b(?:do not|no) (?:call|text|contact|solicit)s?(?: (?:or|and) (?:call|text|contact))? (?:list|lists' +
        '|registry|register)\\b',
      `\\b(?:report|complain|complaint|fil(?:e|ed|ing)|call|calling|contact|contacting|told|tell|telling|notify|notifying|writing)(?:ing|ed|ty)?(?: \\w+){0,5} (?:attorney general|bbb|better business bureau)\\b`,
      '\\b(?:report|complain|complaint|filed?|filing|reported|calling|contacting)(?: \\w+){0,5} (?:with|to|the) b»',
      '\\breport(?:ing|ed)? (?:you|your|yall|this number)\\b',
      '«(?:you (?:are|will be|have been) )?reported»',
      '\\breport(?:ing|ed)?(?: (?:this|you|it|these))* to (?:my |the |your )?(?:carrier|phone company|provider|verizon|tmobile|authorities|police|state|google|apple)\\b',
      `\\b(?:report|flag|mark)(?:ing|ed|ged|ging)?(?: ${oneOf(`
        this it these them you number text texts message to the all of`)})* ` +
        `${oneOf('(?:as|for)_(?:spam|junk|scam|phishing|harassment) spam(?!_folder) fcc ftc attorney_general carrier')}\\b`,
      '\\b(?:forward|report|send)\\w*(?: \\w+){0,3} 7726\\b|\\b(?:to|with) the (?:state )?attorney general\\b|\\bon the (?:national|state|federal) registry\\b|\\bwill?ful violations?\\b',
      '\\bowes? (?:me|us) (?:\\w+ ){1,3}(?:for (?:each|every)|apiece|per (?:text|message))\\b|\\bi sue»',
      '\\b(?:sue|suing|sued) (?:you|your|yall)\\b|\\b(?:will|going to|can|could) sue»',
      '\\b(?:legal action|take you to court|see you in court|small claims|class action|restraining order' +
        '|press(?:ing)? charges)\\b',
      '\\bhar+ass(?:ment|ing|ed)\\b(?! (?:training|policy|policies))',
      `\\b(?:illegal|unlawful|unsolicited|against the law)\\b(?: \\w+){0,3} (?:${MESSAGES}|text|contact|message)\\b`,
      `\\b(?:${MESSAGES}|texting me|this) (?:is|are)(?: \\w+){0,2} (?:illegal|unlawful|unsolicited|against the` +
        ' law|a violation)\\b',
    ],
    unlessNegated,
    dropWhen(({ right }) => /^ (?:missing|absent|late)\\b/.test(right)),
    reviewWhen(({ left, matched, isQuestion }) => ALMOST.test(left) || (isQuestion && /^har/.test(matched))),
  ),
  legal(
    [
      `\\b${oneOf(`
        call contact talk speak hear get involve see consult notify turn forward send retain hire forwarded goes`)}` +
        '(?:ing|ting|ed|ring)?' +
        `(?: (?:this|it|you|to|with|from|over|these|texts))* ${LAWYER}\\b`,
      `\\b${LAWYER} (?:will|is going to|can) (?:be|contact|call|sue|deal|handle|hear)\\b`,
      `\\b(?:text|texts|message|messages|call|contact|you)\\b(?: \\w+){0,6} ${LAWYER}\\b`,
    ],
    unlessNegated,
    dropWhen(({ message }) => PAPERS.test(message.clauses)),
  ),
];

const LEGAL_HINTS: readonly Rule[] = [
  rulesOf({ family: 'legal', language: 'en', verdict: 'review' })(
    [
      '\\b(?:you|this|it) (?:are|is) (?:breaking|violating|against) (?:the |federal |state |my )*(?:laws?|rights|privacy)\\b',
      '\\byou(?: (?:are|have|people))* (?:violating|violated|breaking|in violation)\\b',
      `\\bone more (?:${MESSAGES})(?: \\w+){0,3} (?:and|or|i|we|you|goes)\\b`,
      '\\bi (?:have|know) (?:a|an) (?:good |great )?(?:lawyer|attorney)\\b',
    ],
    dropWhen(({ message }) => PAPERS.test(message.clauses)),
  ),
];

const hostile = rulesOf({ family: 'hostile', language: 'en', verdict: 'opt_out' });

const DISMISSAL = oneOf(`
  go_away go_(?:the_)?(?:fuck|hell|f|tf)_away (?:go_)?bother_(?:somebody|someone)_else(?:_about_\\w+(?:_\\w+)?)? get_lost buzz_off bug_off bugger_off piss_off f_off f_k_off fuck_off eff_off screw_off back_off kick_rocks beat_it get_bent
  drop_dead go_to_hell suck_it shove_it fuck_you f_you screw_you f_u gtfo gfy fu go_(?:f|fuck|fucking|screw|eff|f_ck)_(?:yourself|yourselves) kiss_my_ass eat_shit bite_me shut_up stfu up_yours
  eff_you f_ck_off f_ck_you (?:go_)?fuck_yourself take_a_hike fuck_u get_fucked get_a_life screw_u`);
const ADDRESS = oneOf(`
  please now already and with all of you guys people assholes? bitch spammers? scammers? bro dude man losers? fuckers? scum forever
  stop leave remove do not never your this these lol come back ever again`);
const OURS = `my ${oneOf('wife husband family phone mom dad mother father parents kids')}`;

const HOSTILE: readonly Rule[] = [
  hostile(
    [
      `\\bleave (?:me|us|him|her|${OURS}|this (?:number|phone|line|lady|woman|man)|my phone|an old \\w+)(?: \\w+){0,3} (?:alone\\b|be»|in peace\\b)`,
      '\\bstfu\\b|«(?:(?:please|just|pls|can you|you) )*let (?:me|us) be(?: please)?»',
      '\\bget (?:off my (?:phone|back|case)|out of my (?:phone|inbox|life))\\b',
    ],
    unlessNegated,
    dropWhen(({ left }) => /\b(?:i will|we will|i|we|will you|did you|did they) $/.test(left)),
  ),
  hostile(
    [`\\b${DISMISSAL}(?: ${ADDRESS})*»`, '«(?:fuck|piss|f) off\\b|«(?:fuck|screw|f|eff|f k|fck) you\\b|«go to hell\\b'],
    unlessNegated,
    onlyTowardsUs,
  ),
];

export const HOSTILE_RULES: readonly Rule[] = [...LEGAL, ...HOSTILE, ...LEGAL_HINTS];
