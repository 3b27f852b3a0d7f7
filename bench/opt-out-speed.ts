import { classifyInbound } from '../src/compliance/opt-out.ts';
import { instant } from '../src/platform/time.ts';
import { REPLIES } from '../test/labelled-replies.ts';
import { percentile, perSecond, report, shown } from './support/measure.ts';

/**
 * `node bench/opt-out-speed.ts [--json]`: how fast inbound texts are understood, which happens before a webhook is answered. The
 * reference looks for the exact legal keywords and understands nothing else. Texts that are made to be slow are measured one by one.
 */
/** 50 microseconds each, the mean over texts of all kinds. */
const PER_SECOND_MIN = 20_000;
/** As long as a webhook may take. */
const SLOWEST_MS_MAX = 50;
const TYPICAL_MICROSECONDS_MAX = 50;
const HOSTILE_LENGTH = 10_000;
/** As of every reply that comes in: the keywords of its day are looked for. */
const SAID = { at: instant('2026-11-17T15:00:00Z') };

const corpus = REPLIES.map(({ message }) => message);

const KEYWORDS: ReadonlySet<string> = new Set([
  'STOP',
  'STOPALL',
  'UNSUBSCRIBE',
  'CANCEL',
  'END',
  'QUIT',
  'REVOKE',
  'OPTOUT',
]);
const isKeyword = (text: string): boolean => KEYWORDS.has(text.trim().toUpperCase());

const hostile = [
  'stop ', 'do not ', 'please ', ' ', 'a', 's t o p ', '"', '\n', '> \n', 'not want to ', '🖕', '. ', 'On ', 'wrong number of ',
  'Reply STOP to opt out ', 'no quiero que me ', 'please remove my ', 'Liked "', 'who is this i am good no thanks but ', '- ', '❤️ ',
  'stop all the this these those that your you with it of any ', "I'm not Ana ", 'a.b', 'do not send any more ', 'no me que ya mas ',
].map((piece) => `${piece.repeat(Math.ceil(HOSTILE_LENGTH / piece.length))}x`); // biome-ignore format: a list

const textsPerSecond = perSecond(corpus, (text) => classifyInbound(text, SAID));
const keywordsPerSecond = perSecond(corpus, isKeyword);
const microseconds = corpus.map((text) => 1_000 * bestOfThreeMs(text));
const typicalMicroseconds = percentile(microseconds, 50);
/** The longest texts, and those that many rules look at: told, while the mean is what is promised. */
const longMicroseconds = percentile(microseconds, 99);
const slowestMs = Math.max(...hostile.map(bestOfThreeMs));
report({
  bench: 'opt-out-speed',
  figures: { textsPerSecond, keywordsPerSecond, typicalMicroseconds, longMicroseconds, slowestMs },
  requirements: [
    { figure: 'textsPerSecond', atLeast: PER_SECOND_MIN },
    { figure: 'typicalMicroseconds', atMost: TYPICAL_MICROSECONDS_MAX },
    { figure: 'slowestMs', atMost: SLOWEST_MS_MAX },
  ],
  lines: [
    `${shown(corpus.length)} replies of our corpus, and ${hostile.length} texts of ${shown(HOSTILE_LENGTH)} characters made to be slow`,
    `  understanding a reply          ${shown(textsPerSecond)} texts/s (${shown(1e6 / textsPerSecond)} µs each)`,
    `  half of them take less than    ${shown(typicalMicroseconds)} µs`,
    `  one in a hundred more than     ${shown(longMicroseconds)} µs`,
    `  reference: exact keywords only ${shown(keywordsPerSecond)} texts/s, ${shown(keywordsPerSecond / textsPerSecond)} times as many`,
    `  the slowest of the slow        ${shown(slowestMs)} ms`,
  ],
});

function bestOfThreeMs(text: string): number {
  const times = [1, 2, 3].map(() => {
    const startedAt = performance.now();
    classifyInbound(text, SAID);
    return performance.now() - startedAt;
  });
  return Math.min(...times);
}
