import type { Weighted } from './draws.ts';

/**
 * What people write back to a contractor's campaign, with weights. `{text}` stands for the text that they answer.
 * Most who want to be left alone write the bare keyword; the rest is there because it is what a classifier gets wrong.
 */
export type ReplyKind = 'question' | 'interest' | 'reaction' | 'not_interested' | 'wrong_number' | 'stop';
export type Language = 'en' | 'es';
type Wordings = readonly [Weighted<string>, ...Weighted<string>[]];

const STOP_ENGLISH: Wordings = [
  ['STOP', 38],
  ['Stop', 18],
  ['stop', 14],
  ['Stop.', 5],
  ['STOP!!', 2],
  ['UNSUBSCRIBE', 3],
  ['unsubscribe', 3],
  ['Unsubscribe', 2],
  ['END', 1],
  ['quit', 1],
  ['Cancel', 1],
  ['stop all', 1],
  ['Opt out', 1],
  ['stpo', 1],
  ['sttop', 1],
  ['unsuscribe', 1],
  ['Stop 🛑', 1],
  ['STOP\n\nSent from my iPhone', 1],
  ['STOP please', 2],
  ['please stop texting me', 3],
  ['Please take me off your list', 2],
  ['remove my number', 1],
  ['Do not text me again', 1],
  ['no more texts pls', 1],
  ['Not interested, stop texting', 1],
];

const STOP_SPANISH: Wordings = [
  ['ALTO', 30],
  ['Alto', 10],
  ['alto', 8],
  ['STOP', 15],
  ['PARAR', 5],
  ['BAJA', 4],
  ['no más', 3],
  ['Cancelar', 3],
  ['no me escriban más por favor', 4],
  ['quiteme de la lista por favor', 3],
  ['ya no quiero recibir mensajes', 2],
];

export const REPLY_TEXTS: Readonly<Record<ReplyKind, Readonly<Record<Language, Wordings>>>> = {
  question: {
    en: [
      ['How much would it cost for about 40 feet of wall?', 3],
      ['Do you guys work in my area? Im in the 017xx zip', 2],
      ['what does the inspection include?', 3],
      ['Is the estimate really free?', 3],
      ['Can you stop by tomorrow around 3?', 2],
      ['How long does the crack repair take', 2],
      ['who is this', 2],
      ['Do you also do sump pumps?', 2],
      ['Can someone call me after 5', 2],
    ],
    es: [
      ['¿Cuánto cuesta la inspección?', 3],
      ['¿Hablan español?', 2],
      ['¿pueden pasar el lunes? para mí está bien', 2],
    ],
  },
  interest: {
    en: [
      ['Yes please', 4],
      ['Thanks! 👍', 3],
      ['Thank you', 3],
      ['Yes, Thursday works', 3],
      ["Sounds good, we've had water in the basement since spring", 2],
      ["I'm interested. When could you come out?", 3],
      ['ok', 2],
      ['Sure, mornings are best 🙂', 2],
    ],
    es: [
      ['Sí, gracias', 3],
      ['Me interesa, llámenme', 2],
      ['Gracias 🙏', 2],
    ],
  },
  reaction: {
    en: [
      ['Liked “{text}”', 4],
      ['Loved “{text}”', 2],
      ['👍 to “{text}”', 2],
      ['Questioned “{text}”', 1],
    ],
    es: [['Le gustó “{text}”', 1]],
  },
  not_interested: {
    en: [
      ['not interested', 4],
      ['No thanks', 4],
      ["We're all set, thank you", 2],
      ['We sold the house', 1],
      ['already had it done by someone else', 1],
    ],
    es: [
      ['no me interesa', 2],
      ['No gracias', 2],
    ],
  },
  wrong_number: {
    en: [
      ['Wrong number', 4],
      ['You have the wrong number', 3],
      ["This isn't Bob anymore, got this number last month", 1],
    ],
    es: [['número equivocado', 2]],
  },
  stop: { en: STOP_ENGLISH, es: STOP_SPANISH },
};

/** First contact from a person, before anything was sent to them. */
export const SPONTANEOUS_TEXTS: readonly [string, ...string[]] = [
  'Hi, I saw your truck on Maple St. Do you do foundation cracks?',
  'Can I get a quote for a wet basement?',
  'Hello, my neighbor gave me your number. Our floor is sinking on one side',
  'Are you open Saturdays?',
  'Good morning, checking on my appointment for next week',
];

export const OPT_OUT_CONFIRMATION =
  'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.';
