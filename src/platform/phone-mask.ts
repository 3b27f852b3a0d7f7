/** `+16175550123` becomes `+1617•••0123`: enough to recognise a number in a log, too little to leak it. */
export const maskPhone = (phone: string): string =>
  phone.length < 9 ? '•••' : `${phone.slice(0, 5)}•••${phone.slice(-4)}`;

const PHONE_IN_TEXT = /\+?\b1?[2-9]\d{2}[-. )]{0,2}[2-9]\d{2}[-. ]?\d{4}\b/g;

/** Masks every North American number inside free text. */
export const maskPhonesIn = (text: string): string => text.replace(PHONE_IN_TEXT, (match) => `•••${match.slice(-4)}`);
