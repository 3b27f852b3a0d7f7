import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { mailOf, type Notice, pagerDutyEventOf } from './notice-words.ts';

const notice: Notice = {
  alert: {
    id: '00000000-0000-7000-8000-00000000000a',
    kind: 'account_paused',
    subject: 'account:00000000-0000-7000-8000-00000000000b',
    severity: 'critical',
    headline: 'Main line: paused: Not enough credits',
    summary: 'The account "Main line" is paused: Not enough credits. Add credit with the provider',
    link: '/settings/numbers?show=acc_b',
    detail: { account: 'Main line' },
    times: 3,
    openings: 1,
    openedAt: instant('2026-11-17T15:00:00Z'),
    lastSeenAt: instant('2026-11-17T15:05:00Z'),
    resolvedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
  },
  delivery: { id: 7, event: 'trigger', createdAt: instant('2026-11-17T15:00:00Z') },
  zone: 'America/New_York',
  publicUrl: 'https://texts.example.com',
};
const changed = (alert: Partial<Notice['alert']>): Notice => ({ ...notice, alert: { ...notice.alert, ...alert } });

describe('the mail about an alert', () => {
  it('says what is wrong since when, what to do, and where', () => {
    const mail = mailOf(notice, ['dana@example.com']);
    expect(mail.subject).toBe('[Textwright] Main line: paused: Not enough credits');
    expect(mail.text).toBe(
      `The account "Main line" is paused: Not enough credits. Add credit with the provider.

Since Tue, Nov 17, 10:00 EST.

Open it: https://texts.example.com/settings/numbers?show=acc_b

Who gets these: https://texts.example.com/settings/alerts
`,
    );
    expect(mail.html).toContain('href="https://texts.example.com/settings/numbers?show=acc_b"');
    expect(mail.html).toContain('The account &quot;Main line&quot; is paused');
  });

  it('says that it is over, since when', () => {
    const over = {
      ...notice,
      delivery: { ...notice.delivery, event: 'resolve', createdAt: instant('2026-11-17T16:00:00Z') },
    } as const;
    const mail = mailOf(over, []);
    expect(mail.subject).toBe('[Textwright] Over: Main line: paused: Not enough credits');
    expect(mail.text).toContain('This is over since Tue, Nov 17, 11:00 EST. It had been:');
  });

  it('says how often it came back', () => {
    expect(mailOf(changed({ openings: 3 }), []).text).toContain('Since Tue, Nov 17, 10:00 EST. It came back 2 times.');
  });

  it('keeps its headers whatever a gateway calls things, and writes no HTML of others', () => {
    const mail = mailOf(
      changed({ headline: 'Main\r\nBcc: eve@example.com', summary: '<script>alert(1)</script>' }),
      [],
    );
    expect(mail.subject).toBe('[Textwright] Main Bcc: eve@example.com');
    expect(mail.html).not.toContain('<script>');
  });

  it('has one name, however often it is sent', () => {
    expect(mailOf(notice, []).messageId).toBe(mailOf(notice, []).messageId);
    expect(mailOf({ ...notice, delivery: { ...notice.delivery, id: 8 } }, []).messageId).not.toBe(
      mailOf(notice, []).messageId,
    );
  });
});

describe('the event for PagerDuty', () => {
  it('has the same deduplication key when it opens and when it is over, of at most 255 characters', () => {
    const over = pagerDutyEventOf({ ...notice, delivery: { ...notice.delivery, event: 'resolve' } });
    expect(over).toMatchObject({ action: 'resolve', dedupKey: pagerDutyEventOf(notice).dedupKey });
    expect(over.dedupKey).toBe('textwright account_paused account:00000000-0000-7000-8000-00000000000b');
  });
});
