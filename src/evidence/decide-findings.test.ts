import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { decideFindings } from './decide-findings.ts';
import type { EvidenceOptOut, EvidenceText } from './evidence.ts';

const OPT_OUT = { effectiveAt: instant('2026-11-17T15:00:00Z'), liftedAt: null } as EvidenceOptOut;
type Consents = Parameters<typeof decideFindings>[0]['consents'];
const AT = instant('2026-11-17T15:01:00Z');

it.each([
  ['opt_out_confirmation', 0],
  ['help', 0],
  ['opt_in_confirmation', 1],
  ['opt_in_request', 1],
  ['reply', 1],
  ['campaign', 1],
])('of the texts after an opt-out, %s counts %d times against us', (purpose, count) => {
  const text = { direction: 'outbound', purpose, handedOverAt: AT } as EvidenceText;
  const [finding] = decideFindings({ texts: [text], optOuts: [OPT_OUT], consents: [] });
  expect(finding).toEqual({
    holds: count === 0,
    sentence: `Texts handed over while the number was suppressed: ${count} of 1.`,
  });
});

it('what somebody sent from the app of the gateway after an opt-out is told apart, and not as kept', () => {
  const sentAt = (at: string) =>
    ({ direction: 'outbound', purpose: 'elsewhere', handedOverAt: null, at: instant(at) }) as EvidenceText;
  const texts = [sentAt('2026-11-17T14:00:00Z'), sentAt('2026-11-17T15:01:00Z')];
  expect(decideFindings({ texts, optOuts: [OPT_OUT], consents: [] })).toEqual([
    { holds: true, sentence: 'No text to this number was ever handed over.' },
    {
      holds: false,
      sentence: 'Texts from our numbers that were not sent by this program, while the number was suppressed: 1 of 2.',
    },
  ]);
  expect(decideFindings({ texts, optOuts: [], consents: [] })).toHaveLength(1);
});

describe('the consent that a campaign text names was in force', () => {
  const text = { direction: 'outbound', purpose: 'campaign', handedOverAt: AT, decision: null, consentId: 'a' };
  const grant: Consents[number] = {
    ...{ id: 'a', action: 'grant', purpose: 'marketing', needsConfirmation: false, validUntil: null },
    occurredAt: instant('2026-11-01T00:00:00Z'),
    recordedAt: instant('2026-11-01T00:00:00Z'),
  };
  const later = (
    action: Consents[number]['action'],
    day: string,
    purpose: Consents[number]['purpose'] = 'marketing',
  ): Consents[number] => {
    const at = instant(`${day}T00:00:00Z`);
    return { ...grant, id: 'b', action, purpose, occurredAt: at, recordedAt: at };
  };
  it.each<readonly [string, boolean, Consents]>([
    ['as it was given', true, [grant]],
    ['not when it is not known', false, [later('confirm', '2026-11-02')]],
    ['not when it was given later', false, [{ ...grant, occurredAt: instant('2026-11-18T00:00:00Z') }]],
    ['not when it had ended', false, [{ ...grant, validUntil: instant('2026-11-17T00:00:00Z') }]],
    ['not when it was taken back before', false, [grant, later('revoke', '2026-11-16')]],
    ['not when all were taken back before', false, [grant, later('revoke', '2026-11-16', 'all')]],
    ['not when it expired before', false, [grant, later('expire', '2026-11-16')]],
    [
      'also when another was taken back',
      true,
      [grant, { ...later('revoke', '2026-11-16'), purpose: 'informational' as const }],
    ],
    ['also when it was taken back later', true, [grant, later('revoke', '2026-11-18')]],
    ['also when one before it was taken back', true, [grant, later('revoke', '2026-10-30')]],
    ['not while nobody has confirmed it', false, [{ ...grant, needsConfirmation: true }]],
    ['when it was confirmed', true, [{ ...grant, needsConfirmation: true }, later('confirm', '2026-11-02')]],
  ])('%s', (_, holds, consents) => {
    const findings = decideFindings({ texts: [text as EvidenceText], optOuts: [], consents });
    expect(findings.at(-1)).toEqual({
      holds,
      sentence: `Campaign texts that name the consent which was in force: ${holds ? 1 : 0} of 1.`,
    });
  });
});
