import type { NewOptInForm, OptInForm } from '../api/opt-in-forms.ts';

/** A form as it is being written. */
export interface FormDraft {
  readonly name: string;
  readonly laneId: string;
  readonly purpose: OptInForm['purpose'];
  readonly inWriting: boolean;
  readonly doubleOptIn: boolean;
  /** One a line. */
  readonly sites: string;
  readonly redirectUrl: string;
  readonly languages: readonly Language[];
  readonly words: Readonly<Record<Language, Words>>;
}

export type Language = OptInForm['wordings'][number]['language'];
export type Words = Pick<OptInForm['wordings'][number], 'heading' | 'wording' | 'button'>;

const TOPICS = {
  en: { marketing: 'offers and reminders', informational: 'news about my appointments and services' },
  es: { marketing: 'ofertas y avisos', informational: 'avisos de mis citas y servicios' },
} as const;

/** What carriers and the law want beside the box: who, what, how often, rates, HELP and STOP, and that nothing has to be bought. */
const suggestedWords = (business: string, purpose: OptInForm['purpose']): FormDraft['words'] => ({
  en: {
    heading: `Texts from ${business}`,
    wording: `I agree to get automated texts from ${business} with ${TOPICS.en[purpose]} at this number. Message frequency varies. I need not agree in order to buy anything. Msg & data rates may apply. Reply HELP for help, STOP to end it. My number is not shared with others for their marketing.`,
    button: 'Sign me up',
  },
  es: {
    heading: `Textos de ${business}`,
    wording: `Acepto recibir textos automáticos de ${business} con ${TOPICS.es[purpose]} en este número. La frecuencia varía. No es condición para comprar nada. Pueden aplicar tarifas de mensajes y datos. Responda AYUDA para ayuda, ALTO o STOP para cancelar. Mi número no se comparte con otros para su publicidad.`,
    button: 'Inscribirme',
  },
});

export const newDraft = (business: string, laneId: string): FormDraft => ({
  name: '',
  laneId,
  purpose: 'marketing',
  inWriting: true,
  doubleOptIn: true,
  sites: '',
  redirectUrl: '',
  languages: ['en'],
  words: suggestedWords(business, 'marketing'),
});

export function draftOf(form: OptInForm, business: string): FormDraft {
  const written = Object.fromEntries(form.wordings.map(({ language, ...words }) => [language, words]));
  return {
    name: form.name,
    laneId: form.laneId,
    purpose: form.purpose,
    inWriting: form.kind === 'express_written',
    doubleOptIn: form.doubleOptIn,
    sites: form.allowedOrigins.join('\n'),
    redirectUrl: form.redirectUrl ?? '',
    languages: form.wordings.map(({ language }) => language),
    words: { ...suggestedWords(business, form.purpose), ...written },
  };
}

/** Words that nobody has touched follow the purpose. */
export function withPurpose(draft: FormDraft, purpose: OptInForm['purpose'], business: string): FormDraft {
  const untouched = JSON.stringify(draft.words) === JSON.stringify(suggestedWords(business, draft.purpose));
  return { ...draft, purpose, words: untouched ? suggestedWords(business, purpose) : draft.words };
}

/** What the API takes of a new form; of an existing one, all but what people agree to. */
export function bodyOf({ languages, words, sites, redirectUrl, inWriting, ...draft }: FormDraft): NewOptInForm {
  return {
    ...draft,
    name: draft.name.trim(),
    kind: inWriting ? 'express_written' : 'express',
    allowedOrigins: sites.split(/\s+/).filter((site) => site !== ''),
    redirectUrl: redirectUrl.trim() === '' ? null : redirectUrl.trim(),
    wordings: languages.map((language) => ({ language, ...words[language] })),
  };
}

/** What such words lack; empty when nothing is missed. */
export function missingWords(wording: string, business: string): readonly string[] {
  const lacks = (pattern: RegExp): boolean => !pattern.test(wording);
  return [
    ...(wording.toLowerCase().includes(business.toLowerCase()) ? [] : [`the name ${business}`]),
    ...(lacks(/\bSTOP\b/i) ? ['STOP'] : []),
    ...(lacks(/\b(HELP|AYUDA)\b/i) ? ['HELP'] : []),
    ...(lacks(/\brates?\b|\btarifas\b/i) ? ['that rates may apply'] : []),
    ...(lacks(/\b(month|week|mes|semana|mo|frequency|frecuencia)\b/i) ? ['how often you text'] : []),
    ...(lacks(/\bbuy|purchase|compra/i) ? ['that nothing has to be bought'] : []),
  ];
}
