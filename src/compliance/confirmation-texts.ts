import { countParts, toGsm7 } from '../messages/encoding.ts';
import type { ConsentPurpose } from './consent.ts';
import type { ReplyLanguage } from './keywords.ts';

/**
 * The texts that answer a keyword. After an opt-out exactly one may be sent, within minutes, and it only confirms: no offer,
 * no link, no question that invites a reply (47 CFR 64.1200(a)(12)). HELP names the business, a contact, frequency, rates and
 * STOP, as the CTIA Messaging Principles ask. Spanish names both ALTO and STOP, because toll-free networks know only STOP, and is
 * worded without the accents that would cost a second message part.
 */

export interface SendingBusiness {
  readonly name: string;
  readonly phone?: string;
  readonly email?: string;
}

/**
 * `keyword`: the person sent a keyword. `intent`: we understood free words as a request. `wrong_number` and `bereavement`: the
 * number is not the contact's; after a death the text apologises for nothing and says as little as possible.
 */
export type OptOutKind = 'keyword' | 'intent' | 'wrong_number' | 'bereavement';

export interface MessageProgramme {
  /** What the texts are about, in the language of the answer: "estimate and service texts". */
  readonly topic?: string;
}

/** The one confirmation after an opt-out. */
export function optOutConfirmation(
  business: SendingBusiness,
  answer: { readonly kind: OptOutKind; readonly language: ReplyLanguage },
): string {
  const name = gsmName(business);
  const statement = OPT_OUT_STATEMENTS[answer.language][answer.kind];
  if (answer.kind !== 'keyword') return `${name}: ${statement}`;
  return shortest([
    `${name}: ${statement} ${contactLine(business, answer.language)}`.trimEnd(),
    `${name}: ${statement}`,
  ]);
}

const OPT_OUT_STATEMENTS: { readonly [L in ReplyLanguage]: { readonly [K in OptOutKind]: string } } = {
  en: {
    keyword: 'You are unsubscribed and will get no more texts from us.',
    intent:
      'We understood your message as a request to stop texts, so you are unsubscribed. No more texts will be sent.',
    wrong_number: 'Sorry about that. This number has been removed and will get no more texts from us.',
    bereavement: 'This number has been removed and will get no more texts from us.',
  },
  es: {
    keyword: 'Listo, no le enviaremos otros mensajes.',
    intent: 'Entendimos que no desea mensajes de texto. Su baja fue registrada y no le escribiremos otra vez.',
    wrong_number: 'Disculpe la molestia. Quitamos su contacto de la lista y no le escribiremos otra vez.',
    bereavement: 'Quitamos este contacto de la lista y no le escribiremos otra vez.',
  },
};

function contactLine(business: SendingBusiness, language: ReplyLanguage): string {
  const contact = business.phone ?? business.email;
  if (contact === undefined) return '';
  if (language === 'es') return `Preguntas: ${contact}.`;
  return business.phone === undefined ? `Questions? Write to ${contact}.` : `Questions? Call ${contact}.`;
}

/**
 * The answer to START and YES. `agreedTo` is the consent that is in force now: without one no campaign reaches them, since START lifts an
 * opt-out and is no consent (docs/decisions/0032), and the answer must not promise it.
 */
export function optInConfirmation(
  business: SendingBusiness,
  answer: MessageProgramme & { readonly language: ReplyLanguage; readonly agreedTo: ConsentPurpose | null },
): string {
  const name = gsmName(business);
  if (answer.agreedTo === null) return `${name}: ${LIFTED[answer.language]}`;
  if (answer.language === 'es') {
    return `${name}: Bienvenido. ${FREQUENCY.es} ${RATES.es} Responda AYUDA para ayuda, ALTO o STOP para cancelar.`;
  }
  const topic = answer.topic ?? ASKED_TOPICS.en[answer.agreedTo];
  return `${name}: You are signed up for ${topic}. ${FREQUENCY.en} ${RATES.en} Reply HELP for help, STOP to opt out.`;
}

const LIFTED: { readonly [L in ReplyLanguage]: string } = {
  en: 'We can text you again if you need us. Offers come only if you sign up for them again. Reply HELP for help, STOP to opt out.',
  es: 'Podemos escribirle de nuevo. Ofertas, solo si se inscribe otra vez. Responda AYUDA para ayuda, ALTO o STOP para cancelar.',
};

/** Of the words of `optInRequest`, as the audit log names them; whoever changes a word changes it too. */
export const OPT_IN_REQUEST_VERSION = '2';

/** Asks whether an opt-in was theirs (double opt-in). It says what they would get and how to end it, and offers nothing. */
export function optInRequest(
  business: SendingBusiness,
  asked: MessageProgramme & { readonly purpose: ConsentPurpose; readonly language: ReplyLanguage },
): string {
  const { purpose, language } = asked;
  const topic = asked.topic ?? ASKED_TOPICS[language][purpose];
  const question =
    language === 'es'
      ? `Responda SI para confirmar que desea ${topic} por texto. ${FREQUENCY.es}`
      : `Reply YES to confirm you want ${topic} by text. ${FREQUENCY.en}`;
  const end = language === 'es' ? 'Responda ALTO o STOP para cancelar.' : 'Reply STOP to cancel.';
  return `${gsmName(business)}: ${question} ${RATES[language]} ${end}`;
}

const ASKED_TOPICS: { readonly [L in ReplyLanguage]: { readonly [P in ConsentPurpose]: string } } = {
  en: { marketing: 'offers and reminders', informational: 'appointment and service news' },
  es: { marketing: 'ofertas y avisos', informational: 'avisos de citas y servicio' },
};

/** The answer to HELP. With a phone and an e-mail address both are named while they fit one message part. */
export function helpAnswer(
  business: SendingBusiness,
  answer: MessageProgramme & { readonly language: ReplyLanguage },
): string {
  const { phone, email } = business;
  const both = [phone, email]
    .filter((contact) => contact !== undefined)
    .join(answer.language === 'es' ? ' o ' : ' or ');
  return shortest([both, phone ?? email ?? ''].map((contact) => helpText(gsmName(business), contact, answer)));
}

function helpText(
  name: string,
  contact: string,
  answer: MessageProgramme & { readonly language: ReplyLanguage },
): string {
  if (answer.language === 'es') {
    const help = contact === '' ? '' : ` Ayuda: ${contact}.`;
    const topic = answer.topic ?? 'citas y ofertas';
    return `${name}: ${topic}. ${FREQUENCY.es}${help} ${RATES.es} Responda ALTO o STOP para cancelar.`;
  }
  const help = contact === '' ? '' : ` Help: ${contact}.`;
  const topic = answer.topic ?? 'estimate and service texts';
  return `${name} ${topic}. ${FREQUENCY.en}${help} ${RATES.en} Reply STOP to opt out.`;
}

/** No number: a promised one would be a second cap, and nothing keeps campaigns to so many texts a month. */
const FREQUENCY: { readonly [L in ReplyLanguage]: string } = {
  en: 'Msg frequency varies.',
  es: 'Frecuencia variable.',
};

const RATES: { readonly [L in ReplyLanguage]: string } = {
  en: 'Msg & data rates may apply.',
  es: 'Pueden aplicar tarifas de mensajes y datos.',
};

/** A name outside GSM-7 would double the cost of every confirmation, so it is folded where no word changes. */
const gsmName = (business: SendingBusiness): string => toGsm7(business.name, { dropAccents: true }).text;

/** The first text that fits one message part, else the last, which says the least. */
function shortest(texts: readonly string[]): string {
  return texts.find((text) => countParts(text).parts === 1) ?? texts.at(-1) ?? '';
}
