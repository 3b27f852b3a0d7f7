import type { ReplyLanguage } from './keywords.ts';
import { COMMON_FIRST_NAMES, NOT_NAMES } from './keywords-names.ts';
import type { InboundText } from './normalise-inbound.ts';
import { dropWhen, type Finding, type Guard, occurs, oneOf, type Rule, reviewWhen, rulesOf } from './opt-out-rules.ts';
import { reviewNewNumber } from './opt-out-vocabulary.ts';
import { PatternIndex } from './pattern-index.ts';

/** The number belongs to somebody else, or its owner has died. Either way it must not be used for this contact again. */

const OF_SOMETHING = occurs(
  '^(?: \\w+){0,2} (?:of|on|in|for) (?:the|your|my|our|that|windows|bags|panels|yards|people)\\b',
  '^ of ',
);
const OWN_SLIP = occurs(
  `\\b(?:i|we)(?: ${oneOf(`
    just accidentally must may might think have had probably also gave give put texted called dialed sent wrote typed you do did
    meant`)})* (?:the |a )?$`,
  '\\bdo i have (?:the )?$|\\bsorry (?:for|about) (?:the |a )?$',
  '\\b(?:sent|send|hired|billed|charged|paid|asked)(?: (?:me|us|him))? (?:the |a )?$',
  '\\b(?:is this|not) (?:the |a )?$',
);
const MEANT_ELSEWHERE = occurs('\\b(?:(?:i )?meant (?:to|for)|disregard|ignore (?:that|this|my)|my bad|oops)\\b');
const TOLD_US = occurs(
  `\\b${oneOf('think believe know say said guess afraid sure told_you am')}(?: ${oneOf(`
    that you this it is have got are texting calling texted called messaged reached contacted dialed the`)})+ $`,
);

const CAME = /^ (?:showed|came|is here|arrived|was sent)\b/;

/** "I texted the wrong person, sorry" and "the wrong number of bags" are no news about the number. */
const unlessOwnSlip: Guard = dropWhen(
  ({ left, right, message }) =>
    OF_SOMETHING.test(right) ||
    CAME.test(right) ||
    (OWN_SLIP.test(left) && !TOLD_US.test(left)) ||
    MEANT_ELSEWHERE.test(message.clauses),
);

const OF_THE_FAMILY = '(?:wife|husband|son|daughter|brother|sister|mom|mother|dad|father|roommate|tenant|partner)';
/** "Wrong person, you want my husband": of the same house, and talks on. */
const NAMES_WHOM_TO_ASK = occurs(
  `\\b(?:you (?:want|need)|try|ask|(?:talk|speak) (?:to|with)|text|call|contact)(?: to (?:ask|text|call|talk to|speak to|speak with))? (?:my|his|her|our) ${OF_THE_FAMILY}\\b`,
  `\\bmy ${OF_THE_FAMILY} (?:handles|does|decides|takes care|is the one)\\b`,
);

/** "He doesn't live here but he owns it, go ahead". */
const STILL_OWNS = occurs(
  '^(?: anymore)? (?:but|and) (?:\\w+ ){0,2}(?:owns?|manages?|rents? it out|handles?|pays?)\\b',
);

const PHONE = '(?:number|phone|cell|line|phone number|cell number|cell phone)';
const THEIRS = oneOf('his her their hers theirs');
const english = rulesOf({ family: 'wrong_person', language: 'en', verdict: 'opt_out' });
const spanish = rulesOf({ family: 'wrong_person', language: 'es', verdict: 'opt_out' });

