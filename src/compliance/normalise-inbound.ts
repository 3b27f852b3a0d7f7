import { isKeyword } from './keywords.ts';
import { textBesideReaction } from './normalise-reaction.ts';
import { canonicalWords, withoutLongRuns } from './normalise-words.ts';

/**
 * What an inbound text says once everything that is not the person's own words is gone: reactions, quoted messages, our footer,
 * signatures. The raw body stays in storage; this works on a copy.
 */
export interface InboundText {
  /** The person's own words with case and punctuation. */
  readonly body: string;
  /** Lower-case words without accents and punctuation, one space apart. */
  readonly words: string;
  /**
   * Canonical words ("u" is "you", "don't" is "do not") with ` | ` where a clause ends and ` ? ` where a question ends, and one
   * space at either end, so that rules can look for whole words and clauses.
   */
  readonly clauses: string;
  /** `bare` is a reaction or quote with nothing beside it; `footer` is our footer typed or pasted without anything beside it. */
  readonly kind: 'words' | 'bare' | 'footer';
}

/** Longer texts are judged by their start and their end: a bound on the work, where ten message parts are 1,530 characters. */
const ANALYSED_START = 1_600;
const ANALYSED_END = 400;

/** A run of our own words must be this long to count as quoted: shorter ones happen in anybody's sentence. */
const QUOTED_RUN_WORDS = 8;

/** Zero-width characters, marks of direction, variation selectors, soft hyphens. */
export const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const ASCII_ONLY = /^[\n\x20-\x7e]*$/;

export function normaliseInbound(text: string, recentOutbound: readonly string[]): InboundText {
  const unified = unifyText(text);
  const beside = textBesideReaction(unified, recentOutbound);
  const answer = withoutSignature(withoutQuotes(beside ?? unified));
  const own = recentOutbound.length === 0 ? answer : withoutOwnText(answer, recentOutbound);
  const body = withoutFooters(own);
  const words = plainWords(body);
  const clauses = canonicalWords(comparableText(body));
  if (words !== '') return { body, words, clauses, kind: 'words' };
  const ownWords = plainWords(own);
  if (ownWords !== '')
    return { body: own, words: ownWords, clauses: canonicalWords(comparableText(own)), kind: 'footer' };
  return { body, words, clauses, kind: beside !== undefined || plainWords(unified) !== '' ? 'bare' : 'words' };
}

