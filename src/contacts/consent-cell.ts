/**
 * What one cell says of a consent. A file is read by people who sell: so nothing is agreement but words that are known to be one, and all of
 * the cell has to be such words. Words of refusal count wherever they stand.
 */
export type ConsentReading =
  | 'agreed'
  /** Neither a yes nor a no that is understood: somebody's claim, and no consent. */
  | 'unclear'
  /** There is none ("no", "not signed"): nobody says that the person has asked to be left alone. */
  | 'not_given'
  /** The person has asked to be left alone ("opted out", "revoked"). */
  | 'refused'
  | 'silent';

/** Of several readings of one row the first counts. */
const STRICTEST: readonly ConsentReading[] = ['refused', 'not_given', 'unclear', 'agreed'];

export const strictest = (readings: readonly ConsentReading[]): ConsentReading =>
  STRICTEST.find((reading) => readings.includes(reading)) ?? 'silent';

export function readConsentCell(cell: string): ConsentReading {
  const words = wordsOf(cell);
  if (words === '' || NOTHING.test(words)) return 'silent';
  if (NOT_REFUSED.test(words)) return 'unclear';
  if (REFUSED.test(words)) return 'refused';
  if (NOT_GIVEN.test(words)) return 'not_given';
  const each = words.split(' ');
  const isAgreement =
    each.some((word) => AGREES.has(word)) && each.every((word) => AGREES.has(word) || BESIDE.has(word));
  return isAgreement ? 'agreed' : 'unclear';
}

const CERTAIN = /\b(?:optout|unsubscri\w*|revo[ck]\w*|with ?dr[ae]w\w*|declined|refused)\b/;

/** The same of a cell that is about something else, as the way in which somebody agreed: "Stop & Shop kiosk" refuses nothing. */
export function tellsOfRefusal(cell: string): boolean {
  const words = wordsOf(cell);
  return CERTAIN.test(words) && !NOT_REFUSED.test(words);
}

/** Of a column that says who has opted out: whatever is no "no" there, a date as well as a yes. */
export function tellsOfOptOut(cell: string): boolean {
  const words = wordsOf(cell);
  if (NOT_REFUSED.test(words) || STILL_IN.test(words) || /^[0 ]*$/.test(words)) return false;
  return !['silent', 'not_given'].includes(readConsentCell(cell));
}

const STILL_IN = /\b(?:optin|subscribed|active)\b/;

/** `Opt-In`, `opted_in` and `OPT IN` are `optin`; marks are the words that they stand for; accents and punctuation tell nothing apart. */
const wordsOf = (cell: string): string =>
  cell
    .normalize('NFKD')
    .replace(/[✓✔☑✅🗹]/gu, ' yes ')
    .replace(/[✗✘❌☒✖☐🚫]/gu, ' no ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[\p{M}'’`´]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/\bopt(?:ed|s|ing)? ?(in|out)\b/g, 'opt$1')
    .replace(/\bun ?subscri/g, 'unsubscri');

const NOTHING = /^(?:n a|na|null|nil|nan|undefined|unknown|unk|tbd|desconocido)$/;

const REFUSALS = String.raw`optout|unsubscri\w*|desuscri\w*|revo[ck]\w*|with ?dr[ae]w\w*|declin\w*|refus\w*|reject\w*|rescind\w*|object(?:s|ed|ion)|cancel\w*|stop\w*|quit|dnc|dnt|remove\w*|suppress\w*|block\w*|black ?list\w*|complain\w*|spam|baja|rechaz\w*|retir\w*|quitar|no molestar`;
/** "Not opted out" says neither. */
const NOT_REFUSED = new RegExp(String.raw`\b(?:not|never|nunca)(?: been| yet)? (?:${REFUSALS})\b`);
const REFUSED = new RegExp(
  String.raw`\b(?:${REFUSALS}|(?:do|does|did|please) not|dont|doesnt|didnt|leave me alone|wants? no|no (?:acepta|acepto|autoriza|autorizo|desea|deseo|quiere|quiero)\w*|no (?:texts?|sms|messages?|contact|calls?|marketing)|opposed)\b`,
);
const NOT_GIVEN =
  /\b(?:no|not|non|none|nope|never|false|falso|n|0|f|nobody|neither|nor|without|missing|lacks?|lacking|absent|negative|isnt|wasnt|hasnt|havent|cannot|cant|unsigned|unchecked|unticked|nunca|jamas|sin|ningun\w*|nada|tampoco)\b/;

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const AGREES = set(
  'yes y true 1 t ok okay si s verdadero optin subscribed subscribe subscriber agreed agrees agree accepted accepts accept consented consents granted given allowed permitted confirmed pewc express expressed expressly explicit written signed signature esigned esign esignature verbal oral spoken marketing promotional promotions offers informational transactional appointment appointments reminder reminders suscrito suscrita acepto acepta aceptado autorizado autoriza autorizo consentido escrito escrita firmado firmada firma expreso expresa informativo informativa informativos recordatorio recordatorios promociones ofertas',
);
/** What stands beside such words and takes nothing from them. */
const BESIDE = set(
  'consent consents consentimiento permission permiso prior form forms formulario paper online web website electronic electronically digital checkbox box ticked checked double single kiosk counter store card in by on for to the a an via of and with at de en el la los las por para y con previo previa text texts texting message messages messaging sms mms mensajes mensaje all only customer client cliente person he she they i we has have was is been',
);
