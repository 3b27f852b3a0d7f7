import type { ReplyLanguage } from './keywords.ts';
import type { InboundText } from './normalise-inbound.ts';
import { occurs, oneOf, trimMarks } from './opt-out-rules.ts';
import { MESSAGES } from './opt-out-vocabulary.ts';

/** Requests in free words for help, or to receive our texts again. */

export interface FreeRequest {
  readonly outcome: 'opt_in' | 'help';
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
/** Marks and thanks that may end a message that is otherwise one request. */
const END = '(?: (?:please|thanks|thank you|now|here|[|?]))* $';

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
    outcome: 'opt_in',
    language: 'en',
    pattern: occurs(
      `\\b${oneOf('start resume restart begin')}(?: ${oneOf(`
        sending getting receiving with the your my me us to_send up these`)})* (?:texting|messaging|${MAILINGS})\\b`,
      `\\b${oneOf('add put sign include enroll subscribe get take resubscribe opt')} ${SELF} (?:up |back |on ` +
        '|in |to |again |for |onto )+' +
        `(?:${oneOf('to the your on this my for')}` +
        ` )*(?:${oneOf('text texting message messaging sms mailing marketing')} (?:list|alerts)|` +
        `${oneOf('texts text messages alerts again sms updates reminders offers notifications')})\\b`,
      `\\b${oneOf('put add sign opt take')} ${SELF} back(?: (?:on|in|up|to|onto)(?: (?:the|your|this))?)?(?=` +
        ' (?:[|?]|please|thanks|list|$))',
      '\\bre ?subscribe\\b',
      '\\bre ?enroll\\b',
      '\\bunblock me\\b',
      '\\bopt(?:ed)? (?:me |us )?(?:back )?in\\b',
      `^ (?:${oneOf('please i we want would like to can you ok yes')} )*(?:sign me up|subscribe me)(?: (?:again` +
        `|back|to this))*${END}`,
      '\\byou (?:can|may) (?:text|message|contact|send)(?: \\w+){0,3} (?:again|now)\\b',
      '\\b(?:want|like|love|wish) (?:to' +
        ` )?${oneOf('get receive start_getting start_receiving be_added be_back getting receiving')} ` +
        `(?:\\w+ ){0,3}${MAILINGS} (?:again|back)\\b`,
    ),
  },
  {
    outcome: 'opt_in',
    language: 'es',
    pattern: occurs(
      `\\b(?:quiero|quisiera|deseo|me gustaria)(?: (?:volver|a|otra vez|seguir))* (?:recibir|recibiendo)(?: \\w+){0,3} ${oneOf(`
        mensajes textos sms alertas promociones ofertas`)}\\b`,
      '\\b(?:inscrib|suscrib|agreg|anad|apunt)\\w*(?:me|nos)\\b',
      '\\b(?:reanud|reactiv)\\w+ (?:\\w+ ){0,2}(?:mensajes|textos|avisos|alertas)\\b',
      '\\b(?:pong|pon|volver a pon|met)\\w*(?: \\w+){0,3} en la lista de (?:mensajes|textos|avisos)\\b|\\bquiero (?:los|sus) (?:mensajes|textos|avisos) otra vez\\b',
      '\\b(?:vuelvan?|pueden?)(?: volver)? a? ?(?:mandar|enviar|escribir)\\w* (?:\\w+ ){0,2}(?:otra vez|de nuevo|mensajes|textos)\\b',
    ),
  },
];

const REFUSED = /\b(?:never|not|no|without)\b(?: \w+){0,4}$/;

/** The first request; a denied one ("don't start texting me again") is none. */
export function findRequest(message: InboundText): FreeRequest | undefined {
  for (const { outcome, language, pattern } of PATTERNS) {
    const match = pattern.exec(message.clauses);
    if (match === null) continue;
    const clause = message.clauses.slice(0, match.index).split(/[|?]/).at(-1) ?? '';
    if (!REFUSED.test(clause.trim())) return { outcome, language, matched: trimMarks(match[0]) };
  }
  return undefined;
}