export const WRONG_PERSON_RULES: readonly Rule[] = [
  english(
    [
      '\\b(?:wrong|incorrect)' +
        ` ${oneOf('numbers? persons? phone cell contact guy gal lady woman man dude recipient party household family')}\\b`,
    ],
    unlessOwnSlip,
    reviewNewNumber,
    reviewWhen(({ message }) => NAMES_WHOM_TO_ASK.test(message.clauses)),
    reviewWhen(({ isQuestion, left }) => isQuestion && /\b(?:did|is|are|do|have) (?:you|this|i|we)\b/.test(left)),
  ),
  english(
    [
      `\\b${PHONE} (?:is )?(?:no longer|does not|not|is not|did not)(?: \\w+){0,2} (?:belongs?|belonging)\\b`,
      '\\bno longer belongs? to\\b|\\bbelongs to (?:someone|somebody) else\\b',
      `«(?:(?:no|sorry|hi|this|it|that) )*not \\w+s ${PHONE}»`,
      `\\b(?:had|owned) (?:this|that|my) ${PHONE} before\\b|\\bwhoever (?:had|has) (?:it|this|this ${PHONE}) (?:before|last)\\b`,
      `\\b(?:this|the|that) (?:${PHONE}|one) is mine (?:now|since)\\b|\\bthis is a new ${PHONE} for (?:me|us)\\b`,
      `\\b(?<!\\b(?:i|we) )gave (?:you|yall) (?:(?:the|a|my) )?wrong (?:one|${PHONE})\\b`,
      `\\b(?:has|have) been my ${PHONE} for \\d+ years\\b`,
      `\\b(?:is not|no longer|was never|not)(?: \\w+)? ${THEIRS} ${PHONE}(?: anymore)?»`,
      `\\b(?:is not|no longer) (?:${THEIRS}|my` +
        ` ${oneOf('wifes husbands moms dads mothers fathers sons daughters')}|the right|(?!this)\\w+s) ${PHONE}\\b`,
      `\\b(?:just|recently|only) (?:got|received|acquired) (?:this|a new|the) (?:new )?${PHONE}\\b(?! from)`,
      `\\bgot this (?:new )?${PHONE}(?: (?!from)\\w+){0,2}` +
        ` (?:${oneOf('last this a ago recently weeks? months? days? year yesterday')}|\\d+)\\b`,
      `\\bnew owner of this ${PHONE}\\b`,
      `\\b${PHONE} (?:was|has been|got)(?: (?:just|recently))? (?:reassigned|recycled)\\b`,
      `\\bthis is my ${PHONE} now\\b`,
      '\\b(?:no one|nobody|no person|not anyone) (?:here )?(?:by|with|of) (?:that|this|the) name\\b',
      `«(?:(?:no|sorry|this is|it is|now) )*(?:a )?different (?:person|owner|user)(?: (?:has|owns|now|here|with|this|${PHONE}))*»`,
      '\\b(?:no one|nobody) (?:here )?(?:named\\b|called (?!me|us|back|about|today|yet|to|or|and)\\w)',
      `\\bused to be (?:${THEIRS}|\\w+s) ${PHONE}\\b`,
      `\\b(?:this is|texting|reached) (?:someone|somebody) elses?\\b`,
      '\\b(?:do|did) not know (?:who that is|that person|this person|who (?:he|she|they) (?:is|are)|who you are' +
        ' looking for)\\b',
      '\\b(?:do|did) not know (?:anyone|anybody) (?:named|called|by that name)\\b',
      `\\bnot the right (?:person|contact|guy|lady|man|woman|${PHONE})\\b`,
      `\\bnot the ${PHONE} (?:for|of)\\b`,
      '\\bnot (?:the|that) (?:person|one|guy|lady|man|woman) (?:you|your|that you)\\b',
      '\\bnot the owner of this number\\b',
      '\\byou (?:(?:are|must be|might be|may be|were) looking for|(?:want|meant|mean)(?: to (?:text|reach|contact))?) ' +
        '(?:someone|somebody) else\\b',
      '\\b(?:not|no longer) who you (?:think|are looking)\\b',
      '\\b(?:i am|this is) not (?:him|her|them|that person)\\b',
      '«(?:(?:no|sorry|nope) )*not (?:him|her|them|that person)»',
      '\\b(?:mistaken|confused) (?:me|us) (?:for|with)\\b|\\byou have me (?:mixed|confused)\\b',
      '\\b(?:does|do) not (?:live|reside|stay) (?:here|at this)\\b',
      '\\bno longer (?:lives|works|resides) here\\b',
      '\\b(?:he|she|they) (?:does|do) not work here\\b',
      `\\b(?:does not|no longer|did not)(?: \\w+)? (?:have|has|use|uses|own|owns) this ${PHONE}\\b`,
      '«(?:sorry |no |hi |you (?:have|got) (?:a |the )?)?(?:bad|invalid|incorrect) number»',
      '\\b(?:he|she|they) (?:changed|has changed|have changed|has a new|got a new) (?:his |her |their' +
        ' )?(?:phone )?number\\b',
    ],
    dropWhen(({ left }) => /\b(?:if|when|because he|because she) $/.test(left)),
    reviewWhen(
      ({ left, matched, right }) =>
        /live|reside|stay/.test(matched) && (/\b(?:i|we) $/.test(left) || STILL_OWNS.test(right)),
    ),
  ),
  rulesOf({ family: 'wrong_person', language: 'es', verdict: 'review' })(
    [
      '\\b(?:esta|estan|estas) equivocad[oa]s?\\b(?! (?:el|la|en) (?:precio|factura|cuenta|direccion|fecha|dia))',
      '\\bno (?:se|sabemos) quien (?:es|sea)(?! (?:el que |la que )?(?:viene|va|llamo|vino)\\b)\\b',
      '\\b(?:este|ese) (?:es|era) (?:el |un )?(?:numero|telefono|celular|cel) de (?:mi|un) (?:hij[oa]|espos[oa]|mama|papa|menor|nin[oa]|trabajo|oficina|hospital|negocio|tio|tia|abuel[oa])\\b',
      '«(?:(?:yo|solo|apenas) )*(?:soy|es) (?:un |una )?menor(?: de edad)?»|«(?:(?:yo|solo|apenas) )*tengo (?:[89]|1[0-7]) anos»',
      '\\b(?:esta|estan|estas) (?:marcando|llamando|escribiendo|mandando|texteando) mal(?= [|?]| $)',
      '«(?:(?:creo que|perdon|disculpe|usted|ustedes|ya) )*se (?:equivoco|equivocaron)»',
    ],
    dropWhen(({ left }) => /\b(?:el|la|los|las|su) \w+ $/.test(left)),
  ),
  rulesOf({ family: 'wrong_person', language: 'en', verdict: 'review' })(
    [
      `\\b(?:texting|messaging|contacting|calling|reached|texted|messaged|this is|have got|got) (?:my|a|an|the) (?:${oneOf(`
        wifes husbands moms dads mothers fathers sons daughters kids childs sisters brothers grandmas grandmothers parents childrens minors business
        hospital school church work company office clinic`)}) (?:\\w+ )?${PHONE}\\b`,
      `\\b(?:this|that|the) ${PHONE}(?: (?:now|has|always|actually))* (?:belongs?|belonged|is registered) to\\b`,
      `\\b(?:previous|prior|former|last|old) (?:owner|user|person|holder)(?: (?:of this (?:number|phone)|is gone|had this|with this))\\b`,
      '\\b(?:person|guy|owner|lady|man|woman|tenant|one)(?: \\w+){0,4} (?:changed|switched) (?:phone )?numbers?»',
      `\\b\\w+s ${PHONE} is not (?:this|it|here)»`,
      `\\b(?:this|that|it) is \\w+s ${PHONE} (?:and |now |so )?(?:not|no longer)\\b`,
      '\\b(?:texting|messaging|contacting|calling) (?:a|an) (?:minor|child|kid|underage|elderly|business|hospital|stranger|school|church)\\b',
      '«(?:no |sorry |yeah |that |this |it )*(?:is )?not me»',
      '\\b(?:person|guy|man|woman|lady|one|customer|homeowner)(?: (?:that|who))? you (?:are|were|want|wanted)(?: (?:looking for|trying to (?:reach|contact|text|get)|after|texting|to reach))? (?:is|has|was|moved|died|passed|does)\\b',
    ],
    dropWhen(({ right }) => /^ (?:in the|on the|who)\\b/.test(right)),
  ),
  spanish(
    [
      '\\b(?:numero|telefono|celular|persona|contacto) (?:equivocad[oa]|incorrect[oa]|errad[oa]|erroneo)\\b(?! (?:de|en) (?:casa|calle|lote|cuenta|factura|orden|la (?:casa|calle|puerta|factura|cuenta|orden))\\b)',
      '\\b(?:tienen?|tienes) (?:el |mi |su |un )?(?:number|numero|telefono|contacto) (?:mal|equivocado|incorrecto)\\b',
      '\\bequivoc\\w+ (?:de|el) (?:numero|persona|telefono)\\b',
      '\\b(?:esta|es) mal (?:el|este|ese|su) (?:numero|telefono)»',
      '\\b(?:este|ese|esta|aqui|ya) (?:ya )?no es (?:el |su |la |mas )?(?:numero|telefono|celular|cel|contacto)' +
        ' (?:de|correcto)\\b',
      '\\b(?:este|ese) (?:numero|telefono|celular|cel) (?:ya )?no (?:es|pertenece)(?: mas)? (?:de|a|mio|del|suyo)\\b',
      '\\b(?:ya )?no es (?:su|mi) (?:numero|telefono|celular)\\b',
      '\\bya no es el (?:numero|telefono|celular)\\b',
      '\\b(?:aqui|aca|ahi) (?:ya )?no (?:vive|trabaja)\\b',
      '\\bno (?:vive|trabaja) (?:aqui|aca|en esta)\\b',
      '\\b(?:aqui|aca) no hay (?:ningun|ninguna|nadie)(?: \\w+){0,2} (?:nombre|llamad[oa]|que se llame)\\b',
      '\\bnadie (?:con|de) ese nombre\\b',
      '\\bno (?:lo |la )?(?:conozco|conocemos) (?:a (?:ningun|ninguna|esa|ese|nadie)|esa persona|ese nombre)\\b',
      '\\b(?:tienen?|tienes|marco|marcaron|marcaste|apunto|apuntaron)(?: \\w+)? mal (?:el |este |ese |su )?(?:numero|telefono)\\b',
      '\\b(?:este|ese) (?:numero|telefono|celular|cel) (?:(?:ya|ahora) )*es mio\\b|\\b(?:este|ese) no soy yo\\b',
      '\\b(?:este|ese) (?:numero|telefono|celular|cel) me lo (?:dieron|asignaron)\\b',
      '\\bno soy (?:esa|ese|ella)»|\\bno es mi nombre\\b|\\bno es (?:el|su) (?:numero|telefono) (?:correcto|indicado)\\b',
      '\\bno soy (?:esa persona|la persona que|quien (?:busca|cree)\\w*|(?:el|la) que (?:busca|cree)\\w*)\\b',
      '\\b(?:acabo de|recien) (?:obtener|tener|recibir|comprar|sacar|adquirir) este (?:numero|telefono)\\b',
      '\\bme dieron este numero\\b',
    ],
    dropWhen(({ left }) => /\bme $/.test(left)),
  ),
];

