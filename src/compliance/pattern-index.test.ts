import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPLIES } from '../../test/labelled-replies.ts';
import { normaliseInbound } from './normalise-inbound.ts';
import { HOSTILE_RULES } from './opt-out-hostile.ts';
import { REFUSAL_RULES } from './opt-out-refusal.ts';
import { REMOVAL_RULES } from './opt-out-removal.ts';
import { SPANISH_RULES } from './opt-out-spanish.ts';
import { STOP_RULES } from './opt-out-stop.ts';
import { WRONG_PERSON_RULES } from './opt-out-wrong-person.ts';
import { PatternIndex } from './pattern-index.ts';
import { piecesNeeded } from './pattern-pieces.ts';

describe('the pieces that a pattern needs', () => {
  it.each([
    ['stop', ['stop']],
    ['\\bstop(?:ping)? now\\b', ['p now', 'pping']],
    ['(?:stop|quit) \\w+ texts?', ['quit ', 'stop ']],
    ['no|stop', undefined],
    ['(?:stop)?', undefined],
    ['(?:stop)* me', [' me']],
    ['(?:stop){0,2} \\d', undefined],
    ['(?:stop){1,2}\\d', ['stop']],
    ['(?<=stop)(?!quit)ab', undefined],
    ['se[nñ]or', ['senor', 'señor']],
    ['[a-z]stop\\|', ['stop|']],
    ['\\p{L}+ quit', [' quit']],
  ])('%s', (source, pieces) => {
    const found = piecesNeeded(source);
    expect(found === undefined ? undefined : [...found].sort()).toEqual(pieces?.toSorted());
  });
});

describe('the index of all patterns', () => {
  const patterns = [WRONG_PERSON_RULES, STOP_RULES, REMOVAL_RULES, REFUSAL_RULES, HOSTILE_RULES, SPANISH_RULES].flatMap(
    (rules) => rules.map(({ pattern }) => new RegExp(pattern.source)),
  );
  const index = new PatternIndex(patterns);
  const clauses = REPLIES.map(({ message }) => normaliseInbound(message, []).clauses);
  const matching = (text: string): readonly number[] =>
    patterns.flatMap((pattern, at) => (pattern.test(text) ? [at] : []));

  const missed = (text: string): readonly number[] => {
    const may = new Set(index.mayMatch(text));
    return matching(text).filter((at) => !may.has(at));
  };

  it('leaves out none that matches a reply, and most of the others', () => {
    expect(clauses.filter((text) => missed(text).length > 0)).toEqual([]);
    const tried = clauses.reduce((sum, text) => sum + index.mayMatch(text).length, 0);
    expect(tried / clauses.length).toBeLessThan(patterns.length / 4);
  });

  it('nor one that matches words of several replies', () => {
    const words = [...new Set(clauses.flatMap((text) => text.trim().split(' ')))];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (some) => {
        expect(missed(` ${some.join(' ')} `)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
