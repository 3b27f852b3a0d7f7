import type { ReplyLanguage } from '../compliance/keywords.ts';
import { escapeHtml } from '../platform/escape-html.ts';
import { plainPage } from '../platform/plain-page.ts';
import type { FormWording } from './opt-in-form.ts';

/** The form as people see it: our own page of it, and the same to be pasted into another. It works without scripts. */
export type FormProblem = 'too_fast' | 'phone' | 'not_agreed' | 'confirm_here';

export interface ShownForm {
  /** Where it is sent to. */
  readonly address: string;
  readonly version: number;
  readonly wording: FormWording;
}

/** What somebody has typed already; the box is never among it. */
export interface TypedValues {
  readonly phone: string;
  readonly firstName: string;
  readonly lastName: string;
}

const LABELS = {
  en: {
    phone: 'Mobile number',
    firstName: 'First name (if you like)',
    lastName: 'Last name (if you like)',
    other: 'Español',
    problems: {
      too_fast: 'That was very fast. Look at it once more and press the button again.',
      phone: 'This is not a US mobile number. Write it like (617) 555-0123.',
      not_agreed: 'Tick the box if you agree. Without it nothing is sent to you.',
      confirm_here: 'One more step: check your number, tick the box and press the button.',
    },
  },
  es: {
    phone: 'Número de celular',
    firstName: 'Nombre (si lo desea)',
    lastName: 'Apellido (si lo desea)',
    other: 'English',
    problems: {
      too_fast: 'Eso fue muy rápido. Revíselo y pulse el botón otra vez.',
      phone: 'No es un número de celular de Estados Unidos. Escríbalo así: (617) 555-0123.',
      not_agreed: 'Marque la casilla si está de acuerdo. Sin ella no le enviamos nada.',
      confirm_here: 'Un paso más: revise su número, marque la casilla y pulse el botón.',
    },
  },
} as const;

const NOTHING_TYPED: TypedValues = { phone: '', firstName: '', lastName: '' };

/** The honeypot has a name that programs like to fill in, and stands where no person sees or reaches it. */
export const TRAP_FIELD = 'website';

function fields({ version, wording }: ShownForm, ticket: string, typed: TypedValues): string {
  const labels = LABELS[wording.language];
  const value = (text: string): string => (text === '' ? '' : ` value="${escapeHtml(text)}"`);
  return `  <input type="hidden" name="version" value="${version}">
  <input type="hidden" name="language" value="${wording.language}">
  <input type="hidden" name="ticket"${value(ticket)}>
  <input type="hidden" name="page">
  <label>${labels.phone} <input name="phone" type="tel" autocomplete="tel" maxlength="40" required${value(typed.phone)}></label>
  <label>${labels.firstName} <input name="first_name" autocomplete="given-name" maxlength="100"${value(typed.firstName)}></label>
  <label>${labels.lastName} <input name="last_name" autocomplete="family-name" maxlength="100"${value(typed.lastName)}></label>
  <div style="position:absolute;left:-9999px" aria-hidden="true"><label>Website <input name="${TRAP_FIELD}" tabindex="-1" autocomplete="off"></label></div>
  <label class="tick"><input type="checkbox" name="agree" value="yes" required> <span>${escapeHtml(wording.wording)}</span></label>
  <button type="submit">${escapeHtml(wording.button)}</button>`;
}

const form = (
  shown: ShownForm,
  inside: string,
): string => `<form action="${escapeHtml(shown.address)}" method="post" accept-charset="utf-8">
${inside}
</form>`;

/** To be pasted into a page of one's own. The script only saves people the second step, by which a form without a ticket is confirmed. */
export const formSnippet = (shown: ShownForm): string => `${form(shown, fields(shown, '', NOTHING_TYPED))}
<script async src="${escapeHtml(shown.address)}/form.js"></script>
`;

