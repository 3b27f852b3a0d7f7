import { expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { decideFindings } from './decide-findings.ts';
import type { EvidenceOptOut, EvidenceText } from './evidence.ts';

const OPT_OUT = { effectiveAt: instant('2026-11-17T15:00:00Z'), liftedAt: null } as EvidenceOptOut;

it.each([
  ['opt_out_confirmation', 0],
  ['help', 0],
  ['elsewhere', 0],
  ['opt_in_confirmation', 1],
  ['opt_in_request', 1],
  ['reply', 1],
  ['campaign', 1],
])('of the texts after an opt-out, %s counts %d times against us', (purpose, count) => {
  const text = { direction: 'outbound', purpose, handedOverAt: instant('2026-11-17T15:01:00Z') } as EvidenceText;
  const [finding] = decideFindings({ texts: [text], optOuts: [OPT_OUT], consentIds: new Set() });
  expect(finding).toEqual({
    holds: count === 0,
    sentence: `Texts handed over while the number was suppressed: ${count} of 1.`,
  });
});
