import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { KEYWORDS, parseKeywords } from './keywords.ts';
import { classifierVersionAt, classifyInbound, OURS } from './opt-out.ts';
import keywordData from './rules/keywords.json' with { type: 'json' };

const [stored] = keywordData.versions;
if (stored === undefined) throw new Error('expected keywords');
const named = { namedBy: 'law', language: 'en', source: 'a law' };

describe('keywords', () => {
  const { versions } = parseKeywords({
    versions: [
      { ...stored, validTo: '2027-02-01' },
      {
        ...{ ...stored, version: 'b', validFrom: '2027-02-01' },
        optOut: [{ ...named, words: ['stop', 'arrest'] }],
        help: [{ language: 'en', words: ['help', 'who'], source: 'a law' }],
      },
    ],
  });
  const judged = (text: string, at?: string) =>
    classifyInbound(text, at === undefined ? {} : { at: instant(at) }, { ...OURS, keywords: versions });
  const [before, after] = ['2027-01-31T23:59:59Z', '2027-02-01T00:00:00Z'];

  it.each([
    ['arrest', 'none', 'opt_out'],
    ['ar rest', 'none', 'opt_out'],
    ['fin', 'opt_out', 'none'],
    ['stpo', 'opt_out', 'opt_out'],
    ['who', 'none', 'help'],
  ])('of the day on which a reply was said count: %j is %s, and %s by the next version', (text, then, later) => {
    expect([judged(text, before).outcome, judged(text, after).outcome]).toEqual([then, later]);
    expect(judged(text)).toEqual(judged(text, after));
  });

  it('are misspelled only where they are keywords', () => {
    expect(versions.map(({ optOut }) => optOut.has('uqit'))).toEqual([true, false]);
  });

  it('are named with every decision', () => {
    expect(judged('hello', before).classifierVersion).toContain(`+keywords-${stored.version}+`);
    expect(judged('hello', after).classifierVersion).toContain('+keywords-b+');
    expect(classifierVersionAt(instant(before))).toBe(judged('hello', before).classifierVersion);
  });

  it('of the law are those of 47 CFR 64.1200(a)(10)', () => {
    const ofLaw = KEYWORDS.versions.at(-1)?.named;
    const words = ['stop', 'quit', 'end', 'revoke', 'opt out', 'cancel', 'unsubscribe'];
    expect(words.filter((word) => ofLaw?.has(word) !== true)).toEqual([]);
  });

  it.each([
    ['a gap', { validTo: '2027-01-01' }, `${stored.version} is valid to 2027-01-01, and nothing after it`],
    ['capitals', { optOut: [{ ...named, words: ['STOP'] }] }, 'small letters without accents'],
    ['a word too many', { optOut: [{ ...named, words: ['stop all of it'] }] }, 'at most 3 words'],
    ['two meanings', { optOut: [{ ...named, words: ['stop', 'help'] }] }, '"help" is there twice'],
    ['nobody who named them', { optOut: [{ ...named, namedBy: 'somebody', words: ['stop'] }] }, 'namedBy'],
  ])('are refused with %s', (_, change, message) => {
    expect(() => parseKeywords({ versions: [{ ...stored, ...change }] })).toThrow(message);
    expect(() => parseKeywords({ versions: [{ ...stored, ...change }] })).toThrow(
      'Mend compliance/rules/keywords.json',
    );
  });
});
