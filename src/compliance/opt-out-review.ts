import type { InboundText } from './normalise-inbound.ts';
import { dropWhen, type Finding, firstFinding, type Guard, occurs, oneOf, type Rule, rulesOf } from './opt-out-rules.ts';
import { findSoftRefusal } from './opt-out-soft-refusal.ts';
import { BOTHER, BOTHERING, DAY_OR_TIME, LAUGHTER, MESSAGES, SERVICE_OBJECT } from './opt-out-vocabulary.ts';

/** Replies that may or may not ask us to stop: campaigns wait for this contact until a person has decided. */

const of = (family: Rule['family'], language: Rule['language'] = 'en') => rulesOf({ family, language, verdict: 'review' });

const GOES_ON = occurs(`\\b(?:but|instead|reschedule|rather|can you|could you|would you|when can|how much|yes to|pero|puede\\w*)\\b`);
/** Somebody who also asks for work is still talking to us. */
const unlessGoesOn: Guard = dropWhen(({ message }) => GOES_ON.test(message.clauses));

const AFTERTHOUGHT = `(?: ${oneOf(`
  anymore any_more now right_now at_this_time at_the_moment at_this_point currently yet today this_year please thanks thank_you sorry
  either though for_us for_me from_you lol man sir maam guys dude bro again honestly ok okay then all here for_now time`)})*»`;

const IDENTITY: readonly Rule[] = [
  of('identity_question')([
    `«(?:\\w+ ){0,4}(?:${oneOf(`
      who_is_this who_dis who_the_(?:fuck|hell|heck)_is_this who_are_you(?:_guys)? who_is_texting(?:_me)? do_i_know_you
      who_is_this_(?:from|again|texting|number|person) new_phone_who_dis what_company_is_this what_number_is_this
      what_is_this(?:_in)?(?:_about|_regarding|_for|_regards_to|_reference_to)?`)})${AFTERTHOUGHT}`,
    '\\b(?:how|where) (?:did|do|have) (?:you|yall) (?:guys )?(?:get|find|have|got|getting) (?:my|this|our|me) (?:\\w+ )?(?:number|info|information|name|contact|phone|cell|data)\\b',
    '\\bwho gave you (?:my|this|our)\\b|\\bhow you (?:get|got) my (?:number|info|name)\\b',
    '\\b(?:do not|never)(?: even)? (?:know|heard of|recognize) (?:you|who (?:you are|this is)|this number|your company|this company)\\b',
    '\\bno (?:idea|clue) who (?:this|you)\\b|\\b(?:have|got) the wrong house\\b',
    '\\b(?:is|are) (?:this|you|it|these) (?:\\w+ ){0,5}(?:scam|spam|legit|bot|robot)\\b',
  ]),
  of('identity_question')(
    [
      '\\bwhy (?:are|do|did|am|is|would|were) (?:you|i|we|yall|they|this number)(?: (?:guys|people|still|keep|always|even|constantly))* ' +
        `(?:${oneOf('get getting got receiving receive texting text contacting contact messaging message bothering')}|` +
        'sending me (?:this|these|texts|messages)|on (?:this|your) list)\\b',
    ],
    dropWhen(({ matched, right }) => /(?:get|getting|got|receive|receiving)$/.test(matched) && !GETTING_TEXTS.test(right)),
  ),
  of('identity_question', 'es')([
    '\\b(?:como|de donde|donde) (?:consigui|obtuv|sac|tiene|encontr|agarr)\\w* (?:mi|este) (?:numero|telefono|contacto|informacion)\\b',
    '\\bquien (?:le|les|te) dio mi\\b|\\bpor ?que (?:me|nos) (?:escrib|mand|envi|contact|text|lleg)\\w+',
    '«de parte de quien»',
    `«(?:\\w+ ){0,2}quien (?:${oneOf('es habla eres escribe son manda sera me_escribe me_habla me_manda es_usted')})(?: ${oneOf(`
      usted ustedes por favor disculpe este numero tu esto`)})*»`,
  ]),
];

const GETTING_TEXTS = occurs(
  `^ (?:this|these|those|it|them|so many|your|from you|texts?|messages?|all)\\b|^ *$|^ (?:\\w+ ){0,2}${MESSAGES}`,
);

