import { countParts } from '../src/messages/encoding.ts';
import { perSecond, reference, report, shown } from './support/measure.ts';

/**
 * `node bench/parts.ts [--json]`: message parts of campaign texts of one to three parts, in both alphabets. The reference is the
 * counter that Twilio publishes; both must say the same of every text.
 */
const PER_SECOND_MIN = 500_000;

interface SegmentsCalculator {
  readonly SegmentedMessage: new (text: string, encoding: 'auto') => { readonly segmentsCount: number };
}
const { SegmentedMessage } = await reference<SegmentsCalculator>('sms-segments-calculator', '1.3.0');

const texts = Array.from({ length: 1_000 }, (_, index) => {
  const text = `Acme Concrete: Hi Ana ${index}, your estimate is ready. Reply STOP to opt out. `.repeat(6);
  const length = [90, 160, 320][index % 3];
  return `${index % 10 === 0 ? 'Señora Ruíz — ' : ''}${text}`.slice(0, length);
});
for (const text of texts) {
  const [ours, theirs] = [countParts(text).parts, new SegmentedMessage(text, 'auto').segmentsCount];
  if (ours !== theirs) throw new Error(`${JSON.stringify(text)}: we count ${ours} parts, the reference ${theirs}`);
}

const textsPerSecond = perSecond(texts, countParts);
const referencePerSecond = perSecond(texts, (text) => new SegmentedMessage(text, 'auto').segmentsCount);
report({
  bench: 'parts',
  figures: { textsPerSecond, referencePerSecond },
  requirements: [{ figure: 'textsPerSecond', atLeast: Math.max(PER_SECOND_MIN, referencePerSecond) }],
  lines: [
    'message parts of texts of 90 to 320 characters, every tenth with characters outside GSM-7',
    `  counting                            ${shown(textsPerSecond)} texts/s`,
    `  reference: sms-segments-calculator  ${shown(referencePerSecond)} texts/s`,
  ],
});