/** Phrases around a name. Case tells a name from a word, so these run over the body; NAME is any word, judged by `isName`. */
const NAMED_PERSON: readonly { readonly language: ReplyLanguage; readonly pattern: RegExp }[] = [
  ...[
    "\\b(?:i'?m|i am|this is|it'?s|name is|name'?s) not NAME(?![\\p{L}'])",
    "\\b(?:i'?m|i am|this is|name is|name'?s) \\p{L}+,? (?:and )?not NAME(?![\\p{L}'])",
    "\\b(?:this|it|that|name) (?:isn'?t|is no longer|ain'?t) NAME(?![\\p{L}'])",
    '(?:^|[.!?,;\\n]\\s{0,3})(?:sorry[,.]? |no[,.]? )?not NAME(?: sorry| here)?\\s{0,3}(?:$|[.!?,;\\n])',
    '\\bno NAME (?:here|at this|at that|lives|with this|on this)\\b',
    "\\b(?:don'?t|do not) know (?:a|any|who|anyone named|anybody named|this) NAME\\b",
    "\\bNAME (?:doesn'?t|does not|no longer|don'?t) (?:live|work|have|own|use|reside)s? (?:here|this (?:number|phone)|at this)",
    "\\bNAME (?:isn'?t|is not|is no longer) (?:at|on) this (?:number|phone)\\b",
    '\\bNAME (?:has )?(?:changed|got a new|has a new) (?:his |her |their )?(?:phone )?(?:number|phone)\\b',
    "\\b(?:isn'?t|is not|no longer|hasn'?t been|has not been|wasn'?t|was never) NAME'?s? (?:number|phone|cell)\\b",
  ].map(namedPattern('en')),
  ...[
    '(?:^|[.!?,;\\n]\\s{0,3})no es NAME\\s{0,3}(?:$|[.!?,;\\n])',
    '\\b(?:yo )?(?:no|ni) soy (?:(?:la|el) (?:se[nñ]ora?|sra?\\.?|don|do[nñ]a) )?NAME(?!\\p{L})',
    '\\bno conozco a (?:ningun |ninguna |ningún )?NAME\\b',
    '\\bno es (?:el |su )?(?:numero|número|telefono|teléfono) de NAME\\b',
  ].map(namedPattern('es')),
];