const COMPLAINTS: readonly Rule[] = [
  of('complaint')([
    '\\b(?:never|did not|do not remember|do not recall|have not|not) (?:\\w+ )?' +
      `${oneOf(`
        signed_up sign_up signing_up subscribed subscribe subscribing requested asked_for ask_for opted_in opt_in enrolled
        giving_you gave_you_my give_you_my`)}(?: \\w+){0,3}(?: (?:this|these|texts|messages|anything|it|number|alerts|any|to)\\b|»)`,
    '\\bstill (?:getting|receiving|get|receive) (?:\\w+ ){0,2}(?:texts?|messages?|these|this|spam|alerts)\\b|\\bstill (?:texting|messaging) me\\b',
    `\\b(?:you|yall|they) (?:guys |people )?(?:keep|kept|keeps|continue|constantly|always) (?:on )?(?:${BOTHERING}|sending)\\b`,
    `\\b(?:too many|so many|hate|annoying|unwanted|blowing up) (?:\\w+ ){0,2}(?:texts|messages|spam|alerts|ads|notifications|phone)\\b`,
    '\\b(?:texts|messages) (?:are|is) (?:getting |so |very |really |too |quite )*' +
      '(?:annoying|excessive|unwanted|too much|bothersome|ridiculous|irritating)\\b|\\b(?:texting|text) (?:me )?(?:way )?too (?:much|often)\\b',
    `«(?:\\w+ ){0,3}(?:spam|spammers?|scam|scammers?|phishing)(?: ${oneOf(`
      texts? messages? much alert likely lol again stop calls number`)})*»`,
    '\\b(?:said|told you) no(?: (?:already|multiple|many|several|\\d+|times|twice|before|thanks))*»|\\bdid i (?:ever )?(?:sign up|subscribe|opt in)\\b',
    '\\b(?:fed up|sick|tired)(?: and tired)? (?:of|with) (?:this|you|your|it|yall)\\b|\\bwast(?:e|ing) (?:of )?my time\\b',
    '\\b(?:call|calling|contact|contacting) the (?:police|cops|sheriff|authorities)\\b|\\bcomplaint (?:with|to) the\\b',
  ]),
];

const REFUSALS: readonly Rule[] = [
  of('bare_refusal')(['\\bnot interested\\b(?! in (?:the|a|an|that) )'], dropWhen(({ message }) => / but | yes /.test(message.clauses))),
  of('bare_refusal')(
    [
      `\\b(?:no longer|not) (?:in need|in the market|looking|need|needs|needed|needing|interested|want|require)(?: ${oneOf(`
        of for your this these it any the services? help work done anything that a quote estimate to sell buy purchase`)})*${AFTERTHOUGHT}`,
      '\\bno interest\\b|\\bnot for (?:me|us)»|\\bnot at this time»|«(?:i )?changed my mind»|\\bcount (?:me|us) out\\b',
    ],
    unlessGoesOn,
  ),
  of('bare_refusal', 'es')(
    [
      '\\bno (?:me|nos) interesan?\\b|\\bno (?:estoy|estamos) interesad\\w+|\\bno interesad[oa]s?\\b',
      '«(?:\\w+ ){0,2}no (?:muchas )?gracias»|\\bya no(?: gracias)?»|\\bpor ahora no»|\\bno por (?:ahora|el momento)(?: gracias)?»',
      `\\b(?:ya )?no (?:lo |la |los )?(?:necesito|quiero|necesitamos|queremos|ocupo|requiero)(?: ${oneOf(`
        nada eso esto gracias por_favor ahora por_ahora por_el_momento sus_servicios el_servicio mas`)})*»`,
      `«(?:ya )?${oneOf(`
        suficiente ya_estuvo me_rindo dejalo dejelo dejelo_asi dejalo_asi olvidelo olvidalo estoy_bien_asi asi_estoy_bien
        equivocad[oa]`)}(?: (?:gracias|ya|por|favor|asi))*»`,
    ],
    unlessGoesOn,
  ),
];

const OWN_HOME = '(?:house|home|property|place|condo|building|farm|lot|land)';