export function formPage(
  shown: ShownForm,
  page: {
    readonly ticket: string;
    readonly typed?: TypedValues | undefined;
    readonly problem?: FormProblem | undefined;
    /** The other language in which it can be read. */
    readonly other?: ReplyLanguage | undefined;
  },
): string {
  const { language, heading } = shown.wording;
  const labels = LABELS[language];
  const problem =
    page.problem === undefined ? '' : `<p class="problem" role="alert">${labels.problems[page.problem]}</p>\n`;
  const other =
    page.other === undefined
      ? ''
      : `\n<p class="small"><a href="?lang=${page.other}" lang="${page.other}">${labels.other}</a></p>`;
  const content = `${problem}${form(shown, fields(shown, page.ticket, page.typed ?? NOTHING_TYPED))}${other}`;
  return plainPage({ title: escapeHtml(heading), content, language });
}

export type Notice = 'asked' | 'signed_up' | 'closed' | 'unknown' | 'foreign' | 'too_often';

/** What became of it. It says the same whoever the number belongs to: nobody learns here who has opted out. */
export function noticePage(
  notice: Notice,
  about: {
    readonly language: ReplyLanguage;
    readonly business: string;
    /** The number of ours that asks. */
    readonly lanePhone: string;
    /** Our own page of the form. */
    readonly address: string;
    readonly next: string | null;
  },
): string {
  const { language, next } = about;
  const [title, text] = NOTICES[language][notice]({
    business: escapeHtml(about.business),
    phone: escapeHtml(about.lanePhone),
    link: `<a href="${escapeHtml(about.address)}">${escapeHtml(about.address)}</a>`,
  });
  const onwards =
    next === null
      ? ''
      : `<p><a href="${escapeHtml(next)}">${language === 'es' ? 'Continuar' : 'Continue'}: ${escapeHtml(new URL(next).host)}</a></p>`;
  return plainPage({ title, content: `<p>${text}</p>${onwards}`, language });
}

type NoticeWords = (about: {
  readonly business: string;
  readonly phone: string;
  readonly link: string;
}) => readonly [title: string, text: string];

const NOTICES: { readonly [L in ReplyLanguage]: { readonly [N in Notice]: NoticeWords } } = {
  en: {
    asked: ({ phone }) => [
      'Almost done',
      `We ask by text whether this was you. Answer it with YES. We text by day only, and not twice within a month: if nothing comes, text START to ${phone} yourself.`,
    ],
    signed_up: ({ business }) => [
      'Thank you',
      `You are signed up for texts from ${business}. Answer any of them with STOP to end it.`,
    ],
    closed: ({ business }) => ['This form is closed', `${business} takes no sign-ups here at the moment.`],
    unknown: () => ['There is no such form', 'Part of the address may be missing.'],
    foreign: ({ link }) => ['This form is not for that page', `Nothing was sent. Fill it in here: ${link}`],
    too_often: () => ['Just a moment', 'This was tried many times in a short while. Try it again later.'],
  },
  es: {
    asked: ({ phone }) => [
      'Ya casi',
      `Le preguntamos por texto si fue usted. Responda SI. Enviamos textos solo de día, y no dos veces en un mes: si no llega nada, envíe START al ${phone}.`,
    ],
    signed_up: ({ business }) => [
      'Gracias',
      `Usted recibirá textos de ${business}. Responda ALTO o STOP a cualquiera de ellos para cancelar.`,
    ],
    closed: ({ business }) => ['Este formulario está cerrado', `${business} no recibe inscripciones aquí por ahora.`],
    unknown: () => ['No existe este formulario', 'Puede faltar una parte de la dirección.'],
    foreign: ({ link }) => ['Este formulario no es de esa página', `No se envió nada. Llénelo aquí: ${link}`],
    too_often: () => ['Un momento', 'Se intentó muchas veces en poco tiempo. Inténtelo más tarde.'],
  },
};

/** Fetches a ticket for each form of ours on the page that it stands in, and says where that is. */
export const formScript = (address: string): string => `(() => {
  const address = ${JSON.stringify(address)};
  for (const form of document.querySelectorAll('form')) {
    if (form.getAttribute('action') !== address) continue;
    const { version, language, ticket, page } = form.elements;
    fetch(address + '/ticket?version=' + version.value + '&language=' + language.value)
      .then((answer) => (answer.ok ? answer.json() : undefined))
      .then((given) => {
        if (given === undefined) return;
        ticket.value = given.ticket;
        page.value = location.href;
      })
      .catch(() => undefined);
  }
})();
`;
