import type { SentForm } from '../opt-in-forms/decide-submission.ts';
import { TRAP_FIELD } from '../opt-in-forms/form-html.ts';
import type { FormTickets } from '../opt-in-forms/form-ticket.ts';
import { readAtMost } from './request-input.ts';

export interface ReadForm {
  readonly form: SentForm;
  readonly ticketText: string;
  readonly language: string | undefined;
  /** The address of the page, as it says. */
  readonly page: string;
}

/** What a person types into a form is far less. */
const BODY_BYTES_MAX = 16_384;
const NAME_LENGTH_MAX = 100;
const TYPED_LENGTH_MAX = 40;
export const ADDRESS_LENGTH_MAX = 2_000;

/** A form as browsers send it. Undefined for what is no form, or a book. */
export async function readSentForm(request: Request, tickets: FormTickets): Promise<ReadForm | undefined> {
  const type = request.headers.get('content-type') ?? '';
  if (!type.toLowerCase().startsWith('application/x-www-form-urlencoded')) return undefined;
  const bytes = await readAtMost(request, BODY_BYTES_MAX);
  if (bytes === undefined) return undefined;
  const fields = new URLSearchParams(new TextDecoder().decode(bytes));
  const field = (name: string, lengthMax: number): string =>
    (fields.get(name) ?? '').replaceAll('\u0000', '').trim().slice(0, lengthMax).toWellFormed();
  const ticketText = fields.get('ticket') ?? '';
  return {
    form: {
      typed: {
        phone: field('phone', TYPED_LENGTH_MAX),
        firstName: field('first_name', NAME_LENGTH_MAX),
        lastName: field('last_name', NAME_LENGTH_MAX),
      },
      agreed: fields.get('agree') === 'yes',
      trap: fields.get(TRAP_FIELD) ?? '',
      ticket: tickets.read(ticketText),
    },
    ticketText,
    language: fields.get('language') ?? undefined,
    page: field('page', ADDRESS_LENGTH_MAX),
  };
}
