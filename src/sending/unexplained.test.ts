import { describe, expect, it } from 'vitest';
import { remedyOfPause } from '../messages/outcome-sentences.ts';
import { instant } from '../platform/time.ts';
import { decideOutcome, type Verdict } from './decide-outcome.ts';
import { countUnexplained } from './unexplained.ts';

const NOW = instant('2026-11-17T15:00:00Z');
const UNEXPLAINED = decideOutcome(
  { kind: 'refused_recipient', code: '0200400', message: 'HTTP 400 brandId is required', effect: 'unexplained' },
  NOW,
);
const ABOUT_THE_TEXT = decideOutcome(
  { kind: 'refused_recipient', code: '0200400', message: 'content', effect: 'none' },
  NOW,
);
const SENT: Verdict = { to: 'sent', gatewayMessageId: 'AC1' };
const LOST: Verdict = { to: 'unknown', detail: 'time-out' };

const heard = (...verdicts: readonly Verdict[]): readonly Verdict[] => {
  const refusals = countUnexplained();
  return verdicts.map(
    (verdict) =>
      refusals.heard({ messageId: 'm', attempt: 1, laneId: 'l', phone: 'p', outcome: 'x', verdict, at: NOW }).verdict,
  );
};
const four = [UNEXPLAINED, UNEXPLAINED, UNEXPLAINED, UNEXPLAINED];
const states = (...verdicts: readonly Verdict[]): readonly string[] => heard(...verdicts).map(({ to }) => to);

describe('refusals that nobody can explain', () => {
  it('fail their texts while they are few', () => {
    expect(states(...four)).toEqual(['failed', 'failed', 'failed', 'failed']);
  });

  it('stop the account at the fifth in a row, with the words of the gateway and a remedy, and the texts wait', () => {
    const fifth = heard(...four, UNEXPLAINED)[4];
    expect(fifth).toEqual({
      to: 'pending',
      notBefore: NOW.add({ minutes: 5 }),
      detail: 'HTTP 400 brandId is required',
      sender: {
        scope: 'account',
        reason:
          'The gateway refused 5 texts in a row for a cause that is not known here: HTTP 400 brandId is required (unexplained_refusals)',
        until: 'fixed',
      },
    });
    expect(remedyOfPause(fifth?.sender?.reason ?? null)).toContain('Ask the provider');
  });

  it('go on to do so until a text is accepted', () => {
    expect(states(...four, UNEXPLAINED, UNEXPLAINED, SENT, UNEXPLAINED).slice(4)).toEqual([
      'pending',
      'pending',
      'sent',
      'failed',
    ]);
  });

  it('are counted on over refusals that can be explained and over lost answers, which prove nothing', () => {
    expect(states(...four, ABOUT_THE_TEXT, LOST, UNEXPLAINED).slice(4)).toEqual(['failed', 'unknown', 'pending']);
  });

  it('are nothing but that: refusals that can be explained stop nothing', () => {
    expect(new Set(states(...Array.from({ length: 20 }, () => ABOUT_THE_TEXT)))).toEqual(new Set(['failed']));
  });
});