const NAMED_PERSON_INDEX = new PatternIndex(NAMED_PERSON.map(({ pattern }) => pattern));

function namedPattern(language: ReplyLanguage): (source: string) => (typeof NAMED_PERSON)[number] {
  return (source) => ({ language, pattern: new RegExp(source.replace('NAME', '(\\p{L}{2,20})'), 'iu') });
}

/** "This is Linda, not Paul. Yes, come Tuesday" talks on with us. */
const ANSWERS_US = occurs(
  '\\b(?:yes|yeah|yep|sounds good|see you|come (?:by|over|on|out|at|in|tomorrow|\\w+day)|works for|still (?:want|need)|what time|when (?:are|will|can)|how (?:much|long|soon)|where (?:are|will)|will you|are you (?:coming|still|able)|(?:can|could) you|si (?:queremos|quiero|pueden?|nos|me)|pasen?|vengan?|a que hora|(?:he|she|we|i) (?:is|am|are)? ?(?:can|will|want|need|would|handle)s?)\\b',
);

/** "This isn't Bob, it's his wife", "no soy Pedro, soy su hijo": of the same house, who may speak for them. */
const OF_THE_HOUSE = occurs(
  '\\b(?:it is|this is|i am) (?:his|her|their|the) (?:\\w+ )?(?:wife|husband|son|daughter|brother|sister|mom|mother|dad|father|roommate|tenant|partner|fiancee?|assistant)\\b',
  '\\b(?:soy|habla|es) (?:su|el|la) (?:espos[oa]|marido|mujer|hij[oa]|herman[oa]|mama|papa|madre|padre|novi[oa]|inquilin[oa]|cunad[oa])\\b',
);

