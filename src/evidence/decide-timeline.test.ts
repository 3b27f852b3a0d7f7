import { expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { decideEvidenceDocument } from './decide-evidence-document.ts';
import { decideTimeline } from './decide-timeline.ts';
import type { Evidence, EvidenceOptOut } from './evidence.ts';

const optOut = (given: Partial<EvidenceOptOut>): EvidenceOptOut => ({
  ...{ reason: 'opt_out', channel: 'sms', evidence: {}, saidAt: null, latencySeconds: null, confirmation: null },
  ...{ effectiveAt: instant('2026-11-17T15:00:00Z'), liftedAt: null, liftedEvidence: null },
  ...given,
});
const confirmation = { sentAt: instant('2026-11-17T15:00:09Z'), failedAt: null, text: 'Bye.', afterSeconds: 9 };

const none = {
  ...{ contact: null, consents: [], submissions: [], texts: [], optInsWithoutEffect: [], reviews: [] },
  ...{ differences: [], leftOut: [], waiting: [], reassigned: [], validation: null, calls: [], erasures: [] },
  doNotCall: { listedOn: [], scrubbed: [], exemptions: [] },
  generatedAt: instant('2026-11-18T00:00:00Z'),
};

it.each([
  ['went out', optOut({ confirmation }), 'A confirmation went out 9 seconds after it was said.'],
  [
    'did not arrive',
    optOut({ confirmation: { ...confirmation, failedAt: instant('2026-11-17T15:00:12Z') } }),
    'A confirmation went out 9 seconds after it was said, and did not arrive.',
  ],
  [
    'did not go out',
    optOut({ confirmation: { ...confirmation, sentAt: null, afterSeconds: null } }),
    'No confirmation of ours went out.',
  ],
  ['is not due for a number that cannot be reached', optOut({ reason: 'invalid_number' }), undefined],
])('a confirmation that %s', (_, one, line) => {
  const [entry] = decideTimeline({ ...none, optOuts: [one] } as unknown as Evidence);
  expect(entry?.lines.find((each) => / confirmation /i.test(` ${each}`))).toBe(line);
});

it('of what suppresses a number, only opt-outs are counted as such', () => {
  const proof = { entries: [], before: { seq: 0, hash: '' }, head: { seq: 0, hash: '' }, linked: true, unsealed: 0 };
  const evidence = { ...none, zone: 'America/New_York', findings: [], ruleVersions: [], proof };
  const optOuts = [optOut({}), optOut({ reason: 'invalid_number' })];
  const { blocks } = decideEvidenceDocument({ ...evidence, optOuts } as unknown as Evidence);
  expect(blocks).toContainEqual(
    expect.objectContaining({ facts: expect.arrayContaining([['Opt-outs', '1, 1 of them in force']]) }),
  );
});
