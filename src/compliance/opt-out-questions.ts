import { dropWhen, occurs, oneOf, type Rule } from './opt-out-rules.ts';
import { AFTERTHOUGHT, BOTHERING, forReview, MESSAGES, SERVICE_IS_NAMED } from './opt-out-vocabulary.ts';

/** Questions who we are, complaints about our texts, wishes for another channel: perhaps a request to stop, perhaps not. */

const IDENTITY: readonly Rule[] = [
  forReview('identity_question')([
    `«(?:\\w+ ){0,4}(?:${oneOf(`
      who_is_this who_dis who_the_(?:fuck|hell|heck)_is_this who_are_you(?:_guys)? who_is_texting(?:_me)? do_i_know_you
      who_is_this_(?:from|again|texting|number|person) new_phone_who_dis what_company_is_this what_number_is_this
      what_is_this(?:_in)?(?:_about|_regarding|_for|_regards_to|_reference_to)?`)})${AFTERTHOUGHT}`,
    '\\b(?:how|where) (?:did|do|have) (?:you|yall) (?:guys )?(?:get|find|have|got|getting) (?:my|this|our|me)' +
      ' (?:\\w+ )?(?:number|info|information|name|contact|phone|cell|data)\\b',
    '\\bwho gave you (?:my|this|our)\\b|\\bhow you (?:get|got) my (?:number|info|name)\\b',
    '\\b(?:do not|never)(?: even)? (?:know|heard of|recognize) (?:you|who (?:you are|this is)|this number' +
      '|your company|this company)\\b',
    '\\b(?:why|who|how|nobody|somebody|someone)(?: \\w+){0,2} (?:start(?:ed)? texting|add(?:ed)?|sign(?:ed)?|opt(?:ed)?|subscribed?|enroll(?:ed)?) (?:me|us|my number)(?= (?:[|?]|up|back|in|to this|for this|on this|again)| $)',
    '\\b(?:you|they|yall) (?:have )?(?:added|signed|opted|subscribed|enrolled) (?:me|us|my number)(?: (?:up|back|in|to this))* (?:again|without|after|when)\\b',
    '\\b(?:start texting|add|put|sign)(?: (?:me|us|back|again|up))* and (?:see|watch|i will|you will)\\b',
    '«(?:i am|this is)(?: (?:only|just|a|like))* (?:[89]|1[0-7])(?: (?:years? old|yrs? old|yo))?»|\\bi am a (?:minor|child|kid)\\b',
    '\\bno (?:idea|clue) who (?:this|you)\\b|\\b(?:have|got) the wrong house\\b',
    '\\b(?:is|are) (?:this|you|it|these) (?:\\w+ ){0,5}(?:scam|spam|legit|bot|robot)\\b',
  ]),
  forReview('identity_question')(
    [
      '\\bwhy (?:are|do|did|am|is|would|were) (?:you|i|we|yall|they|this number)(?: (?:guys|people|still|keep' +
        '|always|even|constantly))* ' +
        `(?:${oneOf('get getting got receiving receive texting text contacting contact messaging message bothering')}|` +
        'sending me (?:this|these|texts|messages)|on (?:this|your) list)\\b',
    ],
    dropWhen(
      ({ matched, right }) => /(?:get|getting|got|receive|receiving)$/.test(matched) && !GETTING_TEXTS.test(right),
    ),
  ),
  forReview(
    'identity_question',
    'es',
  )([
    '\\b(?:como|de donde|donde) (?:consigui|obtuv|sac|tiene|encontr|agarr)\\w* (?:mi|este) (?:numero|telefono' +
      '|contacto|informacion)\\b',
    '\\bquien (?:le|les|te) dio mi\\b',
    '\\bpor ?que (?:me|nos) (?:escrib|mand|envi|contact|text|lleg)\\w+',
    '\\b(?:por ?que|quien|como|alguien) (?:me|nos) (?:agreg|inscrib|suscrib|metier|puso|pusier)\\w*(?! (?:a|en) (?:la (?!lista)|el|mi|su))',
    '«de parte de quien»',
    `«(?:\\w+ ){0,2}quien (?:${oneOf('es habla eres escribe son manda sera me_escribe me_habla me_manda es_usted')})(?: ${oneOf(`
      usted ustedes por favor disculpe este numero tu esto`)})*»`,
  ]),
];

