import { maskPhone, maskPhonesIn } from '../platform/phone-mask.ts';

/**
 * Numbers in what an event says, for people who may not see whole ones. Masked are numbers with a plus sign in any of the ways in which
 * payloads write it (`+`, `%2B` in forms, `\u002b` in JSON), North American ones also without, and the event's own number wherever its
 * digits stand.
 */
const WITH_PLUS = /(\+|%2[Bb]|\\u002[Bb])([1-9](?:[ ().-]{0,2}\d){6,14})(?!\d)/g;

export function maskEventText(text: string, phone: string | null): string {
  const plain = maskPlain(text, phone);
  return FORM.test(plain)
    ? plain
        .split('&')
        .map((field) => maskField(field, phone))
        .join('&')
    : plain;
}

const FORM = /^[\w.%+-]+=[^\s&]*(?:&[\w.%+-]+=[^\s&]*)*$/;

/** A form writes blanks and brackets in ways that hide the numbers between which they stand. */
function maskField(field: string, phone: string | null): string {
  const [name = '', value = ''] = [...new URLSearchParams(field)][0] ?? [];
  const shown = maskPlain(value, phone);
  if (shown === value) return field;
  return `${encodeURIComponent(name)}=${encodeURIComponent(shown).replaceAll('%20', '+').replaceAll(encodeURIComponent('•'), '•')}`;
}

function maskPlain(text: string, phone: string | null): string {
  const withPlus = text.replace(WITH_PLUS, (_match, plus: string, number: string) => plus + masked(number));
  const digits = phone?.replace(/\D/g, '') ?? '';
  // Shorter ones would mask half of all ids.
  const own = digits.length < OWN_DIGITS_MIN ? withPlus : withPlus.replaceAll(digits, masked(digits));
  const national = digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : '';
  return maskPhonesIn(national === '' ? own : own.replaceAll(national, masked(national)));
}

const OWN_DIGITS_MIN = 7;
const SHOWN_DIGITS = 4;

const masked = (number: string): string => `•••${number.replace(/\D/g, '').slice(-SHOWN_DIGITS)}`;

/** Either as it is, or without whole numbers. */
export interface EventMask {
  readonly phone: (phone: string | null) => string | null;
  readonly text: (text: string, phone: string | null) => string;
}

export const MASKED: EventMask = {
  phone: (phone) => (phone === null ? null : maskPhone(phone)),
  text: maskEventText,
};
export const UNMASKED: EventMask = { phone: (phone) => phone, text: (text) => text };
