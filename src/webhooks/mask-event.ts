import { maskPhone, maskPhonesIn } from '../platform/phone-mask.ts';
import { maskNumbers } from './mask-numbers.ts';

/**
 * Numbers in what an event says, for people who may not see whole ones: of any country, as payloads and people write them, and the event's
 * own number wherever its digits stand.
 */
export function maskEventText(text: string, phone: string | null): string {
  return FORM.test(text)
    ? text
        .split('&')
        .map((field) => maskField(field, phone))
        .join('&')
    : maskPlain(text, phone);
}

const FORM = /^[\w.%+-]+=[^\s&]*(?:&[\w.%+-]+=[^\s&]*)*$/;

/** A form writes blanks and brackets in ways that hide the numbers between which they stand. */
function maskField(field: string, phone: string | null): string {
  const [name = '', value = ''] = [...new URLSearchParams(field)][0] ?? [];
  const shown = [name, value].map((part) => maskPlain(part, phone));
  return shown[0] === name && shown[1] === value ? field : shown.map(inForm).join('=');
}

const inForm = (text: string): string =>
  encodeURIComponent(text).replaceAll('%20', '+').replaceAll(encodeURIComponent('•'), '•');

const maskPlain = (text: string, phone: string | null): string => maskPhonesIn(maskNumbers(text, phone));

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
