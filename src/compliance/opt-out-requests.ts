import type { ReplyLanguage } from './keywords.ts';
import type { InboundText } from './normalise-inbound.ts';
import { occurs, oneOf, trimMarks } from './opt-out-rules.ts';
import { MESSAGES } from './opt-out-vocabulary.ts';
import { PatternIndex } from './pattern-index.ts';

/**
 * Requests in free words for help, or to receive our texts again. Only a keyword lifts an opt-out: who asks in other words is shown to a
 * person, who asks them to text START.
 */

export interface FreeRequest {
  readonly outcome: 'opt_in_wish' | 'help';
  readonly language: ReplyLanguage;
  readonly matched: string;
}

interface RequestPattern {
  readonly outcome: FreeRequest['outcome'];
  readonly language: ReplyLanguage;
  readonly pattern: RegExp;
}

const MAILINGS = `(?:${MESSAGES}|updates|reminders|offers|emails|deals)`;
const SELF = '(?:me|us|my number|this number)';
const OUR_NUMBERS = '(?:me|us|(?:my|this) (?:phone|number|cell))';
/** Marks and thanks that may end a message that is otherwise one request. */
const END = '(?: (?:please|thanks|thank you|now|here|[|?]))* $';
/** Behind the texts that shall begin again: nobody else who shall get them, and nothing but texts ("the messages thread"). */
const TO_ME = `(?= (?:[|?]|again|back|up|now|please|thanks|so|because|to ${OUR_NUMBERS}|for ${OUR_NUMBERS})| $)`;
const MENSAJES = '(?:mensajes|mensajitos|textos|sms|avisos|alertas|notificaciones|promociones|ofertas)';
const DE_NUEVO = '(?:otra ve[zs]|de nuevo|nuevamente)';