/** "I'm not Maria". */
export function findNamedPerson(message: InboundText): Finding | undefined {
  if (!MAY_NAME_PERSON.test(message.clauses)) return undefined;
  for (const at of NAMED_PERSON_INDEX.mayMatch(message.body.toLowerCase())) {
    const { language, pattern } = NAMED_PERSON[at] ?? {};
    const match = pattern?.exec(message.body);
    const name = match?.[1];
    if (match && language !== undefined && name !== undefined && isName(name, message.body)) {
      const speaksOn = ANSWERS_US.test(message.clauses) || OF_THE_HOUSE.test(message.clauses);
      const verdict = speaksOn ? 'review' : 'opt_out';
      return { verdict, family: 'wrong_person', language, matched: match[0].trim() };
    }
  }
  return undefined;
}

const MAY_NAME_PERSON = /\b(?:not|no|number|phone)\b/;
const ADJECTIVE_ENDING = /(?:ing|ed|able|ible|ly|ive|ish|ful|ous|less)$/;

/** A common first name in any case, or a capitalised word that is no everyday word in a text where capitals mean something. */
function isName(word: string, body: string): boolean {
  const lower = word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  if (COMMON_FIRST_NAMES.has(lower)) return true;
  if (!/^\p{Lu}\p{Ll}+$/u.test(word) || NOT_NAMES.has(lower) || ADJECTIVE_ENDING.test(lower)) return false;
  const capitalised = body.match(/(?<!\p{L})\p{Lu}\p{Ll}+/gu) ?? [];
  const words = body.match(/\p{L}+/gu) ?? [];
  return capitalised.length * 2 <= words.length + 1;
}

const DIED = oneOf(
  'lost_(?:his|her|their)_battle passed_away deceased passed_on died(?!_(?:laughing|down|out|on)) has_died no_longer_with_us no_longer_alive',
);
const SOMEBODY_DIED = occurs(
  `\\b(?:${DIED}|(?<!\\b(?:too|so|very|running|is|was|be|are) )late (?:husband|wife|mother|father|mom|dad|son|brother|sister|uncle|aunt)s?|(?:he|she) (?:is|has) been dead|(?:he|she|husband|wife|mom|dad|mother|father|brother|sister|son|daughter|owner|man|guy|lady|person|uncle|aunt|grandma|grandpa) is dead|dead (?:man|person|woman|relative)|falleci\\w*|murio|est(?:a|aba) muert[oa]|difunt[oa]|que en paz descanse|descanse en paz|que e p d?e?)\\b`,
);
const THING_OR_ANIMAL = oneOf(`
  dog cat puppy pet pump battery phone cell car truck engine motor trees? grass sod mower plants? lawn sump power signal charger laptop tablet
  furnace heater bush(?:es)? shrubs? perro perra gato bomba bateria celular carro pasto cesped planta arbol`);
const SOMETHING_DIED = occurs(
  `\\b(?<!\\bof (?:this|the|that|his|her) )${THING_OR_ANIMAL}(?: \\w+){0,2} (?:${DIED}|murio)\\b`,
);
const ABOUT_NUMBER = occurs(
  `\\b${oneOf(`
  number phone remove take list stop contact\\w* text\\w* message\\w* call\\w* sending numero telefono celular quit\\w* borr\\w*
  lista mensajes escrib\\w* mand\\w*`)}\\b`,
);

/** A death with a word about the number or our texts is a request; without one a person should read it. */
export function findBereavement(message: InboundText): Finding | undefined {
  const match = SOMEBODY_DIED.exec(message.clauses);
  if (match === null || SOMETHING_DIED.test(message.clauses)) return undefined;
  const language = /fall|muri|muert|difunt|descanse|que e p/.test(match[0]) ? 'es' : 'en';
  const verdict = ABOUT_NUMBER.test(message.clauses) ? 'opt_out' : 'review';
  return { verdict, family: 'bereavement', language, matched: match[0] };
}
