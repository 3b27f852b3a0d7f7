import { describe, expect, it } from 'vitest';
import { silenceSentence } from './silence.ts';

const moment = { zone: 'America/New_York', nowMs: Date.parse('2026-11-18T15:00:00Z') };
const since = '2026-11-17T02:30:00Z';

describe('why there is no box to reply in', () => {
  it.each([
    [
      { reason: 'opt_out', sentence: 'Asked not to be texted', how: 'by text', since },
      'No reply can be sent to Ana. Asked not to be texted, Mon 16 Nov, by text. Only Ana can change this, by texting START.',
    ],
    [
      { reason: 'wrong_number', sentence: 'The number belongs to someone else', how: 'by text', since },
      'No reply can be sent to Ana. The number belongs to someone else, Mon 16 Nov, by text.',
    ],
    [undefined, 'No reply can be sent to Ana. The number has opted out. Only Ana can change this, by texting START.'],
  ])('%o', (suppressed, sentence) => {
    expect(silenceSentence({ who: 'Ana', suppressed, ...moment })).toBe(sentence);
  });
});
