import { COMMON_FIRST_NAMES, NOT_NAMES } from './keywords-names.ts';
import type { InboundText } from './normalise-inbound.ts';
import { type Finding, type Guard, type Rule, wordPattern, wordTest } from './opt-out-rules.ts';

/** The number belongs to somebody else, or its owner has died. Either way the number must not be used for this contact again. */

const ON_DOCUMENT = wordTest(
  '^(?: \\w+){0,2} (?:of|on|in|for) (?:the|your|my|our|that|windows|bags|panels|yards|people)\\b|^ of \\b',
);
const OWN_SLIP = wordTest(
  '\\b(?:i|we)(?: (?:just|accidentally|must|may|might|think|have|had|probably|also|gave|give|put|texted|called|dialed|sent|wrote|typed|you|have|do|did|meant))* (?:the |a )?$|\\bdo i have (?:the )?$|\\b(?:sent|send|hired|billed|charged|paid|asked)(?: (?:me|us|him))? (?:the |a )?$|\\b(?:is this|not) (?:the |a )?$',
);
const TOLD_US = wordTest(
  '\\b(?:think|believe|know|say|said|guess|afraid|sure|told you|am)(?: (?:that|you|this|it|is|have|got|are|texting|calling|the))+ $',
);

const unlessOwnSlip: Guard = ({ left, right }) => {
  if (ON_DOCUMENT.test(right)) return 'nothing';
  return OWN_SLIP.test(left) && !TOLD_US.test(left) ? 'nothing' : undefined;
};

const rule =
  (language: Rule['language'], family: Rule['family'], ...guards: readonly Guard[]) =>
  (source: string): Rule => ({ family, language, verdict: 'opt_out', pattern: wordPattern(source), guards });

const PHONE = '(?:number|phone|cell|line|phone number|cell number|cell phone)';

