import { dncListPage } from '../compliance/dnc-list-page.ts';
import { localTime } from '../platform/calendar.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { NewAlert } from './alert.ts';

/** What the law or a court will ask about, and that nobody notices by himself. */
export type ComplianceConcern =
  | {
      readonly kind: 'dnc_list_stale' | 'dnc_list_ageing';
      readonly id: Uuid;
      readonly name: string;
      /** The days of its data and from which they are too old; null when it never had any. */
      readonly data: { readonly asOf: Instant; readonly staleFrom: Instant } | null;
    }
  /** `since`: of the oldest entry that waits for its seal. */
  | { readonly kind: 'audit_behind'; readonly since: Instant };

export const complianceAlertOf = (found: ComplianceConcern, zone: string): NewAlert =>
  found.kind === 'audit_behind' ? auditAlert(found.since, zone) : listAlert(found);

/** Days of UTC, as the ages of lists are counted. */
const dayOf = (at: Instant): string => at.toString().slice(0, 10);

function listAlert({ kind, id, name, data }: Exclude<ComplianceConcern, { readonly kind: 'audit_behind' }>): NewAlert {
  const whom = 'only people are texted who agreed in writing or do business with us';
  const says =
    data === null
      ? `has no data yet: ${whom}`
      : kind === 'dnc_list_stale'
        ? `has data of ${dayOf(data.asOf)}, which is too old: ${whom}`
        : `has data of ${dayOf(data.asOf)}; after ${dayOf(data.staleFrom)} ${whom}`;
  return {
    kind,
    subject: `dnc_list:${id}`,
    headline: `${name}: ${kind === 'dnc_list_stale' ? 'too old to rely on' : 'soon too old'}`,
    summary: `The do-not-call list "${name}" ${says}. Upload a newer file`,
    link: dncListPage(showId('dncList', id)),
    detail: { list: name, ...(data === null ? {} : { dataOf: dayOf(data.asOf) }) },
  };
}

const auditAlert = (since: Instant, zone: string): NewAlert => ({
  kind: 'audit_behind',
  subject: 'audit_log',
  headline: 'Audit log: entries are not sealed',
  summary: `Entries of the audit log have waited for their seals since ${localTime(since, zone)}. They are sealed each second while a worker runs: start one, or look in its log for "the audit log cannot be sealed now"`,
  link: '/compliance/audit-log',
  detail: { since: since.toString() },
});
