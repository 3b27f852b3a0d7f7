import { describe, expect, it } from 'vitest';
import { classifyInbound } from './opt-out.ts';
import { EXAMPLES } from './opt-out-published.fixture.ts';

describe('the agreed examples', () => {
  it('are all 131', () => expect(EXAMPLES).toHaveLength(131));

  it.each(EXAMPLES)('%i: %j is %s, tier %s', (_number, message, outcome, tier) => {
    const judged = classifyInbound(message);
    expect([judged.outcome, judged.tier]).toEqual([outcome, tier]);
  });
});