export const WRONG_PERSON_RULES: readonly Rule[] = [
  ...[
    '\\bwrong (?:number|numbers|person|phone|cell|contact|guy|gal|lady|woman|man|dude|recipient|party|household|family|peron|persona)\\b',
  ].map(rule('en', 'wrong_person', unlessOwnSlip)),
  ...[
    `\\b${PHONE} (?:is )?(?:no longer|does not|not|is not|did not)(?: \\w+){0,2} (?:belongs?|belonging)\\b|\\bno longer belongs? to\\b|\\bbelongs to (?:someone|somebody) else\\b`,
    `\\b(?:is not|no longer|was never|not)(?: \\w+){0,1} (?:his|her|their|hers|theirs|that persons)(?: (?:${PHONE}))?(?: anymore)?»`,
    `\\b(?:is not|no longer) (?:his|her|their|my (?:wifes|husbands|moms|dads|mothers|fathers|sons|daughters)|the right|\\w+s) ${PHONE}\\b`,
    `\\b(?:just|recently|only) (?:got|received|acquired) (?:this|a new|the) (?:new )?${PHONE}\\b|\\bgot this (?:new )?${PHONE}(?: \\w+){0,2} (?:last|this|a|ago|recently|weeks?|months?|days?|year|yesterday|\\d+)\\b|\\bnew owner of this ${PHONE}\\b|\\b${PHONE} (?:was|has been|got) (?:reassigned|changed owners|recycled)\\b`,
    `\\b(?:no one|nobody|no person|not anyone|not anybody) (?:here )?(?:by|with|named|called|of) (?:that|this)? ?name\\b|\\bno one (?:here )?(?:named|called)\\b|\\bnobody (?:here )?(?:named|called)\\b`,
    '\\b(?:do|did) not know (?:who that is|anyone (?:named|by that name|called)|anybody (?:named|by that name)|that person|this person|who (?:he|she|they) (?:is|are)|who you are looking for)\\b',
    '\\bnot (?:the|that) (?:person|one|guy|lady|man|woman|owner of this number) (?:you|your|that you)\\b|\\b(?:looking for|want|meant|mean|meant to (?:text|reach|contact)) (?:someone|somebody) else\\b|\\b(?:not|no longer) who you (?:think|are looking)\\b|\\b(?:mistaken|confused) (?:me|us) (?:for|with)\\b|\\byou have me (?:mixed|confused)\\b',
    '\\b(?:does|do) not (?:live|work|reside|stay) (?:here|at this)\\b|\\bno longer (?:lives|works|resides) here\\b',
    `\\b(?:does not|no longer|did not)(?: \\w+){0,1} (?:have|has|use|uses|own|owns) this ${PHONE}\\b|\\b(?:he|she|they) (?:changed|has changed|have changed|has a new|got a new) (?:his |her |their )?(?:phone )?number\\b`,
  ].map(
    rule('en', 'wrong_person', ({ left }) =>
      /\b(?:if|when|because he|because she) $/.test(left) ? 'nothing' : undefined,
    ),
  ),
  ...[
    '\\b(?:numero|telefono|celular|persona|contacto) (?:equivocad[oa]|incorrect[oa]|errad[oa]|erroneo)\\b|\\bequivoc\\w+ (?:de|el) (?:numero|persona|telefono)\\b',
    '\\b(?:este|ese|esta|aqui|ya) (?:ya )?no es (?:el |su |la |mas )?(?:numero|telefono|celular|cel|contacto) (?:de|correcto)\\b|\\bya no es (?:su|el) (?:numero|telefono|celular)\\b|\\b(?:este|ese) (?:numero|telefono|celular|cel) (?:ya )?no (?:es|pertenece)(?: mas)? (?:de|a|mio|del|suyo)\\b',
    '\\b(?:aqui|aca|ahi) (?:ya )?no (?:vive|trabaja)\\b|\\bno (?:vive|trabaja) (?:aqui|aca|en esta)\\b|\\b(?:aqui|aca) no hay (?:ningun|ninguna|nadie)(?: \\w+){0,2} (?:nombre|llamad[oa]|que se llame)\\b|\\bnadie (?:con|de) ese nombre\\b',
    '\\bno (?:lo |la )?(?:conozco|conocemos) (?:a (?:ningun|ninguna|esa|ese|nadie)|esa persona|ese nombre)\\b|\\bno soy (?:esa|la|el que|quien|la que) (?:persona|que|buscan?|usted)\\b|\\bno soy (?:quien|el que|la que) (?:busca|cree)\\w*\\b|\\b(?:acabo de|recien) (?:obtener|tener|recibir|comprar|sacar|adquirir) este (?:numero|telefono)\\b|\\bme dieron este numero\\b',
  ].map(rule('es', 'wrong_person', ({ left }) => (/\bme $/.test(left) ? 'nothing' : undefined))),
];

const NAME = "([A-Z][a-z]+(?:[-'][A-Z][a-z]+)?)";
/** Case carries the information here, so these run over the body and not over canonical words. */
const NAMED_PERSON: readonly {
  readonly language: Rule['language'];
  readonly pattern: RegExp;
  readonly anyCase: RegExp;
}[] = [
  ...[
    `(?:\\b(?:i'?m|i am|this is|it'?s|name is|you have|thats|that'?s) not |\\b(?:this|it|that) (?:isn'?t|is no longer|ain'?t) |^(?:sorry[,.]? )?not )NAME\\b(?! (?:phone|number)?(?:sure|yet))`,
    `\\b(?:there'?s|there is|we have|i have)? ?no NAME (?:here|at this|at that|lives|with this|on this)`,
    `\\b(?:don'?t|do not) know (?:a|any|who|anyone named|anybody named|this) NAME\\b`,
    `\\bNAME (?:doesn'?t|does not|no longer) (?:live|work|have|has|own|owns|use|uses|lives|works|reside)s? (?:here|this (?:number|phone)|at this (?:number|address))`,
    `\\bNAME (?:has )?(?:changed|got a new|has a new) (?:his |her |their )?(?:phone )?(?:number|phone)`,
    `\\b(?:isn'?t|is not|not|no longer) NAME'?s? (?:number|phone|cell)`,
  ].map(namedPattern('en')),
  ...[
    `\\bno soy NAME\\b`,
    `\\bno conozco a (?:ningun |ninguna |ningún )?NAME\\b`,
    `\\b(?:numero|número|telefono|teléfono) de NAME\\b`,
  ].map(namedPattern('es')),
];

