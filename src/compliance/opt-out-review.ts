import type { InboundText } from './normalise-inbound.ts';
import { type Finding, firstFinding, type Guard, type Rule, wordPattern, wordTest } from './opt-out-rules.ts';
import { DAY_OR_TIME, LAUGHTER, MESSAGES, SERVICE_OBJECT } from './opt-out-vocabulary.ts';

/** Replies that may or may not ask us to stop: campaigns wait for this contact until a person has decided. */

const rule =
  (language: Rule['language'], family: Rule['family'], ...guards: readonly Guard[]) =>
  (source: string): Rule => ({ family, language, verdict: 'review', pattern: wordPattern(source), guards });

const ASKS_FOR_SERVICE = wordTest(
  `\\b(?:but|instead|reschedule|rather|can you|could you|would you|when can|how much|quote for|estimate for|yes to|interested in the)\\b`,
);
const unlessService: Guard = ({ message }) => (ASKS_FOR_SERVICE.test(message.clauses) ? 'nothing' : undefined);

const END =
  '(?: (?:anymore|any more|now|right now|at this time|at the moment|at this point|currently|yet|today|this year|please|thanks|thank you|sorry|either|though|for us|for me|from you|lol|man|sir|maam|guys|dude|bro|again|honestly|ok|okay|then|all|here|for now|time))*»';

