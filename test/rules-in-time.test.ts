import { expect, it } from 'vitest';
import { askedConsent, DEFAULT_CONSENT_POLICY } from '../src/compliance/consent-policy.ts';
import { CONSENT_RULES } from '../src/compliance/consent-rules.ts';
import { shortenerIn } from '../src/compliance/content-checks.ts';
import { CONTENT_RULES, contentRulesAt } from '../src/compliance/content-rules.ts';
import type { Dated, DatedRules, Versions } from '../src/compliance/dated-rules.ts';
import { DNC_RULES, dncAge, dncRulesAt, relationshipEnd, staleBefore, staleFrom } from '../src/compliance/dnc-rules.ts';
import { alarmOf, OPT_OUT_LEVELS, optOutLevelsAt } from '../src/compliance/opt-out-rate.ts';
import { OPT_OUT_TERMS } from '../src/compliance/opt-out-terms.ts';
import { answerOf, REASSIGNED_RULES, reassignedRulesAt } from '../src/compliance/reassigned-rules.ts';
import { keptUntil, RETENTION_RULES, retentionRulesAt } from '../src/compliance/retention-rules.ts';
import { kindsOf, SCRUB_CODES } from '../src/compliance/scrub-codes.ts';
import { answerBy } from '../src/conversations/act-on-inbound.ts';
import { manualClock } from '../src/platform/clock.ts';
import { addMs, DAY_MS, type Instant, instant, msBetween } from '../src/platform/time.ts';

/** Whoever decides by a table obeys a new version from its first day on, and the one before until then. Hours and keywords have tests of their own. */
const BEFORE = instant('2026-12-31T23:59:59.999Z');
const FIRST = instant('2027-01-01T00:00:00Z');

/** The table in force, and one that says something else from New Year's Day on. */
function changed<Rules extends Dated>({ versions }: DatedRules<Rules>, change: Partial<Rules>): Versions<Rules> {
  const now = versions.at(-1) ?? versions[0];
  return [
    { ...now, validTo: '2027-01-01' },
    { ...now, ...change, version: 'next', validFrom: '2027-01-01' },
  ];
}

const consent = changed(CONSENT_RULES, { kinds: { marketing: ['express'], informational: ['express'] } });
const doNotCall = changed(DNC_RULES, { maxAgeDays: 7, warnAgeDays: 5, purchaseMonths: 12, inquiryMonths: 1 });
const reassigned = changed(REASSIGNED_RULES, {
  answerWords: { yes: ['given up'], no: ['kept'], no_data: ['unknown'] },
});
const retention = changed(RETENTION_RULES, { texts: { years: 10, reason: 'A new law', source: 'A new law' } });
const levels = changed(OPT_OUT_LEVELS, { warning: 0.001, flagged: 0.002, suspended: 0.003 });
const codes = changed(SCRUB_CODES, { kinds: [{ kind: 'litigator', words: ['tcpa', 'national'] }] });
const content = changed(CONTENT_RULES, { shorteners: new Set(['new.example']) });
const terms = changed(OPT_OUT_TERMS, { confirmWithinMinutes: 1 });

const daysBetween = (from: Instant, until: Instant): number => msBetween(from, until) / DAY_MS;
const national = (at: Instant) => ({ kind: 'national' as const, asOf: addMs(at, -8 * DAY_MS) });

it.each<[string, (at: Instant) => unknown, unknown, unknown]>([
  [
    'what a campaign asks of people',
    (at) => askedConsent(DEFAULT_CONSENT_POLICY, { now: at, waived: false }, consent)?.kinds,
    ['express_written'],
    ['express'],
  ],
  ['how old a registry may be', (at) => daysBetween(staleBefore(at, doNotCall), at), 31, 7],
  ['when a registry will be too old', (at) => daysBetween(at, staleFrom(at, at, doNotCall)), 31, 7],
  ['what an age of eight days means', (at) => dncAge(national(at), at, doNotCall), 'current', 'stale'],
  [
    'how long business with somebody counts',
    (at) => relationshipEnd('inquiry', at, doNotCall).toString().slice(0, 7),
    '2027-03',
    '2027-02',
  ],
  ['which version an exemption names', (at) => dncRulesAt(at, doNotCall).version, '2026-01', 'next'],
  ['what an answer about a number means', (at) => answerOf('kept', reassignedRulesAt(at, reassigned)), undefined, 'no'],
  [
    'how long a text of an erased person is kept',
    (at) => keptUntil(retentionRulesAt(at, retention), 'texts', at)?.toString().slice(0, 4),
    '2032',
    '2037',
  ],
  [
    'what a rate of opt-outs means',
    (at) => alarmOf({ texts: 1_000, optOuts: 5 }, optOutLevelsAt(at, levels)),
    'fine',
    'suspended',
  ],
  ['which list a code names', (at) => kindsOf(['national'], at, codes), ['national'], ['litigator']],
  [
    'which links a text may not have',
    (at) => shortenerIn('See bit.ly/x', contentRulesAt(at, content))?.written,
    'bit.ly/x',
    undefined,
  ],
  [
    'until when an opt-out is confirmed',
    (at) => msBetween(at, answerBy({ clock: manualClock(at) }, { saidAt: at, heardAt: at }, terms)),
    300_000,
    60_000,
  ],
])('a new version is obeyed from its first day on: %s', (_, decided, before, since) => {
  expect([decided(BEFORE), decided(FIRST)]).toEqual([before, since]);
});

it.each([
  ['the day before it was six years', '2026-11-22T23:59:59Z', '2031'],
  ['its first day', '2026-11-23T00:00:00Z', '2032'],
])('consents and texts of erased people are kept by the rules of the erasure: %s', (_, at, year) => {
  const erasedAt = instant(at);
  const rules = retentionRulesAt(erasedAt);
  expect(
    (['consents', 'texts'] as const).map((kept) => keptUntil(rules, kept, erasedAt)?.toString().slice(0, 4)),
  ).toEqual([year, year]);
});
