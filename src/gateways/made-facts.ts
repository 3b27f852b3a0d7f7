import type { Random } from '../platform/random.ts';

/** What made-up events are about, whichever gateway they are of. */

/** So that nobody takes a made event for a real one: neither a person nor a scanner for secrets, which knows AC and 32 digits. */
const ID_MARK = 'fake';
const ID_RANDOM_BYTES = 8;

export const madeId = (prefix: string, random: Random): string =>
  `${prefix}${ID_MARK}${Buffer.from(random.bytes(ID_RANDOM_BYTES)).toString('hex')}`;

/** In every area code, 555-0100 to 555-0199 belong to nobody. */
const AREA_CODES = ['201', '212', '303', '312', '404', '415', '512', '602', '617', '702', '713', '919'] as const;

export const madeNumber = (random: Random): string => `+1${random.pick(AREA_CODES)}55501${random.int(10, 99)}`;

export const THEIR_TEXTS = [
  'Yes please, when could you come by?',
  'How much would it be for a basement of 900 sq ft?',
  'Thanks, we went with somebody else.',
  'Is Thursday afternoon still free? 🙂',
] as const;
export const OUR_TEXTS = [
  'Hi Sam, your estimate is ready. Reply STOP to opt out.',
  'Hello from Solid Foundations: shall we come by this week? Reply STOP to opt out.',
] as const;
/** Unreachable, blocked, unknown, landline, filtered. */
export const ERROR_CODES = ['30003', '30004', '30005', '30006', '30007'] as const;
