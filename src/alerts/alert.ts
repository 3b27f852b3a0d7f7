import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** From the least to the most urgent; the words are PagerDuty's. */
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * What can be wrong. `watched` kinds are read from the tables (watch-alerts.ts), which opens and ends them; all others are raised and
 * resolved by whoever finds them, with `raiseAlert` and `resolveAlert`.
 */
export const ALERT_KINDS = {
  account_paused: { severity: 'critical', watched: true },
  breaker_open: { severity: 'error', watched: true },
  lane_paused: { severity: 'error', watched: true },
  campaign_paused: { severity: 'error', watched: true },
  events_failed: { severity: 'error', watched: true },
  dnc_list_stale: { severity: 'error', watched: true },
  dnc_list_ageing: { severity: 'warning', watched: true },
  audit_behind: { severity: 'error', watched: true },
  webhooks_unhealthy: { severity: 'critical', watched: false },
  webhooks_suspicious: { severity: 'warning', watched: false },
  webhook_registration: { severity: 'error', watched: false },
  reconciliation_failed: { severity: 'warning', watched: false },
} as const satisfies Readonly<Record<string, { readonly severity: Severity; readonly watched: boolean }>>;
export type AlertKind = keyof typeof ALERT_KINDS;

export const WATCHED_KINDS = (Object.keys(ALERT_KINDS) as readonly AlertKind[]).filter(
  (kind) => ALERT_KINDS[kind].watched,
);

/** What an alert is about. Two open ones are never of the same kind and subject. */
export interface AlertKey {
  readonly kind: AlertKind;
  /** `account:<uuid>`, `lane:<uuid>`, `campaign:<uuid>`, `dnc_list:<uuid>` or `audit_log`. */
  readonly subject: string;
}

/** Characters that are kept of each. */
export const HEADLINE_MAX = 200;
export const SUMMARY_MAX = 2_000;

export interface NewAlert extends AlertKey {
  /** That of the kind, unless it is given. */
  readonly severity?: Severity;
  /** A few words, the name first: "Main line: paused: Not enough credits". Cut at HEADLINE_MAX. */
  readonly headline: string;
  /** A sentence with the remedy. Cut at SUMMARY_MAX. */
  readonly summary: string;
  /** A page of the web app, like `/settings/numbers`. */
  readonly link: string;
  /** What a program may want to read; no secrets, no whole phone numbers of contacts. */
  readonly detail?: object;
}

export interface Alert {
  readonly id: Uuid;
  readonly kind: AlertKind;
  readonly subject: string;
  readonly severity: Severity;
  readonly headline: string;
  readonly summary: string;
  readonly link: string;
  readonly detail: object;
  /** How often it was raised. */
  readonly times: number;
  /** How often it began; more than once when it came back within minutes. */
  readonly openings: number;
  readonly openedAt: Instant;
  readonly lastSeenAt: Instant;
  readonly resolvedAt: Instant | null;
  readonly acknowledgedAt: Instant | null;
  readonly acknowledgedBy: string | null;
}

export const CHANNELS = ['mail', 'pagerduty'] as const;
export type Channel = (typeof CHANNELS)[number];
export type NoticeEvent = 'trigger' | 'resolve';

/** One notice about an alert on its way through one channel. */
export interface Delivery {
  readonly id: number;
  readonly alertId: Uuid;
  readonly channel: Channel;
  readonly event: NoticeEvent;
  readonly state: 'waiting' | 'sending' | 'sent' | 'failed' | 'cancelled';
  readonly attempts: number;
  readonly nextAt: Instant;
  readonly error: string | null;
  readonly createdAt: Instant;
  readonly sentAt: Instant | null;
}
