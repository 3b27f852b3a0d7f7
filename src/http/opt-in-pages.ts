import { getBusiness } from '../business/business-store.ts';
import type { ReplyLanguage } from '../compliance/keywords.ts';
import { type FormProblem, formPage, type Notice, noticePage, type TypedValues } from '../opt-in-forms/form-html.ts';
import { type FormTickets, formTickets } from '../opt-in-forms/form-ticket.ts';
import { formAddress, wordingIn } from '../opt-in-forms/opt-in-form.ts';
import type { PublicForm } from '../opt-in-forms/opt-in-form-store.ts';
import type { Services } from '../services.ts';
import { htmlAnswer } from './html-answer.ts';

export type PageNeeds = Pick<Services, 'database' | 'clock' | 'random' | 'secrets' | 'publicUrl'>;

/** The pages that people see who agree by a form. */
export interface OptInPages {
  readonly tickets: FormTickets;
  addressOf(token: string): string;
  ownOrigin(): string;
  form(form: PublicForm, language: ReplyLanguage, again?: Again): Response;
  notice(
    what: Notice,
    about: { readonly form: PublicForm | undefined; readonly language: ReplyLanguage },
  ): Promise<Response>;
}

/** What is to be mended, and what was typed. */
interface Again {
  readonly problem: FormProblem;
  readonly typed: TypedValues;
}

const STATUS: Readonly<Record<Notice, number>> = {
  asked: 200,
  signed_up: 200,
  closed: 410,
  unknown: 404,
  foreign: 403,
  too_often: 429,
};

export function optInPages({ database, clock, random, secrets, publicUrl }: PageNeeds): OptInPages {
  const tickets = formTickets(secrets, random);
  const addressOf = (token: string): string => formAddress(publicUrl(), token);
  return {
    tickets,
    addressOf,
    ownOrigin: () => new URL(publicUrl()).origin,
    form({ token, version, wordings }, language, again) {
      const wording = wordingIn(wordings, language);
      const issuedAtMs = clock.now().epochMilliseconds;
      const html = formPage(
        { address: addressOf(token), version, wording },
        {
          ticket: tickets.issue({ token, version, language: wording.language, issuedAtMs }),
          typed: again?.typed,
          problem: again?.problem,
          other: wordings.find((one) => one.language !== wording.language)?.language,
        },
      );
      return htmlAnswer(again === undefined || again.problem === 'confirm_here' ? 200 : 422, html);
    },
    async notice(what, { form, language }) {
      const { name: business } = await getBusiness(database.db);
      const about = {
        language,
        business,
        lanePhone: form?.lanePhone ?? '',
        address: form === undefined ? '' : addressOf(form.token),
        next: what === 'asked' || what === 'signed_up' ? (form?.redirectUrl ?? null) : null,
      };
      return htmlAnswer(STATUS[what], noticePage(what, about));
    },
  };
}