const GETTING_TEXTS = occurs(
  `^ (?:this|these|those|it|them|so many|your|from you|texts?|messages?|all)\\b`,
  `^ *$`,
  `^ (?:\\w+ ){0,2}${MESSAGES}`,
);

const COMPLAINTS: readonly Rule[] = [
  forReview('complaint')([
    '\\b(?:never|did not|do not remember|do not recall|have not|not) (?:\\w+ )?' +
      `${oneOf(`
        signed_up sign_up signing_up subscribed subscribe subscribing requested asked_for ask_for opted_in opt_in enrolled
        giving_you gave_you_my give_you_my`)}` +
      '(?: \\w+){0,3}(?: (?:this|these|texts|messages|anything|it|number|alerts|any|to)\\b|»)',
    '\\bstill (?:getting|receiving|get|receive) (?:\\w+ ){0,2}(?:texts?|messages?|these|this|spam|alerts)\\b',
    '\\bstill (?:texting|messaging) me\\b',
    `\\byour (?:${BOTHERING}|spamming) (?:me|us)\\b`,
    '\\b(?:you|yall|they) (?:guys |people )?(?:keep|kept|keeps|continue|constantly|always) (?:on' +
      ` )?(?:${BOTHERING}|sending)\\b`,
    '\\b(?:too many|so many|hate|annoying|unwanted|blowing up) (?:\\w+ ){0,2}(?:texts|messages|spam|alerts' +
      '|ads|notifications|phone)\\b',
    '\\b(?:texts|messages) (?:are|is) (?:getting |so |very |really |too |quite )*' +
      '(?:annoying|excessive|unwanted|too much|bothersome|ridiculous|irritating)\\b',
    `«(?:these|(?:this|these|your) (?:texts?|messages?)) (?:is|are)(?: \\w+)? (?:annoying|intrusive|spam|bothersome|ridiculous)${AFTERTHOUGHT}`,
    `«(?:(?:this|it|that) is )?(?:(?:so|very|really|too|super|getting) )*annoying${AFTERTHOUGHT}`,
    `«(?:this|these|it|that|(?:this|these|your) (?:texts?|messages?)) (?:is|are)(?: \\w+)? (?:unwanted|not wanted|unsolicited)${AFTERTHOUGHT}`,
    '«unwanted (?:text|message|sms|call|contact)\\b',
    '\\b(?:texting|text) (?:me )?(?:way )?too (?:much|often)\\b',
    `«(?:\\w+ ){0,3}(?:spam|spammers?|scam|scammers?|phishing)(?: ${oneOf(`
      texts? messages? much alert likely lol again stop calls number`)})*»`,
    '\\b(?:said|told you) no(?: (?:already|multiple|many|several|\\d+|times|twice|before|thanks))*»',
    '\\bdid i (?:ever )?(?:sign up|subscribe|opt in)\\b',
    `\\b(?:fed up|sick|tired)(?: and tired)? (?:of|with) (?:this|you|your|it|yall)\\b(?! (?:furnace|ac|leak|heat|toilet|pump|mold|noise|water|yard|roof)\\b)`,
    '\\bwast(?:e|ing) (?:of )?my time\\b',
    '\\b(?:text|message) (?:us |me )?less\\b(?! more)|\\b(?:fewer|less) (?:texts|messages)\\b',
    '\\b(?:call|calling|contact|contacting) the (?:police|cops|sheriff|authorities)\\b',
    '\\bcomplaint (?:with|to) the\\b',
  ]),
];

const CHANNELS: readonly Rule[] = [
  forReview('channel_preference')(
    [
      '\\b(?:call|phone|ring|email)(?: (?:me|us))? (?:instead of|rather than|and not|not|do not|only)(?: \\w+)?' +
        ' (?:text|texting|texts|message|messaging)\\b',
      '\\b(?:rather than|instead of|do not like|not a fan of|prefer not to|hate) (?:to )?(?:text|texting|texts' +
        '|messages)\\b',
      '\\bprefer (?:a )?(?:call|calls|phone calls?|emails?)\\b',
      '\\brather (?:you |that you |just )?(?:call|called|email)\\b',
      '\\b(?:i|we) (?:do not|never|can not) (?:text|do text|do texts|do texting|use text)»',
      '\\bis a land ?line\\b',
    ],
    dropWhen(({ right }) => /^ (?:while|and driv)/.test(right) || SERVICE_IS_NAMED.test(right)),
  ),
];

export const QUESTION_RULES: readonly Rule[] = [...IDENTITY, ...COMPLAINTS, ...CHANNELS];