/** Cues that count wherever a clause has them. */
const IN_A_CLAUSE: readonly Rule[] = [
  ...[
    `«(?:\\w+ ){0,4}(?:who is this|who dis|who the (?:fuck|hell|heck) is this|who are you|who are you guys|who is texting(?: me)?|who is this (?:from|again|texting|number)|new phone who dis|do i know you|what is this(?: about| regarding| for)?|what company is this|what number is this)${END}`,
    '\\b(?:how|where) (?:did|do|have) (?:you|yall) (?:guys )?(?:get|find|have|got|getting) (?:my|this|our|me)\\b|\\bwho gave you (?:my|this|our)\\b|\\bhow you (?:get|got) my (?:number|info|name)\\b',
    `\\bwhy (?:are|do|did|am|is|would|were|r) (?:you|i|we|yall|they|this number|u)(?: (?:guys|people|still|keep|always|even|constantly|suddenly))* (?:get|getting|got|receiving|receive|texting|text|contacting|contact|calling|messaging|message|sending me (?:this|these|texts|messages)|sending (?:this|these)|bothering|on (?:this|your) list)\\b`,
  ].map(
    rule('en', 'identity_question', ({ right, matched }) =>
      /\b(?:get|getting|got|receive|receiving)$/.test(matched) &&
      !new RegExp(
        `^ (?:this|these|those|it|them|so many|your|from you|texts?|messages?|all)|^ *$|^ (?:\\w+ ){0,2}${MESSAGES}`,
      ).test(right)
        ? 'nothing'
        : undefined,
    ),
  ),
  ...[
    '\\b(?:never|did not|do not remember|do not recall|have not|not) (?:\\w+ )?(?:signed up|sign up|signing up|subscribed|subscribe|subscribing|requested|asked for|ask for|request|opted in|opt in|enrolled|enroll|giving you|gave you my|give you my)(?: \\w+){0,3}(?: (?:this|these|texts|messages|anything|it|number|alerts|any|to)\\b|»)',
    `\\bstill (?:getting|receiving|get|receive|texting|sending)(?: \\w+){0,3} (?:texts?|messages?|these|this|me|spam|alerts)\\b|\\b(?:you|yall|they) (?:guys |people )?(?:keep|kept|keeps|continue|constantly|always|will not quit|will not stop) (?:on )?(?:texting|messaging|contacting|calling|sending|bothering|spamming|to text|to message|to call)\\b`,
    `\\b(?:too many|so many|tired of|sick of|hate|annoying|unwanted|enough of|blowing up) (?:\\w+ ){0,3}(?:texts|messages|spam|text|message|phone|alerts|ads|notifications)\\b|\\b(?:texts|messages) (?:are|is) (?:getting |so |very |really |too |quite )*(?:annoying|excessive|unwanted|too much|bothersome|ridiculous|irritating)\\b`,
    '«(?:\\w+ ){0,3}(?:spam|spammer|spammers|scam|scammer|scammers|phishing)(?: (?:text|texts|message|messages|much|alert|likely|lol|again|stop|calls|number))*»',
    '\\b(?:call|calling|contact|contacting) the (?:police|cops|sheriff|authorities)\\b',
  ].map(rule('en', 'complaint')),
  ...[
    '\\bnot interested\\b(?! in (?:the|a|an|that|your) )',
    `\\b(?:no longer|not) (?:in need|in the market|looking|need|needs|needed|needing|interested|want|require)(?: (?:of|for|your|this|these|it|any|the|services?|help|work|done|anything|that|a|quote|estimate|to|sell|buy|purchase))*${END}`,
    '\\bno interest\\b|\\bnot for (?:me|us)»|\\bnot at this time»',
  ].map(rule('en', 'bare_refusal', unlessService)),
  ...[
    '\\b(?:sold|selling) (?:the|our|my|that|this) (?:\\w+ )?(?:house|home|property|place|condo|building|farm|lot|land)\\b|\\bsold it\\b|\\b(?:house|home|property) (?:is|was|has been|got) sold\\b',
    '\\b(?:no longer|do not|does not|not|never)(?: \\w+){0,1} (?:own|owns|live|lives|living|reside|have) (?:at |in |that |this |the |a |there|here)(?:\\w+ ){0,2}?(?:house|home|property|place|condo|address|area|state|there|here|anymore|homeowner)?\\b',
    '\\bnot (?:a|the|an) (?:home ?owner|owner|customer|client|property owner)\\b|\\b(?:we|i) (?:are |am |just )?rent(?:ers?|ing)?»|\\bno longer (?:a |the )?(?:customer|client|owner|homeowner)\\b',
    '\\b(?:moved|relocated|moving) (?:away|out of (?:state|town|the area|there)|to another|to a different)\\b|«(?:(?:we|i|they|have|already|sorry|just) )+moved»',
    '\\b(?:already|have|has|we|i|ended up|just|went with|going with|hired|chose|found|decided|using|got)(?: \\w+){0,2} (?:another|a different|someone else|somebody else|other|different|elsewhere)(?: \\w+){0,1}(?: (?:company|contractor|guy|crew|vendor|provider|outfit|business|one|quote|bid|option|person|route|direction|way))?»',
    '\\b(?:we|i|already|have)(?: (?:have|had|already|just))* (?:hired|found|got|have|had|went with|gone with|using|contracted|signed with|chose|chosen|booked) (?:someone|somebody|a contractor|another|it done|it fixed|it taken care of|the work done|a company|a guy|it handled|that done|this done)(?: \\w+){0,3}»|\\b(?:already|been) (?:taken care of|fixed|handled|done|repaired|completed|resolved)(?: (?:by|elsewhere|thanks|thank you|already)(?: \\w+){0,3})?»',
  ].map(
    rule('en', 'situation_changed', ({ left, message }) =>
      /\b(?:if|when|until|before|once|after) (?:\w+ )?$/.test(left) ||
      /\b(?:can you|could you|when can|how much)\b/.test(message.clauses)
        ? 'nothing'
        : undefined,
    ),
  ),
  ...[
    `\\b(?:call|phone|ring|email)(?: (?:me|us))?(?: (?:instead|rather than|not|do not|only|please))* (?:of|text|texting|texts|message|messaging|by text)\\b|\\b(?:rather than|instead of|do not like|not a fan of|prefer not to) (?:text|texting|texts|messages)\\b|\\bprefer (?:a )?(?:call|calls|phone calls?|emails?)\\b`,
    '\\b(?:i|we) (?:do not|never|can not) (?:text|do text|do texts|do texting|use text)»|\\b(?:can not|unable to) (?:receive|get|read) texts (?:on|at|here)\\b|\\bis a (?:landline|land line)\\b',
  ].map(rule('en', 'channel_preference', ({ matched }) => (/^(?:text|message)/.test(matched) ? 'nothing' : undefined))),
  ...[
    `\\bcancel (?:it|that|this|everything|all|them|all of it|me|my number|my account|my membership|us|my name|that one|the whole thing|all of them)(?: (?:all|please|now|thanks|thank you|for me|asap|immediately|then|ok|today|sir))*»`,
    '«(?:(?:please|i|we|want|would|like|need|wish|to|ok|hi|hello|sorry|just|can|you|have|do|how|lets|going|id|the|no|yes|thanks|so|then|could) )*cancel(?: (?:please|thanks|thank you|now|sir|asap|immediately|all|ok|for now|me|us))*»',
    '«(?:(?:please|i|we|want|would|like|to|ok|just|it|this|need) )*end (?:it|this|all|all of this|everything|please|now)(?: (?:please|now|thanks))*»',
  ].map(
    rule('en', 'unclear_cancellation', ({ message }) =>
      new RegExp(`\\b(?:${SERVICE_OBJECT}|${DAY_OR_TIME})\\b`).test(message.clauses) ? 'nothing' : undefined,
    ),
  ),
  ...[
    '\\b(?:no soy|ya no soy) (?:el |la )?(?:dueno|duena|propietari[oa])\\b|\\b(?:ya )?(?:vend\\w+|se vendio) (?:la|mi|nuestra|esa) (?:casa|propiedad)\\b|\\bya (?:no )?(?:vivo|vivimos) (?:ahi|alli|aqui|en)\\b|\\bno (?:vivo|vivimos) (?:ahi|alli)\\b|\\bya (?:tengo|tenemos|contrat\\w+|encontr\\w+) (?:a )?(?:alguien|otr[oa]|quien|un|una|contratista|compania)\\b|\\bnos (?:cambiamos|mudamos)\\b|\\bme (?:mude|cambie de casa)\\b',
  ].map(rule('es', 'situation_changed')),
  ...[
    '\\b(?:como|de donde|donde) (?:consigui\\w+|obtuv\\w+|sac\\w+|tiene\\w*|encontr\\w+|agarr\\w+) (?:mi|este) (?:numero|telefono|contacto|informacion)\\b|\\bquien (?:le|les|te) dio mi\\b|\\bpor ?que (?:me|nos) (?:escrib\\w+|mand\\w+|envi\\w+|llam\\w+|contact\\w+|text\\w+|lleg\\w+)\\b',
    '«(?:\\w+ ){0,2}(?:quien (?:es|habla|eres|es usted|me escribe|escribe|son|son ustedes|manda|me habla|me manda|es este|sera))(?: (?:usted|ustedes|por favor|disculpe|este|numero|tu|esto))*»',
  ].map(rule('es', 'identity_question')),
  ...[
    '\\b(?:no|ya no) (?:me|nos) interesan?\\b|\\bno (?:estoy|estamos) interesad\\w+\\b|\\bno interesad[oa]s?\\b|\\bno (?:gracias|muchas gracias)»|\\bya no(?: gracias)?»|\\bya no (?:lo |la |los )?(?:necesito|quiero|necesitamos|queremos|ocupo|requiero)(?: (?:nada|eso|esto|gracias|por favor|sus servicios|el servicio|mas))*»|\\bno (?:lo |la )?(?:necesito|necesitamos|quiero|ocupo)(?: (?:nada|eso|esto|gracias|ahora|por ahora|por el momento))*»|\\bpor ahora no»|«(?:ya )?(?:suficiente|ya estuvo|me rindo|dejalo|dejelo|dejelo asi|dejalo asi|olvidelo|olvidalo|estoy bien asi|asi estoy bien)(?: (?:gracias|ya|por favor|asi))*»',
  ].map(
    rule('es', 'bare_refusal', ({ message }) =>
      /\b(?:pero|mejor el|puede\w*)\b/.test(message.clauses) ? 'nothing' : undefined,
    ),
  ),
  ...[
    '\\bcancel(?:a|e|en|ar|alo|elo|enlo|o)(?: (?:todo|eso|esto|lo|por favor|todo por favor|ya))+»|«(?:quiero|quisiera|deseo|necesito) cancelar(?: (?:por favor|todo|eso|gracias))*»|«(?:\\w+ )?cancel(?:alo|elo|enlo)»',
  ].map(rule('es', 'unclear_cancellation')),
];

