import type { ReplyLanguage } from './keywords.ts';
import type { InboundText } from './normalise-inbound.ts';
import { wordTest } from './opt-out-rules.ts';
import { MESSAGES } from './opt-out-vocabulary.ts';

/** Requests in free words for help, or to receive our texts again. */

export interface Request {
  readonly outcome: 'opt_in' | 'help';
  readonly language: ReplyLanguage;
  readonly matched: string;
}

const MAILINGS = `(?:${MESSAGES}|updates|reminders|offers|emails|deals)`;

const PATTERNS: readonly {
  readonly outcome: 'opt_in' | 'help';
  readonly language: ReplyLanguage;
  readonly pattern: RegExp;
}[] = [
  {
    outcome: 'help',
    language: 'en',
    pattern: wordTest(
      '\\b(?:talk|speak|chat|reach|get ahold of|get a hold of|get to|contact|connect)(?: (?:me|to|with|up))* (?:a |an |the |some )?(?:real |live |actual |human |customer )*(?:person|human|agent|representative|rep|operator|human being|service|support)\\b',
    ),
  },
  {
    outcome: 'help',
    language: 'en',
    pattern: wordTest(
      '^ (?:(?:please|hi|hello|hey|i|we|can|could|you|need|want|would|like|send|get|give|more|some|me|for|to|ok|just|how|do) )*(?:help|info|information)(?: (?:me|us|please|thanks|thank you|now|here|more))* (?:[|?] )?(?:(?:please|thanks|thank you) (?:[|?] )?)?$',
    ),
  },
  {
    outcome: 'help',
    language: 'es',
    pattern: wordTest(
      '\\bhablar con (?:una persona|alguien|un humano|un agente|un representante|una agente)\\b|^ (?:(?:hola|por favor|necesito|quiero|mas|me|pueden|puede|dar|dame|deme|mande|mandeme|ocupo) )*(?:ayuda|informacion|info|ayudar|ayudeme|ayudenme|ayudame)(?: (?:por favor|gracias))* (?:[|?] )?$',
    ),
  },
  {
    outcome: 'opt_in',
    language: 'en',
    pattern: wordTest(
      [
        `\\b(?:start|resume|restart|begin)(?: (?:sending|getting|receiving|with|the|your|my|me|us|to send|up))* (?:texting|messaging|${MAILINGS})(?: \\w+){0,3} (?:again|back|now|please)\\b|\\b(?:start|resume|restart|begin) (?:sending |getting |receiving )?(?:me |us |the |your |my |these )*(?:texting me|messaging me|texts|messages|alerts|sms)\\b`,
        '\\b(?:add|put|sign|include|enroll|subscribe|get|take|resubscribe|opt) (?:me|us|my number|this number)(?: (?:up|back|on|in|to|again|for|onto))+(?: (?:to|the|your|on|this|my|text|texting|message|messaging|sms|mailing|for|alerts?|again))* (?:(?:text|texting|message|messaging|sms|mailing) list|texts|text|messages|alerts|again|sms|updates|reminders|offers|notifications)\\b',
        '\\b(?:put|add|sign|opt|take) (?:me|us|my number) back(?: (?:on|in|up|to|onto)(?: (?:the|your|this))?)?(?= (?:[|?]|please|thanks|list|$))|\\bre ?subscribe\\b|\\bre ?enroll\\b|\\bunblock me\\b|^ (?:(?:please|i|we|want|would|like|to|can|you|ok|yes) )*(?:sign me up|opt (?:me |us )?(?:back )?in|subscribe me)(?: (?:again|please|thanks|back|to this))* [|?]?',
        `\\byou (?:can|may) (?:text|message|contact|send)(?: \\w+){0,3} (?:again|now)\\b|\\b(?:want|like|love|wish)(?: to)? (?:get|receive|start getting|start receiving|be added|be back|getting|receiving) (?:\\w+ ){0,3}(?:${MAILINGS}) (?:again|back)\\b|\\bopted? back in\\b|\\bopt (?:me )?in\\b`,
      ].join('|'),
    ),
  },
  {
    outcome: 'opt_in',
    language: 'es',
    pattern: wordTest(
      [
        '\\b(?:quiero|quisiera|deseo|me gustaria)(?: (?:volver|a|otra vez|seguir))* (?:recibir|recibiendo)(?: \\w+){0,3} (?:mensajes|textos|sms|alertas|promociones|ofertas)\\b',
        '\\b(?:inscrib\\w+|suscrib\\w+|agreg\\w+|anad\\w+|apunt\\w+)(?:me|nos)\\b(?: (?:otra vez|de nuevo|a la lista|a los mensajes|por favor|nuevamente|a|la|lista))*|\\b(?:vuelvan|vuelva|pueden|puede) a? ?(?:mandar|enviar|escribir)\\w* (?:\\w+ ){0,2}(?:otra vez|de nuevo|mensajes|textos)\\b',
      ].join('|'),
    ),
  },
];

const REFUSES = /\b(?:do not|never|not|no|without|dont)\b(?: \w+){0,4}$/;

export function findRequest(message: InboundText): Request | undefined {
  for (const { outcome, language, pattern } of PATTERNS) {
    const match = pattern.exec(message.clauses);
    if (match === null) continue;
    const clause = message.clauses.slice(0, match.index).split(/[|?]/).at(-1) ?? '';
    if (REFUSES.test(clause.trim())) continue;
    return { outcome, language, matched: match[0].replace(/^[ |?]+|[ |?]+$/g, '') };
  }
  return undefined;
}