const SITUATION: readonly Rule[] = [
  of('situation_changed')(
    [
      `\\b(?:sold|selling) (?:the|our|my|that|this) (?:\\w+ )?${OWN_HOME}\\b|\\bsold it\\b|\\b${OWN_HOME} (?:is|was|has been|got) sold\\b`,
      `\\b(?:no longer|do not|does not|never)(?: \\w+)? (?:owns?|lives?|living|reside) (?:(?:at|in|that|this|the|a|there|here|any) ?)*(?:${OWN_HOME}|anymore|area|state|homeowner)?`,
      '\\bnot my (?:house|home|property|place|number|phone)\\b|\\b(?:i|we) live in an? (?:apartment|apt|condo|rental)\\b',
      '«(?:(?:we|i|already|just|have) )*(?:had|got|have|getting) (?:it|this|that|the work) (?:fixed|done|repaired|replaced|installed|handled)' +
        '(?: (?:already|elsewhere|thanks|thank you|last|week|month|year))*»',
      '\\bnot (?:a|the|an|your) (?:home ?owner|owner|customer|client|property owner)\\b|\\bno longer (?:a |the |your )?(?:customer|client|owner|homeowner)\\b',
      '\\b(?:we|i)(?: (?:are|am|just|only|a))* (?:rent|renters?|renting|tenants?)»',
      `\\b(?:moved|relocated|moving) (?:away|out of (?:state|town|the area|there)|to another|to a different)\\b`,
      `«(?:(?:we|i|they|have|already|sorry|just) )+moved(?:»| (?:to|out of|from) (?!the (?:back|front)|${DAY_OR_TIME}))`,
      '\\b(?:hired|chose|chosen|picked|found|using|used|went|going|go|gone|signed|have|got|contracted)(?: (?:with|to|in|on|up))* ' +
        `(?:someone else|somebody else|elsewhere|(?:another|a different|other|different) ${oneOf(`
          company contractor guy crew vendor provider outfit business option route direction way`)})\\b`,
      '«(?:(?:we|i|already|have|had|just|no|sorry|thanks) )*(?:hired|found|got|have|had|went with|using|contracted|booked) ' +
        `${oneOf(`
          someone somebody a_contractor it_done it_fixed it_taken_care_of the_work_done a_company a_guy it_handled that_done
          this_done`)}(?: ${oneOf(`
          already for_(?:it|this|that|the_job|less) to_do_(?:it|this|the_work|the_job) cheaper local last week month year thanks
          thank_you now`)})*»`,
      '\\b(?:already|been) (?:taken care of|fixed|handled|done|repaired|completed|resolved)(?: (?:by|elsewhere|thanks|thank you|already)(?: \\w+){0,3})?»',
    ],
    unlessGoesOn,
    dropWhen(({ left }) => /\b(?:if|when|until|before|once|after) (?:\w+ )?$/.test(left)),
  ),
  of('situation_changed', 'es')(
    [
      '\\b(?:ya )?no soy (?:el |la )?(?:dueno|duena|propietari[oa])\\b|\\b(?:vend\\w+|se vendio) (?:la|mi|nuestra|esa) (?:casa|propiedad)\\b',
      '\\bno (?:vivo|vivimos) (?:ahi|alli|en)\\b|\\bnos (?:cambiamos|mudamos)\\b|\\bme (?:mude|cambie de casa)\\b',
      '\\bya (?:tengo|tenemos|contrat\\w+|encontr\\w+) (?:a )?(?:alguien|otr[oa]|quien|un|una|contratista|compania)\\b|\\bya (?:lo |la )?(?:arregl|repar|hicimos|termin)\\w*(?: eso)?»',
    ],
    unlessGoesOn,
  ),
];

const SERVICE_IS_NAMED = occurs(`\\b(?:${SERVICE_OBJECT}|${DAY_OR_TIME})\\b`);
const ALL_OF_IT = oneOf(`
  it that this everything all them all_of_it me my_number my_account my_membership us my_name that_one the_whole_thing all_of_them`);

const CANCELLATIONS: readonly Rule[] = [
  of('unclear_cancellation')(
    [
      `\\bcancel ${ALL_OF_IT}(?: ${oneOf('all please now thanks thank_you for_me asap immediately then ok sir')})*»`,
      `«(?:${oneOf(`
        please i we want would like need wish to ok hi hello sorry just can you have do how lets going the no yes thanks so then could
        will am`)} )*cancel(?: ${oneOf('please thanks thank_you now sir asap immediately all ok for_now me us')})*»`,
      `«(?:${oneOf('please i we want would like to ok just it this need')} )*end (?:it|this|all|all of this|everything|please|now)(?: (?:please|now|thanks))*»`,
    ],
    dropWhen(({ message, matched }) => SERVICE_IS_NAMED.test(message.clauses.replace(matched, ' '))),
  ),
  of('unclear_cancellation', 'es')([
    '\\bcancel(?:a|e|en|ar|alo|elo|enlo|o)(?: (?:todo|eso|esto|lo|por|favor|ya))+»|«(?:\\w+ )?cancel(?:alo|elo|enlo)»',
    '«(?:quiero|quisiera|deseo|necesito) cancelar(?: (?:por|favor|todo|eso|gracias))*»',
  ]),
];