const PATTERNS: readonly RequestPattern[] = [
  {
    outcome: 'help',
    language: 'en',
    pattern: occurs(
      `\\b${oneOf('talk speak chat reach get_ahold_of get_a_hold_of get_to contact connect')}(?: (?:me|to|with|up))* ` +
        `(?:(?:a|an|the|some|real|live|actual|human|customer) )*${oneOf(`
          person human agent representative rep operator human_being customer_service support`)}\\b`,
      `^ (?:${oneOf(`
        please hi hello hey i we can could you need want would like send get give more some me for to ok just how do`)} )*` +
        `(?:help|info|information)(?: (?:me|us))?${END}`,
    ),
  },
  {
    outcome: 'help',
    language: 'es',
    pattern: occurs(
      '\\bhablar con (?:una persona|alguien|un humano|un agente|un representante|una agente)\\b',
      `^ (?:${oneOf(`
        hola por_favor necesito quiero mas me pueden? dar dame deme mande mandeme ocupo`)} )*` +
        '(?:ayuda|informacion|info|ayudar|ayudeme|ayudenme|ayudame)(?: (?:por|favor|gracias|[|?]))* $',
    ),
  },
  {
    outcome: 'opt_in_wish',
    language: 'en',
    pattern: occurs(
      `\\b${oneOf('start resume restart begin')} (?:back )?(?:texting|messaging)(?: ${OUR_NUMBERS})?${TO_ME}`,
      `\\b${oneOf('start resume restart begin')}(?: ${oneOf(`
        sending getting receiving with the your my me us to_send up these`)})* ${MAILINGS}${TO_ME}`,
      `\\b${oneOf('add put sign include enroll subscribe get take resubscribe opt')} ${SELF} (?:up |back |on ` +
        '|in |to |again |for |onto )+' +
        `(?:${oneOf('to the your on this my for')}` +
        ` )*(?:${oneOf('text texting message messaging sms mailing marketing')} (?:list|alerts)|` +
        `${oneOf('texts text messages alerts again sms updates reminders offers notifications')})\\b`,
      `\\b${oneOf('put add sign opt take')} ${SELF} back(?: (?:on|in|up|to|onto)(?: (?:the|your|this))?)?(?=` +
        ' (?:[|?]|please|thanks|list|$))',
      '\\bre ?subscribe\\b',
      '^ unstop\\b',
      '\\bre ?enroll\\b',
      `^ (?:please )?unblock ${SELF}${END}`,
      '\\bopt (?:me|us)(?: back)? in\\b',
      `(?:^ |[|?] |\\b(?:to|please|can i|can we|just) )opt (?:back )?in(?: (?:again|please|to ${SELF}|(?:to|for) (?:(?:the|your|these|all) )?${MAILINGS}))*(?= [|?]| $)`,
      `^ (?:${oneOf('please i we want would like to can you ok yes')} )*(?:sign me up(?: (?:again|back))+|subscribe me)` +
        `(?: (?:again|back|to this))*${END}`,
      `\\byou (?:can|may)(?: (?:go ahead and|start))? (?:text|message|contact)(?: ${OUR_NUMBERS})? (?:again|now)(?= (?:[|?]|please|thanks)| $)`,
      `\\byou (?:can|may) send(?: ${OUR_NUMBERS})?(?: (?:the|your|those))? ${MAILINGS} (?:again|now)\\b`,
      '\\b(?:want|like|love|wish) (?:to' +
        ` )?${oneOf('get receive start_getting start_receiving be_added be_back getting receiving')} ` +
        `(?:\\w+ ){0,3}${MAILINGS} (?:again|back)(?= [|?]| $)`,
    ),
  },
  {
    outcome: 'opt_in_wish',
    language: 'es',
    pattern: occurs(
      `\\b(?:quiero|quisiera|deseo|me gustaria)(?: (?:volver|a|${DE_NUEVO}|seguir))* (?:recibir|recibiendo)(?: \\w+){0,3} ${MENSAJES}\\b(?! (?:solo|solamente|nada|unicamente)\\b)`,
      `\\b(?:suscrib|inscrib)\\w*(?:me|nos)(?: ${DE_NUEVO})?(?= (?:[|?]|por favor|gracias|(?:a|en|para) (?:(?:los|sus|las|la lista de) )*${MENSAJES}|a (?:la|su) lista)| $)`,
      `\\b(?:agreg|anad|apunt)\\w*(?:me|nos) (?:${DE_NUEVO} )?(?:a|en|para) (?:(?:los|sus|la|su|lista|de) )*${MENSAJES}\\b`,
      `\\b(?:agreg|anad|apunt)\\w*(?:me|nos) ${DE_NUEVO}(?= [|?]| $)`,
      '\\b(?:reanud|reactiv)\\w+ (?:\\w+ ){0,2}(?:mensajes|textos|avisos|alertas)\\b',
      '\\b(?:pong|pon|volver a pon|met)\\w*(?: \\w+){0,3} en la lista de (?:mensajes|textos|avisos)\\b|\\bquiero (?:los|sus) (?:mensajes|textos|avisos) otra vez\\b',
      `\\b(?:vuelvan?|pueden? volver) a (?:mandar|enviar)(?:me|nos)? (?:\\w+ ){0,2}${MENSAJES}\\b(?! a (?:mi|su|la|el) (?!numero|telefono|celular))`,
      `\\bpueden? (?:mandar|enviar)(?:me|nos)? (?:\\w+ ){0,1}${MENSAJES} ${DE_NUEVO}(?= [|?]| $)`,
      `\\bpueden? (?:volver a )?escribir(?:me|nos) ${DE_NUEVO}(?= [|?]| $)`,
    ),
  },
];

const PATTERN_INDEX = new PatternIndex(PATTERNS.map(({ pattern }) => pattern));

/** What is denied, asked about, or told of somebody else: "don't start texting me again", "why did you add me back", "you put me back". */
const NO_REQUEST = occurs(
  '\\b(?:never|not|no|without|nobody|nadie|why|who|when|what|where|how (?:did|come|was|were|have|has)|quien|cuando|por que|porque)\\b(?: \\w+){0,4}$',
  '(?:^|\\b(?!(?:can|could|will|would|if|want|like) )\\w+ )(?:you|they|he|she|somebody|someone)(?: (?:guys|people|just|all|keep|kept|have|had|went|and))*$',
);
/** "Start texting me again and see what happens", "... NOT". */
const IN_SCORN = /^(?: \w+){0,3} not (?=[|?]|$)|^(?: again)? and (?:see|watch|i will|you will)\b/;

/** The first request. */
export function findRequest(message: InboundText): FreeRequest | undefined {
  for (const at of PATTERN_INDEX.mayMatch(message.clauses)) {
    const { outcome, language, pattern } = PATTERNS[at] ?? {};
    const match = pattern?.exec(message.clauses);
    if (!match || outcome === undefined || language === undefined) continue;
    const clause = message.clauses.slice(0, match.index).split(/[|?]/).at(-1) ?? '';
    const behind = message.clauses.slice(match.index + match[0].length);
    if (!NO_REQUEST.test(clause.trim()) && !IN_SCORN.test(behind))
      return { outcome, language, matched: trimMarks(match[0]) };
  }
  return undefined;
}
