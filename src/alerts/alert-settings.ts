import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { SEVERITIES, type Severity } from './alert.ts';

/** Whom alerts reach, and when. */
export interface AlertSettings {
  /** Mail addresses; empty: every owner who is not switched off. */
  readonly recipients: readonly string[];
  readonly pagerDutyKeySealed: string | null;
  /** Less urgent ones are shown, and sent to nobody. */
  readonly minimumSeverity: Severity;
  /**
   * Minutes after midnight of the business's zone between which mail waits, over midnight too; critical alerts do not wait, and
   * PagerDuty has its own rules.
   */
  readonly quietHours: { readonly startMinute: number; readonly endMinute: number } | null;
}

export const DEFAULT_ALERT_SETTINGS: AlertSettings = {
  recipients: [],
  pagerDutyKeySealed: null,
  minimumSeverity: 'warning',
  quietHours: null,
};

export interface AlertSettingsInput extends Omit<AlertSettings, 'pagerDutyKeySealed'> {
  /** A new key, `null` to remove it; as it is when absent. */
  readonly pagerDutyKey?: string | null;
}

const RECIPIENTS_MAX = 20;
/** One address and nothing else: a comma or a line end would smuggle in others. */
const ADDRESS = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\]]+\.[^\s@<>(),;:"\\[\]]+$/;
const ROUTING_KEY = /^[A-Za-z0-9]{32}$/;
const DAY_MINUTES = 1_440;

export function checkAlertSettings(input: AlertSettingsInput): Outcome<AlertSettingsInput> {
  const recipients = [...new Set(input.recipients.map((address) => address.trim()))];
  const wrong = recipients.findIndex((address) => !ADDRESS.test(address) || address.length > 320);
  if (wrong >= 0)
    return refused(`/recipients/${wrong}`, `expected a mail address like name@example.com, got "${recipients[wrong]}"`);
  if (recipients.length > RECIPIENTS_MAX)
    return refused(
      '/recipients',
      `expected at most ${RECIPIENTS_MAX} addresses, got ${recipients.length}; use one of a list`,
    );
  if (!SEVERITIES.includes(input.minimumSeverity))
    return refused('/minimumSeverity', `expected one of ${SEVERITIES.join(', ')}, got "${input.minimumSeverity}"`);
  if (typeof input.pagerDutyKey === 'string' && !ROUTING_KEY.test(input.pagerDutyKey))
    return refused(
      '/pagerDutyKey',
      `expected the 32 letters and digits of an Events API v2 integration, got ${input.pagerDutyKey.length} characters; copy it from the service's page in PagerDuty`,
    );
  const { quietHours } = input;
  if (quietHours !== null && !isSpan(quietHours))
    return refused(
      '/quietHours',
      `expected two different minutes of the day, each from 0 to ${DAY_MINUTES - 1}, got ${quietHours.startMinute} and ${quietHours.endMinute}`,
    );
  return ok({ ...input, recipients });
}

const isSpan = ({ startMinute, endMinute }: { readonly startMinute: number; readonly endMinute: number }): boolean =>
  [startMinute, endMinute].every((minute) => Number.isInteger(minute) && minute >= 0 && minute < DAY_MINUTES) &&
  startMinute !== endMinute;

const refused = (pointer: string, message: string) =>
  invalid(`${pointer.split('/')[1]}: ${message}`, { errors: [{ pointer, message }] });
