import { expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { type ComplianceConcern, complianceAlertOf } from './decide-compliance-alerts.ts';

const id = '00000000-0000-7000-8000-00000000000a';
const data = { asOf: instant('2026-10-20T00:00:00Z'), staleFrom: instant('2026-11-20T00:00:00Z') };
const list = { id, name: 'Registry' } as const;

it.each<readonly [string, ComplianceConcern, string]>([
  [
    'soon too old',
    { ...list, kind: 'dnc_list_ageing', data },
    'has data of 2026-10-20; after 2026-11-20 only people are texted who agreed in writing or do business with us. Upload',
  ],
  [
    'too old',
    { ...list, kind: 'dnc_list_stale', data },
    'has data of 2026-10-20, which is too old: only people are texted who agreed in writing or do business with us. Upload',
  ],
  [
    'empty',
    { ...list, kind: 'dnc_list_stale', data: null },
    'has no data yet: only people are texted who agreed in writing or do business with us. Upload',
  ],
])('names a list that is %s, what follows and the remedy', (_, found, words) => {
  const alert = complianceAlertOf(found, 'America/New_York');
  expect(alert.summary).toContain(`The do-not-call list "Registry" ${words}`);
  expect(alert).toMatchObject({
    subject: `dnc_list:${id}`,
    link: '/compliance/do-not-call/dnc_0000000000007000800000000000000a',
  });
});

it('says since when nobody has sealed the audit log, in the zone of the business', () => {
  const alert = complianceAlertOf({ kind: 'audit_behind', since: instant('2026-11-17T15:42:00Z') }, 'America/New_York');
  expect(alert.summary).toContain('since Tue, Nov 17, 10:42 EST');
});