const CHANNELS: readonly Rule[] = [
  of('channel_preference')(
    [
      '\\b(?:call|phone|ring|email)(?: (?:me|us))? (?:instead of|rather than|and not|not|do not|only)(?: \\w+)? (?:text|texting|texts|message|messaging)\\b',
      '\\b(?:rather than|instead of|do not like|not a fan of|prefer not to|hate) (?:to )?(?:text|texting|texts|messages)\\b',
      '\\bprefer (?:a )?(?:call|calls|phone calls?|emails?)\\b|\\brather (?:you |that you |just )?(?:call|called|email)\\b',
      '\\b(?:i|we) (?:do not|never|can not) (?:text|do text|do texts|do texting|use text)»|\\bis a land ?line\\b',
    ],
    dropWhen(({ right }) => /^ (?:while|and driv)/.test(right) || SERVICE_IS_NAMED.test(right)),
  ),
];

/**
 * The net below the rules: a denial near our messages that no rule understood. It must not pass as ordinary talk, and it is too
 * vague to act on.
 */
const REPORTS = occurs(`\\b${oneOf(`
  get gets got getting receive received receiving see saw seen have find found forget hesitate yet sure know problem worries afraid
  mind able open working work load come came coming going through delete sent did read missed miss there was until before till if
  when while just only better easier fine bother crew from_(?:the|my|him|her|anyone) remove take unsubscribe stop cancel block opt lose`)}\\b`);
const UNDERSTOOD_DENIAL: readonly Rule[] = [
  of('unclear_request')(
    [
      `\\b(?:do not|never|no|not|nobody|less|fewer|enough|without)(?: \\w+){0,4} (?:${MESSAGES}|(?:${BOTHER}) (?:me|us|this number)|this number|my number)\\b`,
    ],
    dropWhen(({ left, matched, right }) => REPORTS.test(left + matched + right) || /^no need| a (?:text|message|call)/.test(matched)),
    dropWhen(({ isQuestion }) => isQuestion),
    dropWhen(({ message }) => GOES_ON.test(message.clauses)),
  ),
];

const AUTOMATIC_REPLY = occurs(
  '^ (?:i am driving|auto ?reply|auto ?response|automatic reply|automated (?:reply|response|message)|out of office)\\b',
  '\\b(?:do not disturb while driving|this is an auto\\w* (?:reply|message|response)|out of the office|free ?msg|unable to send message)\\b',
);

const HOSTILE_SYMBOL = /^(?:[\u{1F595}\u{1F621}\u{1F620}\u{1F92C}\u{1F4A9}\u{1F44E}\u{1F624}\u{1F6D1}\u{270B}\u{1F6AB}\u{26D4}\u{1F645}\u{1F92E}\u{1F644}\u{1F91A}\u{274C}\u{1F590}][\u{1F3FB}-\u{1F3FF}\u{2640}\u{2642}\s\p{P}]*)+$/u;
const JOKED_ABOUT = /\b(?:stop|quit|cancel|end)\b/;
const JOKE_WORDS_MAX = 4;

const REVIEW_RULES: readonly Rule[] = [
  ...IDENTITY,
  ...COMPLAINTS,
  ...REFUSALS,
  ...SITUATION,
  ...CANCELLATIONS,
  ...CHANNELS,
  ...UNDERSTOOD_DENIAL,
];

export function findForReview(message: InboundText): Finding | undefined {
  if (message.words === '') {
    if (!HOSTILE_SYMBOL.test(message.body.trim())) return undefined;
    return { verdict: 'review', family: 'hostile_symbol', language: 'en', matched: message.body.trim() };
  }
  if (AUTOMATIC_REPLY.test(message.clauses)) return undefined;
  if (LAUGHTER.test(message.clauses) && JOKED_ABOUT.test(message.words) && message.words.split(' ').length <= JOKE_WORDS_MAX) {
    return { verdict: 'review', family: 'joking', language: 'en', matched: message.words };
  }
  return firstFinding(REVIEW_RULES, message) ?? findSoftRefusal(message);
}