/** Cues that count only when nothing else is said: beside other content they are ordinary conversation. */
const SOFT_CLAUSE = new RegExp(
  `^(?:${[
    '(?:no|nope|nah|naw|negative|pass|hard pass|no way|no sir|no maam|not really|not today|not now|maybe later|maybe another time|another time|not anymore|do not bother|no need|nothing)',
    '(?:no|nope|nah)? ?(?:thanks|thank you|thx|ty)',
    '(?:no )?(?:i am|im|we are|were|i think (?:i am|we are)|we re|all)? ?(?:good|all good|all set|set|fine|ok|okay|covered|done|over it|out|not ready|taken care of)(?: (?:for now|right now|here|now|on that|then|actually|with that))?',
    '(?:i am|we are)? ?all (?:set|good|done)(?: (?:for now|here|now))?',
    '(?:i|we) (?:give up|quit|am done|will pass|pass|decline|am out|already have one|do not need (?:it|this|that|anything|one)|do not want (?:it|this|that|any|anything|one|these|them))',
    '(?:do not|did not|no longer|not) (?:need|want)(?: (?:it|this|that|anything|any|these|your (?:service|services|help)|one|them))?(?: (?:anymore|done|now|right now|any more))?',
    '(?:whatever|forget it|forget about it|never ?mind|nvm|drop it|enough|that is enough|enough already|already enough|give up|unbelievable|ridiculous|do not care|not happening|hell no|fuck no|absolutely not|definitely not|no chance|leave it|ugh|stupid|idiots?|assholes?|jerks?|losers?|bullshit|bs|fake|gross|wtf)',
    '(?:delete|block|blocked|remove|unfollow|mute|lose it)',
  ].join('|')})$`,
);

