import { z } from '@hono/zod-openapi';
import { idOf, isoInstant, jsonRoute, pageOf, pageQuery } from './shared.ts';

export const severity = z.enum(['info', 'warning', 'error', 'critical']);

export const noticeSchema = z
  .object({
    channel: z.enum(['mail', 'pagerduty']),
    event: z.enum(['trigger', 'resolve']),
    state: z.enum(['waiting', 'sending', 'sent', 'failed', 'cancelled']).openapi({
      description: 'cancelled: what it was about ended before it was due',
    }),
    attempts: z.int(),
    nextAt: isoInstant.openapi({ description: 'While it waits: when it is tried (again)' }),
    error: z.string().nullable().openapi({ description: 'What the mail server or PagerDuty said last' }),
    sentAt: isoInstant.nullable(),
  })
  .openapi('AlertNotice');
export type AlertNotice = z.infer<typeof noticeSchema>;

export const alertSchema = z
  .object({
    id: idOf('alert'),
    kind: z.string().openapi({ example: 'account_paused' }),
    severity,
    headline: z.string(),
    summary: z.string().openapi({ description: 'What is wrong, and what to do about it' }),
    link: z.string().openapi({ description: 'The page on which it is mended' }),
    openings: z.int().openapi({ description: 'More than 1: it came back within minutes after it had ended' }),
    openedAt: isoInstant,
    lastSeenAt: isoInstant,
    resolvedAt: isoInstant.nullable(),
    acknowledgedAt: isoInstant.nullable(),
    acknowledgedBy: z.string().nullable(),
    notices: z.array(noticeSchema),
  })
  .openapi('Alert');
export type Alert = z.infer<typeof alertSchema>;

export const listAlerts = jsonRoute({
  method: 'get',
  path: '/v1/alerts',
  access: 'manager',
  tag: 'Alerts',
  summary: 'What is wrong or was, newest first, and who was told',
  query: pageQuery.extend({ state: z.enum(['open', 'resolved', 'all']).default('all') }),
  response: pageOf(alertSchema),
});
export const acknowledgeAlert = jsonRoute({
  method: 'post',
  path: '/v1/alerts/{id}/acknowledge',
  access: 'manager',
  tag: 'Alerts',
  summary: 'Say that somebody sees to it; it stays open until what is wrong has ended',
  params: z.object({ id: idOf('alert') }),
  response: alertSchema,
});

const minute = z.int().min(0).max(1_439).openapi({ description: 'Minutes after midnight: 1320 is 22:00' });
const settings = {
  recipients: z
    .array(z.string().max(320))
    .max(100)
    .openapi({ description: 'Mail addresses; empty: every owner who is not switched off' }),
  minimumSeverity: severity.openapi({ description: 'Less urgent alerts are shown and sent to nobody' }),
  quietHours: z.strictObject({ startMinute: minute, endMinute: minute }).nullable().openapi({
    description: 'Mail below critical waits between these, in the zone of the business; PagerDuty has its own rules',
  }),
};

export const alertSettingsSchema = z
  .object({
    ...settings,
    owners: z.array(z.string()).openapi({ description: 'Who gets the mail while `recipients` is empty' }),
    mailFrom: z.string().nullable().openapi({ description: 'null: the server has no SMTP_URL, and no mail goes out' }),
    pagerDutyKeySet: z.boolean(),
  })
  .openapi('AlertSettings');
export type AlertSettings = z.infer<typeof alertSettingsSchema>;

export const getAlertSettings = jsonRoute({
  method: 'get',
  path: '/v1/alert-settings',
  access: 'owner',
  tag: 'Alerts',
  summary: 'Whom alerts reach',
  response: alertSettingsSchema,
});
export const putAlertSettings = jsonRoute({
  method: 'put',
  path: '/v1/alert-settings',
  access: 'owner',
  tag: 'Alerts',
  summary: 'Change whom alerts reach',
  body: z.strictObject({
    ...settings,
    pagerDutyKey: z.string().max(200).nullable().optional().openapi({
      description: 'Of an Events API v2 integration. It is never shown again; null removes it, absent keeps it',
    }),
  }),
  response: alertSettingsSchema,
});

export const testAlert = jsonRoute({
  method: 'post',
  path: '/v1/alerts/test',
  access: 'owner',
  tag: 'Alerts',
  summary: 'Send a test through every channel that is set up, and tell how each took it',
  response: z.object({
    data: z.array(z.object({ channel: z.enum(['mail', 'pagerduty']), ok: z.boolean(), detail: z.string() })),
  }),
  idempotent: true,
});
