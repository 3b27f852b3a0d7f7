import { describe, expect, it } from 'vitest';
import { addressesOf, alertFormOf, alertFormProblems, alertSettingsOf } from './alert-settings-form.ts';

const settings = {
  recipients: ['dana@example.com'],
  minimumSeverity: 'warning',
  quietHours: { startMinute: 1_320, endMinute: 425 },
  owners: [],
  mailFrom: null,
  pagerDutyKeySet: true,
} as const;
const form = alertFormOf({ ...settings, owners: [], recipients: [...settings.recipients] });

describe('the form of the alert settings', () => {
  it('gives back what it was made of, and leaves the key as it is', () => {
    const { recipients, minimumSeverity, quietHours } = settings;
    expect(alertSettingsOf(form)).toEqual({ recipients, minimumSeverity, quietHours });
    expect([form.quietFrom, form.quietTo]).toEqual(['22:00', '07:05']);
  });

  it('sets a key that was typed, and removes the one that is set', () => {
    expect(alertSettingsOf({ ...form, pagerDutyKey: ' abc ' })).toMatchObject({ pagerDutyKey: 'abc' });
    expect(alertSettingsOf({ ...form, pagerDutyKey: 'abc', removeKey: true })).toMatchObject({ pagerDutyKey: null });
  });

  it('takes addresses as they are pasted, each once', () => {
    expect(addressesOf(['a@example.com, b@example.com;', 'a@example.com'])).toEqual(['a@example.com', 'b@example.com']);
  });

  it('forgets the hours while they are off', () => {
    expect(alertSettingsOf({ ...form, quiet: false }).quietHours).toBeNull();
  });

  it.each([
    ['a recipient that is no address', { recipients: ['dana'] }, 'recipients'],
    ['hours that are not complete', { quietFrom: '' }, 'quietFrom'],
    ['hours that end when they begin', { quietTo: '22:00' }, 'quietFrom'],
  ] as const)('refuses %s', (_, change, field) => {
    expect(Object.keys(alertFormProblems({ ...form, ...change }))).toEqual([field]);
    expect(alertFormProblems(form)).toEqual({});
  });
});
