import type { AlertSettings, AlertSettingsInput } from '../api/alerts.ts';
import { minuteOf } from './sending-hours-form.ts';

/** The alert settings as their fields hold them. */
export interface AlertFields {
  readonly recipients: readonly string[];
  readonly minimumSeverity: AlertSettings['minimumSeverity'];
  readonly quiet: boolean;
  readonly quietFrom: string;
  readonly quietTo: string;
  /** Typed anew; the one that is set never comes back from the server. */
  readonly pagerDutyKey: string;
  readonly removeKey: boolean;
}

const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const NIGHT = { startMinute: 22 * 60, endMinute: 7 * 60 };

export function alertFormOf({ recipients, minimumSeverity, quietHours }: AlertSettings): AlertFields {
  const { startMinute, endMinute } = quietHours ?? NIGHT;
  return {
    recipients: [...recipients],
    minimumSeverity,
    quiet: quietHours !== null,
    quietFrom: clockOf(startMinute),
    quietTo: clockOf(endMinute),
    pagerDutyKey: '',
    removeKey: false,
  };
}

export function alertSettingsOf(form: AlertFields): AlertSettingsInput {
  const key = form.pagerDutyKey.trim();
  return {
    recipients: [...form.recipients],
    minimumSeverity: form.minimumSeverity,
    quietHours: form.quiet ? { startMinute: minuteOf(form.quietFrom), endMinute: minuteOf(form.quietTo) } : null,
    ...(form.removeKey ? { pagerDutyKey: null } : key === '' ? {} : { pagerDutyKey: key }),
  };
}

/** Addresses as people type and paste them: `a@example.com, b@example.com;`. */
export const addressesOf = (typed: readonly string[]): readonly string[] => [
  ...new Set(typed.flatMap((text) => text.split(/[,;\s]+/)).filter((address) => address !== '')),
];

/** What is wrong with the fields before anything is sent, by their names. */
export function alertFormProblems(form: AlertFields): Readonly<Partial<Record<keyof AlertFields, string>>> {
  const wrong = form.recipients.find((address) => !/^[^\s@,;]+@[^\s@,;]+$/.test(address.trim()));
  return {
    ...(wrong === undefined ? {} : { recipients: `“${wrong}” is not a mail address like dana@example.com` }),
    ...(form.quiet && (form.quietFrom === '' || form.quietTo === '') ? { quietFrom: 'Give both times' } : {}),
    ...(form.quiet && form.quietFrom !== '' && form.quietFrom === form.quietTo
      ? { quietFrom: 'Give two different times' }
      : {}),
  };
}
