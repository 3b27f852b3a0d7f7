import { getBusiness } from '../business/business-store.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Alert, Channel } from './alert.ts';
import { getAlertSettings } from './alert-settings-store.ts';
import { type ChannelDeps, type Sent, sendNotice } from './channels.ts';
import type { Notice } from './notice-words.ts';

/** How a channel took a test. */
export interface TestOutcome {
  readonly channel: Channel;
  readonly ok: boolean;
  /** Whom it reached, or what is wrong and what to do. */
  readonly detail: string;
}

interface Deps extends ChannelDeps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly publicUrl: () => string;
}

/**
 * Sends a test through each channel that is set up, at once and past the outbox, so that whoever asks sees what the mail server and
 * PagerDuty say. PagerDuty's incident is resolved right after it. Network: outside of any transaction.
 */
export async function sendTestAlert(deps: Deps, by: { readonly name: string }): Promise<readonly TestOutcome[]> {
  const { pagerDutyKeySealed } = await getAlertSettings(deps.db);
  const { zone } = await getBusiness(deps.db);
  const alert = testAlert(deps.newUuid(), deps.clock, by.name);
  const notice = (event: Notice['delivery']['event']): Notice => ({
    alert,
    delivery: { id: 0, event, createdAt: alert.openedAt },
    zone,
    publicUrl: deps.publicUrl(),
  });
  const outcomes: TestOutcome[] = [];
  if (deps.config.smtpUrl !== undefined)
    outcomes.push(outcomeOf('mail', await sendNotice(deps, 'mail', notice('trigger'))));
  if (pagerDutyKeySealed !== null) {
    const triggered = await sendNotice(deps, 'pagerduty', notice('trigger'));
    const resolved = triggered.ok ? await sendNotice(deps, 'pagerduty', notice('resolve')) : triggered;
    outcomes.push(outcomeOf('pagerduty', resolved));
  }
  return outcomes;
}

const outcomeOf = (channel: Channel, sent: Sent): TestOutcome => {
  if (!sent.ok) return { channel, ok: false, detail: sent.error.message };
  const { reached, note } = sent.value;
  return { channel, ok: true, detail: note === null ? reached : `${reached}; ${note}` };
};

const testAlert = (id: Uuid, clock: Clock, name: string): Alert => {
  const now = clock.now();
  return {
    id,
    kind: 'account_paused',
    subject: `test:${id}`,
    severity: 'info',
    headline: `A test of the alerts, asked for by ${name}`,
    summary:
      'Nothing is wrong. Alerts about paused accounts, numbers and campaigns and about events that fail arrive like this one',
    link: '/alerts',
    detail: {},
    times: 1,
    openings: 1,
    openedAt: now,
    lastSeenAt: now,
    resolvedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
  };
};

export const auditTest = (
  tx: Tx,
  { clock, newUuid }: Pick<Deps, 'clock' | 'newUuid'>,
  input: { readonly actor: string; readonly outcomes: readonly TestOutcome[] },
): Promise<void> =>
  recordAudit(tx, {
    id: newUuid(),
    at: clock.now(),
    actor: input.actor,
    action: 'alerts.tested',
    subject: 'alerts',
    detail: { outcomes: input.outcomes },
  });
