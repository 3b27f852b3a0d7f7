import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measureAccuracy, REPLIES, rulesAlone } from '../../test/labelled-replies.ts';
import { crossValidation } from '../../test/opt-out-cross-validation.ts';
import { learnedWeightsFile, WEIGHTS_FILE } from '../../test/opt-out-weights-file.ts';
import { normaliseInbound } from './normalise-inbound.ts';
import { classifierVersionAt, classifyInbound, OURS } from './opt-out.ts';
import { OUR_NET } from './opt-out-resemblance.ts';
import { whyOf } from './opt-out-words.ts';

describe('the weights of the net', () => {
  const kept = readFileSync(WEIGHTS_FILE, 'utf8');

  it('are those that the labelled replies give: npm run train:opt-outs makes them anew', () => {
    expect(learnedWeightsFile(REPLIES) === kept, 'run npm run train:opt-outs').toBe(true);
  });

  it('are named in every decision', () => {
    expect(classifierVersionAt().endsWith(`+${JSON.parse(kept).digest}`)).toBe(true);
  });

  it('fit into a file of 200 kB', () => expect(kept.length).toBeLessThan(200_000));
});

const DOUBTS_ALL = { ...OURS, net: { ...OUR_NET, doubtBelow: 1.01 } };

describe('the net below the rules', () => {
  it('catches opt-outs of writers whose replies it has not learned from', () => {
    const batch = REPLIES.filter((reply) => reply.batch === 'g');
    const judge = crossValidation(REPLIES, ['g'])();
    const [byRules, withNet] = [measureAccuracy(batch, rulesAlone), measureAccuracy(batch, judge)];
    expect(withNet.optOuts - withNet.caught).toBeLessThan((byRules.optOuts - byRules.caught) / 2);
    expect(withNet.heldOrdinary / withNet.ordinary).toBeLessThan(0.13);
  });

  it.each([
    ['whoever keeps typing these out to me every weekend, I am begging, let it rest', 'en'],
    ['ya les rogue mil veces que esos textitos no me los avienten', 'es'],
  ])('asks a person about %j, and says which words speak for it', (text, language) => {
    const judged = classifyInbound(text);
    expect(judged).toMatchObject({ outcome: 'review', tier: 3, family: 'resemblance', language });
    expect(judged.likelihood).toBeGreaterThanOrEqual(0.25);
    expect(judged.normalised).toContain(judged.matched);
    expect(whyOf(judged)).toMatch(/^".+" is worded like replies that ask to stop.* \(likelihood \d+ %\)$/);
  });

  it('leaves ordinary talk, automatic answers and single dictionary words alone', () => {
    for (const text of ['See you Tuesday at 9', 'Me queda bien el jueves', "I'm driving, will read this later", 'drop'])
      expect(classifyInbound(text).outcome, text).toBe('none');
  });

  it('asks a person about a request that a rule found in words unlike any, and keeps what the rule said', () => {
    const text = 'Please stop texting me';
    expect(classifyInbound(text)).not.toHaveProperty('likelihood');
    const doubted = classifyInbound(text, {}, DOUBTS_ALL);
    expect(doubted).toMatchObject({ outcome: 'review', tier: 3, family: 'cease', matched: 'stop texting' });
    expect(whyOf(doubted)).toMatch(
      /^"stop texting" asks that texts or calls stop, but the reply as a whole .* \d+ %\)$/,
    );
    expect(classifyInbound('STOP', {}, DOUBTS_ALL)).toMatchObject({
      outcome: 'opt_out',
      tier: 1,
    });
  });

  it('reads the clause that asks, however much is said about the work around it', () => {
    const work = 'The driveway came out great. ';
    const { judge } = OUR_NET;
    expect(judge.judge(normaliseInbound(`${work.repeat(9)}Please no more of those texts`, []).clauses)).toMatchObject({
      passage: expect.arrayContaining(['no', 'more', 'of', 'those', 'texts']),
    });
    expect(judge.judge(normaliseInbound(work.repeat(9), []).clauses).likelihood).toBeLessThan(OUR_NET.askFrom);
  });
});
