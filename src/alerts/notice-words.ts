import type { PagerDutyEvent } from '../integrations/pagerduty.ts';
import { localTime } from '../platform/calendar.ts';
import { showId } from '../platform/ids.ts';
import type { Mail } from '../platform/mail.ts';
import type { Alert, Delivery } from './alert.ts';

/** What the words of a notice are made of. */
export interface Notice {
  readonly alert: Alert;
  readonly delivery: Pick<Delivery, 'id' | 'event' | 'createdAt'>;
  /** Of the business. */
  readonly zone: string;
  /** The address of this installation, without a slash at the end. */
  readonly publicUrl: string;
}

/** "[Textwright] Main line: paused: Not enough credits", and the same with "Over:" when it has ended. */
export function mailOf(notice: Notice, to: readonly string[]): Mail {
  const { alert, delivery, publicUrl } = notice;
  const headline = oneLine(alert.headline);
  const title = delivery.event === 'resolve' ? `Over: ${headline}` : headline;
  const paragraphs = paragraphsOf(notice);
  const page = `${publicUrl}${alert.link}`;
  const foot = `Who gets these: ${publicUrl}/settings/alerts`;
  return {
    to,
    subject: `[Textwright] ${title}`,
    text: [...paragraphs, `Open it: ${page}`, foot].join('\n\n').concat('\n'),
    html: htmlOf({ title, paragraphs, page, publicUrl }),
    messageId: `<${showId('alert', alert.id)}.${delivery.id}@${new URL(publicUrl).hostname}>`,
  };
}

function paragraphsOf({ alert, delivery, zone }: Notice): readonly string[] {
  const summary = sentence(alert.summary);
  const began = `Since ${localTime(alert.openedAt, zone)}.`;
  const again =
    alert.openings > 1 ? [`It came back ${alert.openings === 2 ? 'once' : `${alert.openings - 1} times`}.`] : [];
  if (delivery.event === 'resolve')
    return [`This is over since ${localTime(delivery.createdAt, zone)}. It had been:`, summary, began];
  return [summary, [began, ...again].join(' ')];
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
/** A reason may be a gateway's own words, and a line end would begin another header. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const STYLE = 'font-family:system-ui,sans-serif;font-size:14px;line-height:1.5;color:#1c1c1c;max-width:36em';
const BUTTON =
  'display:inline-block;padding:8px 14px;border-radius:8px;background:#0f766e;color:#ffffff;text-decoration:none';

function htmlOf(words: {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly page: string;
  readonly publicUrl: string;
}): string {
  const paragraphs = words.paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n');
  return `<!doctype html>
<html lang="en"><body style="${STYLE}">
<h1 style="font-size:18px">${escaped(words.title)}</h1>
${paragraphs}
<p><a href="${escaped(words.page)}" style="${BUTTON}">Open in Textwright</a></p>
<p style="color:#5c5c5c;font-size:12px"><a href="${escaped(words.publicUrl)}/settings/alerts">Who gets these</a></p>
</body></html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

export const pagerDutyEventOf = ({ alert, delivery, publicUrl }: Notice): PagerDutyEvent => ({
  action: delivery.event,
  dedupKey: `textwright ${alert.kind} ${alert.subject}`,
  summary: oneLine(alert.headline),
  source: new URL(publicUrl).host,
  severity: alert.severity,
  timestamp: alert.openedAt.toString(),
  eventClass: alert.kind,
  details: { ...alert.detail, summary: alert.summary, subject: alert.subject, openings: alert.openings },
  link: `${publicUrl}${alert.link}`,
});