/** Compatibility forms, quotes and line ends made alike; invisible characters dropped. */
export function unifyText(text: string): string {
  const analysed =
    text.length > ANALYSED_START + ANALYSED_END
      ? `${text.slice(0, ANALYSED_START)}\n${text.slice(-ANALYSED_END)}`
      : text;
  if (ASCII_ONLY.test(analysed)) return analysed;
  return analysed
    .replace(/[\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`]/g, "'")
    .replace(/[\u201c-\u201f\u00ab\u00bb\u2033]/g, '"')
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n');
}

const comparableText = (text: string): string =>
  ASCII_ONLY.test(text)
    ? text.toLowerCase()
    : text
        .toLowerCase()
        .normalize('NFD')
        .replace(/\p{M}+/gu, '');

function plainWords(text: string): string {
  const comparable = comparableText(text);
  const joined = comparable.includes("'") ? comparable.replace(/(?<=\p{L})'(?=\p{L})/gu, '') : comparable;
  const words = withoutLongRuns(joined).match(/[\p{L}\p{N}]+/gu) ?? [];
  return joinSpelledLetters(words).join(' ');
}

/** Longer runs of single letters spell nothing, and looking at each of their tails would take a hostile text's square. */
const SPELLED_LETTERS_MAX = 40;

/** "s t o p" becomes "stop", also twice in a row; letters that spell no keyword stay apart. */
function joinSpelledLetters(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let index = 0; index < words.length; ) {
    let end = index;
    while (words[end]?.length === 1) end += 1;
    const letters = end - index;
    const isSpelling = letters >= 3 && letters <= SPELLED_LETTERS_MAX;
    const keyword = isSpelling ? repeatedUnit(words.slice(index, end).join('')) : undefined;
    if (keyword !== undefined && isKeyword(keyword)) {
      joined.push(keyword);
      index = end;
    } else {
      joined.push(words[index] ?? '');
      index += 1;
    }
  }
  return joined;
}

const repeatedUnit = (text: string): string | undefined => /^(.{3,12}?)\1*$/u.exec(text)?.[1];

const WROTE = /(?:^|\n|[.!?] )\s{0,3}(?:on [^\n]{1,200}|el [^\n]{1,200}|[^\n]{0,100}>) (?:wrote|escribio|escribió) ?:/i;
const FORWARDED = /(?:^|\n)(?:-{2,} ?(?:original|forwarded) message|from: [^\n]{1,200}\n(?:sent|date|to): )/i;

function withoutQuotes(text: string): string {
  let own = text;
  for (const start of [WROTE.exec(own)?.index, FORWARDED.exec(own)?.index]) {
    if (start !== undefined) own = own.slice(0, start);
  }
  if (!own.includes('>')) return own;
  return own
    .split('\n')
    .filter((line) => !/^\s{0,9}>/.test(line))
    .join('\n');
}

const SIGNATURE_LINE = /^[-–—\s]{0,9}(?:sent (?:from|via|using) |get outlook for |enviado desde |get the new )/i;
const SIGNATURE_TAIL =
  /[\s.!,-](?:Sent from my |Sent from Yahoo|Sent via |Get Outlook for |Enviado desde mi )[^\n]{0,60}$/;

function withoutSignature(text: string): string {
  const lines = text.split('\n');
  const dashes = lines.findIndex((line, index) => index > 0 && /^--\s?$/.test(line));
  const kept = dashes === -1 ? lines : lines.slice(0, dashes);
  while (kept.length > 0 && kept.at(-1)?.trim() === '') kept.pop();
  if (SIGNATURE_LINE.test(kept.at(-1) ?? '')) kept.pop();
  return kept.join('\n').replace(SIGNATURE_TAIL, '');
}

/** Cuts out runs of words that are ours, as when a client quotes without marking it. */
function withoutOwnText(text: string, recentOutbound: readonly string[]): string {
  const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)];
  const ours = new Set(
    recentOutbound.flatMap((sent) =>
      runsOf(
        unifyText(sent)
          .toLowerCase()
          .match(/[\p{L}\p{N}]+/gu) ?? [],
      ),
    ),
  );
  const runs = runsOf(words.map(([word]) => word.toLowerCase()));
  let kept = '';
  let position = 0;
  runs.forEach((run, index) => {
    const start = words[index]?.index ?? 0;
    const last = words[index + QUOTED_RUN_WORDS - 1];
    if (!ours.has(run) || last === undefined) return;
    kept += text.slice(position, Math.max(position, start));
    position = last.index + last[0].length;
  });
  return kept + text.slice(position);
}

const runsOf = (words: readonly string[]): readonly string[] =>
  words.slice(QUOTED_RUN_WORDS - 1).map((_, index) => words.slice(index, index + QUOTED_RUN_WORDS).join(' '));

const LEAVING = '(?:opt[- ]?out|end|unsubscribe|cancel|stop|quit|be removed|unsub|leave)';
const FROM_TEXTS =
  '(?: (?:of|from|receiving))?(?: (?:these|this|all|our|future|further|receiving))*(?: (?:texts?|messages?|alerts|list|sms))?';
const FOOTERS = [
  `(?:reply|text|txt|send|respond)(?: with)? ["']?(?:stop|alto)["']?(?: or ["']?(?:stop|alto)["']?)?,?` +
    ` ?(?:to|2|=) ?${LEAVING}${FROM_TEXTS}`,
  `["']?stop["']? ?(?:to|2|=) ?${LEAVING}${FROM_TEXTS}`,
  '(?:reply|text|txt) ["\']?help["\']? (?:for|4) (?:help|info)',
  'msg ?(?:&|and) ?data rates may apply',
  '(?:responda|responde|envie|envíe|envia|envía|conteste|mande) (?:con )?["\']?(?:alto|stop|baja)["\']?(?:' +
    ' [ou] ["\']?(?:alto|stop)["\']?)? para (?:cancelar|salir|terminar|parar|darse de baja|no recibir' +
    ' (?:m[aá]s )?(?:mensajes|textos))',
].join('|');

/**
 * Only where a sentence or clause begins: "Acme: sale. Reply STOP to opt out" has our footer, "I text STOP to opt out and you
 * still write" is the person speaking.
 */
const FOOTER = new RegExp(`(^|[\\n.!?;:,)"]\\s{0,3}|[-–—] )(?:${FOOTERS})(?![\\p{L}\\p{N}])`, 'giu');

const withoutFooters = (text: string): string =>
  /stop|alto|baja|help|rates/i.test(text) ? text.replace(FOOTER, '$1') : text;
