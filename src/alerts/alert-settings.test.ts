import { describe, expect, it } from 'vitest';
import { type AlertSettingsInput, checkAlertSettings } from './alert-settings.ts';

const good: AlertSettingsInput = { recipients: ['dana@example.com'], minimumSeverity: 'warning', quietHours: null };

describe('alert settings', () => {
  const refused: readonly (readonly [string, Partial<AlertSettingsInput>, string])[] = [
    ['an address without a domain', { recipients: ['dana'] }, '/recipients/0'],
    ['two addresses in one', { recipients: ['a@example.com', 'b@example.com, c@example.com'] }, '/recipients/1'],
    [
      'an address with another header behind it',
      { recipients: ['a@example.com\r\nBcc:x@example.com'] },
      '/recipients/0',
    ],
    [
      'more addresses than anybody reads',
      { recipients: Array.from({ length: 21 }, (_, n) => `a${n}@example.com`) },
      '/recipients',
    ],
    ['a key that is too short', { pagerDutyKey: 'abc' }, '/pagerDutyKey'],
    ['quiet hours that end when they begin', { quietHours: { startMinute: 60, endMinute: 60 } }, '/quietHours'],
    ['quiet hours beyond the day', { quietHours: { startMinute: 60, endMinute: 1_440 } }, '/quietHours'],
  ];
  it.each(refused)('refuse %s', (_, change, pointer) => {
    const checked = checkAlertSettings({ ...good, ...change });
    expect(checked.ok ? undefined : checked.error.errors?.[0]?.pointer).toBe(pointer);
  });

  it('never repeat a key that they refuse', () => {
    const checked = checkAlertSettings({ ...good, pagerDutyKey: 'hunter2' });
    expect(JSON.stringify(checked)).not.toContain('hunter2');
  });

  it('take each address once', () => {
    const checked = checkAlertSettings({ ...good, recipients: [' dana@example.com', 'dana@example.com '] });
    expect(checked.ok && checked.value.recipients).toEqual(['dana@example.com']);
  });
});