const POLITE = wordTest(
  '^(?:please|thanks|thank you|thanks anyway|thank you though|thanks though|sorry|ok|okay|hi|hello|hey|bye|lol|have a (?:good|great|nice) (?:day|one|night)|good luck|god bless|sir|maam|appreciate it|but thanks|but thank you|gracias|thanks for (?:asking|reaching out|checking|the offer|your time)|thank you for (?:asking|reaching out|the offer|your time|checking))$',
);
const POLITE_EDGE =
  /^(?:(?:please|ok|okay|hi|hello|hey|sorry|um|well|oh|actually|yeah|honestly|man|dude|bro|just|but|and|so|really) )+|(?: (?:please|thanks|thank you|sorry|lol|sir|maam|man|dude|bro|guys|though|anyway|anyways|but thanks|but thank you|for asking|for now|right now|ok|at this time|at the moment|anymore))+$/g;

function findSoftRefusal(message: InboundText): Finding | undefined {
  const clauses = message.clauses
    .split(/[|?]/)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
  const telling = clauses.filter((clause) => !POLITE.test(clause));
  if (telling.length === 0 || telling.length > 4) return undefined;
  const isSoft = telling.every(
    (clause) => SOFT_CLAUSE.test(clause) || SOFT_CLAUSE.test(clause.replace(POLITE_EDGE, '')) || EXCUSE.test(clause),
  );
  if (
    !isSoft ||
    telling.every((clause) =>
      /^(?:thanks|thank you|good|ok|okay|all good|fine|great|set)$/.test(clause.replace(POLITE_EDGE, '') || 'ok'),
    )
  )
    return undefined;
  return { verdict: 'review', family: 'bare_refusal', language: 'en', matched: telling[0] ?? '' };
}

/** "No thanks, we already have a contractor": the second clause only explains the first. */
const EXCUSE =
  /^(?:no(?: thanks| thank you)? )?(?:we|i|already|have|got|had|found|went|hired|decided|took|not)\b(?: \w+){0,2} (?:have|already|hired|found|went|decided|got|took|had|fixed|done|interested|covered|going)\b(?: \w+){0,6}$/;

const JOKING_STOP = wordTest('«(?:\\w+ ){0,2}(?:stop|stop it|quit it|cancel|end)(?: \\w+){0,1} (?=[|?]|$)|\\bstop\\b');

const HOSTILE_SYMBOLS =
  /^[\s\p{P}]*(?:(?:\u{1F595}|\u{1F621}|\u{1F620}|\u{1F92C}|\u{1F4A9}|\u{1F44E}|\u{1F624}|\u{1F6D1}|\u270B|\u{1F6AB}|\u26D4|\u{1F645}|\u{1F92E}|\u{1F644}|\u{1F91A}|\u274C)[\u{1F3FB}-\u{1F3FF}\u200d\u2640\u2642\ufe0f\s\p{P}]*)+$/u;

export function findForReview(message: InboundText): Finding | undefined {
  if (message.words === '' && HOSTILE_SYMBOLS.test(message.body)) {
    return { verdict: 'review', family: 'hostile_symbol', language: 'en', matched: message.body.trim() };
  }
  if (LAUGHTER.test(message.clauses) && JOKING_STOP.test(message.clauses) && message.words.split(' ').length <= 4) {
    return { verdict: 'review', family: 'joking', language: 'en', matched: message.words };
  }
  return firstFinding(IN_A_CLAUSE, message) ?? findSoftRefusal(message);
}
