import { type E164, parsePhone } from '../contacts/phone.ts';
import type { FormProblem, TypedValues } from './form-html.ts';
import { TICKET_AGE_MAX_MS, TICKET_AGE_MIN_MS, type Ticket } from './form-ticket.ts';
import type { OptInForm } from './opt-in-form.ts';

/** A form as it was sent in. */
export interface SentForm {
  readonly typed: TypedValues;
  readonly agreed: boolean;
  /** What stands in the field that no person sees. */
  readonly trap: string;
  /** As read; undefined without one, or when it is not ours. */
  readonly ticket: Ticket | undefined;
}

export type SubmissionDecision =
  /** A program: it is told what a person would be. */
  | { readonly kind: 'trapped' }
  /** Our own page of the form, with a problem to be mended. */
  | { readonly kind: 'show'; readonly problem: FormProblem }
  | { readonly kind: 'accept'; readonly phone: E164; readonly ticket: Ticket };

/**
 * Without a ticket nothing is accepted, but nobody is turned away either: a form in a page without scripts has none, and its second step is
 * our own page, which has one and an empty box.
 */
export function decideSubmission(
  form: Pick<OptInForm, 'token'>,
  { typed, agreed, trap, ticket }: SentForm,
  nowMs: number,
): SubmissionDecision {
  if (trap !== '') return { kind: 'trapped' };
  const ageMs = ticket === undefined ? 0 : nowMs - ticket.issuedAtMs;
  if (ticket === undefined || ticket.token !== form.token || ageMs > TICKET_AGE_MAX_MS)
    return { kind: 'show', problem: 'confirm_here' };
  if (ageMs < TICKET_AGE_MIN_MS) return { kind: 'show', problem: 'too_fast' };
  const phone = parsePhone(typed.phone);
  if (!phone.ok) return { kind: 'show', problem: 'phone' };
  if (!agreed) return { kind: 'show', problem: 'not_agreed' };
  return { kind: 'accept', phone: phone.value, ticket };
}

/**
 * Of which site the page is that a request comes from: `own` or one that the form allows, another one, or none that is named. Browsers name it
 * with everything that is sent in; "null" is that of a page which hides itself.
 */
export function siteOf(
  form: Pick<OptInForm, 'allowedOrigins'>,
  headers: { readonly origin: string | null; readonly referer: string | null },
  ownOrigin: string,
): 'own' | 'allowed' | 'foreign' | 'unnamed' {
  const origin = headers.origin ?? originOf(headers.referer);
  if (origin === null) return 'unnamed';
  if (origin === ownOrigin) return 'own';
  return form.allowedOrigins.includes(origin) ? 'allowed' : 'foreign';
}

/** Null for what is no address of a page. */
export function originOf(address: string | null): string | null {
  const url = address === null ? null : URL.parse(address);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.origin : null;
}