function namedPattern(language: Rule['language']): (source: string) => (typeof NAMED_PERSON)[number] {
  return (source) => {
    // Phrases in any case, the name itself capitalised; or all in any case when the name is a common one.
    const phrase = source.replace(/[a-z](?![^(]*\))/g, '$&');
    return {
      language,
      pattern: new RegExp(phrase.replaceAll('NAME', '([\\p{L}]+)'), 'iu'),
      anyCase: new RegExp(NAME),
    };
  };
}

/** "I'm not Maria": a capitalised word that is no everyday word, or a common first name in any case. */
export function findNamedPerson(message: InboundText): Finding | undefined {
  for (const { language, pattern } of NAMED_PERSON) {
    const match = pattern.exec(message.body);
    const name = match?.[1];
    if (match === null || name === undefined || !isName(name, message.body)) continue;
    if (language === 'es' && /^(?:numero|número|tel)/i.test(match[0]) && !/\bno es\b/i.test(message.body)) continue;
    return { verdict: 'opt_out', family: 'wrong_person', language, matched: match[0].trim() };
  }
  return undefined;
}

function isName(word: string, body: string): boolean {
  const lower = word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  if (COMMON_FIRST_NAMES.has(lower)) return true;
  const isCapitalised = /^\p{Lu}\p{Ll}+$/u.test(word);
  // In a text typed In Title Case, or with one sentence of capitals, a capital says nothing.
  const capitalised = body.match(/\b\p{Lu}\p{Ll}+/gu) ?? [];
  const words = body.match(/\p{L}+/gu) ?? [];
  return (
    isCapitalised &&
    capitalised.length * 2 <= words.length + 1 &&
    !NOT_NAMES.has(lower) &&
    !/(?:ing|ed|able|ly|ive|ish|ful|an)$/.test(lower)
  );
}

const SOMEBODY_DIED = wordTest(
  '\\b(?:passed away|deceased|passed on|died|is dead|has died|no longer with us|no longer alive|late (?:husband|wife|mother|father)|fallecio|falleci\\w*|murio|difunt[oa])\\b',
);
const NOT_A_PERSON = wordTest(
  '\\b(?:dog|cat|puppy|pet|pump|battery|phone|cell|car|truck|engine|motor|trees?|grass|plants?|lawn|sump|power|signal|charger|laptop|tablet|furnace|heater|bushes|shrubs?|perro|gato|bomba|bateria|celular|carro)(?: \\w+){0,2} (?:passed away|died|is dead|has died|murio)\\b',
);
const ABOUT_NUMBER = wordTest(
  '\\b(?:number|phone|remove|take|off|list|stop|contact\\w*|text\\w*|message\\w*|call\\w*|sending|numero|telefono|celular|quit\\w*|borr\\w*|lista|mensajes|escrib\\w*|mand\\w*)\\b',
);

/** A death with a word about the number or our texts is a request; without one a person should read it. */
export function findBereavement(message: InboundText): Finding | undefined {
  const match = SOMEBODY_DIED.exec(message.clauses);
  if (match === null || NOT_A_PERSON.test(message.clauses)) return undefined;
  const language = /fall|muri|difunt/.test(match[0]) ? 'es' : 'en';
  const verdict = ABOUT_NUMBER.test(message.clauses) ? 'opt_out' : 'review';
  return { verdict, family: 'bereavement', language, matched: match[0] };
}
