/**
 * What carriers and their customers' codes of conduct ask of a text, judged on the text as it goes out
 * (docs/decisions/0039). Pure: the rules are data.
 */
import type { ContentRules } from './content-rules.ts';
import { INVISIBLE } from './normalise-inbound.ts';

export type ContentFinding =
  | { readonly code: 'no_sender' }
  | { readonly code: 'no_opt_out' }
  | { readonly code: 'insecure_link'; readonly what: string }
  | { readonly code: 'links'; readonly what: string }
  | { readonly code: 'restricted'; readonly what: string; readonly subject: string }
  | { readonly code: 'capitals'; readonly what: string };

export function checkContent(
  text: string,
  { businessName, rules }: { readonly businessName: string; readonly rules: ContentRules },
): readonly ContentFinding[] {
  const plain = plainly(text);
  const links = linksIn(text);
  const findings: ContentFinding[] = [];
  if (!namesSender(plain, businessName)) findings.push({ code: 'no_sender' });
  if (!tellsHowToStop(text, rules)) findings.push({ code: 'no_opt_out' });
  const insecure = links.find(({ written }) => /^http:/i.test(written));
  if (insecure !== undefined) findings.push({ code: 'insecure_link', what: insecure.written });
  if (links.length > rules.linksMax) findings.push({ code: 'links', what: String(links.length) });
  for (const { subject, words } of rules.restricted) {
    const [found] = words.exec(plain) ?? [];
    if (found !== undefined) findings.push({ code: 'restricted', what: found, subject });
  }
  const share = capitalShare(text, rules.capitals.lettersMin);
  if (share > rules.capitals.shareMax) findings.push({ code: 'capitals', what: `${Math.round(share * 100)} %` });
  return findings;
}

export const tellsHowToStop = (text: string, rules: Pick<ContentRules, 'optOut'>): boolean =>
  rules.optOut.test(plainly(text));

/** The first link of a public shortener, in a template as it is written or in a text as it would go out. */
export const shortenerIn = (text: string, rules: Pick<ContentRules, 'shorteners'>): Link | undefined =>
  linksIn(text).find(({ host }) => isShortener(host, rules));

/** Small letters, no accents, one space between words. */
const plainly = (text: string): string =>
  text
    .replace(INVISIBLE, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.'-]+/gu, ' ')
    .trim();

/** Whatever stands behind it in the register of companies is in nobody's mouth. */
const LEGAL_FORM = / (?:llc|l\.l\.c\.|inc\.?|corp\.?|ltd\.?|co\.?|company|pllc|lp|llp)$/;

function namesSender(plain: string, businessName: string): boolean {
  const name = plainly(businessName).replace(LEGAL_FORM, '');
  return name !== '' && ` ${plain} `.includes(` ${name}`);
}

export interface Link {
  readonly host: string;
  readonly written: string;
}

/** With a scheme, or a host with something of an address behind it: `see acme.com/quote`. A bare `Acme.com` is a name. */
const LINK =
  /(?:https?:\/\/(?:[^\s/@]*@)?|(?<![\p{L}\p{N}@.-])(?=[a-z0-9-]+(?:\.[a-z0-9-]+)+\.?(?::\d+)?(?:\/|[?#][\p{L}\p{N}])))([a-z0-9-]+(?:\.[a-z0-9-]+)+)[^\s]*/giu;

/** As a phone opens it: without what nobody sees, in plain letters, with one kind of dot. An ellipsis is no dot of a host. */
const asOpened = (text: string): string =>
  text.replaceAll('…', ' ').normalize('NFKC').replace(INVISIBLE, '').replaceAll('。', '.');

const linksIn = (text: string): readonly Link[] =>
  [...asOpened(text).matchAll(LINK)].map(([written, host = '']) => ({
    host: host.toLowerCase(),
    written: written.replace(/[.,;:!?)\]}'"]+$/u, ''),
  }));

/** Also by any name under it: whoever has the domain has them all. */
function isShortener(host: string, rules: Pick<ContentRules, 'shorteners'>): boolean {
  const labels = host.split('.');
  return labels.some((_, index) => rules.shorteners.has(labels.slice(index).join('.')));
}

/** 0 for a text with too few letters to shout. */
function capitalShare(text: string, lettersMin: number): number {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters < lettersMin ? 0 : (text.match(/\p{Lu}/gu)?.length ?? 0) / letters;
}
