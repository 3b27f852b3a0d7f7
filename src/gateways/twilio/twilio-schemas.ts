import { z } from 'zod';
import { type Instant, instant } from '../../platform/time.ts';

/** The parts of Twilio's JSON that we read. Extra fields are ignored: the provider adds some without notice. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const RFC_2822 = /^\w{3}, (\d{1,2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;

/** `Fri, 02 Jan 2026 03:04:05 +0000`; undefined for anything else. */
export function parseRfc2822(text: string): Instant | undefined {
  const [, day = '', monthName = '', year, time, hours, minutes] = RFC_2822.exec(text.trim()) ?? [];
  const month = MONTHS.indexOf(monthName) + 1;
  if (month === 0) return undefined;
  try {
    return instant(`${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}T${time}${hours}:${minutes}`);
  } catch {
    return undefined;
  }
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** In UTC, without fractions of a second: they have no place on this wire. */
export function formatRfc2822(at: Instant): string {
  const date = at.toZonedDateTimeISO('UTC');
  const time = date.toPlainTime().toString({ smallestUnit: 'second', roundingMode: 'trunc' });
  return `${DAYS[date.dayOfWeek - 1]}, ${String(date.day).padStart(2, '0')} ${MONTHS[date.month - 1]} ${date.year} ${time} +0000`;
}

export const dateField = z.string().transform((text, context): Instant => {
  const at = parseRfc2822(text);
  if (at !== undefined) return at;
  context.addIssue({ code: 'custom', message: `expected a date of RFC 2822, got "${text.slice(0, 40)}"` });
  return z.NEVER;
});

const textOrNothing = z
  .string()
  .nullish()
  .transform((text) => text ?? '');

export const messageAnswer = z.object({
  sid: z.string().min(1),
  /** Null while a Messaging Service has not chosen a sender. */
  from: textOrNothing,
  to: textOrNothing,
  body: textOrNothing,
  direction: z.string(),
  status: z.string(),
  date_created: dateField,
});
export type RestMessage = z.output<typeof messageAnswer>;

/** As lists have it. */
export const recordedMessage = messageAnswer.extend({
  /** Null for what waits in a queue, and for what never left it. */
  date_sent: dateField.nullish(),
  date_updated: dateField.nullish(),
  error_code: z.union([z.string(), z.number()]).nullish(),
  num_media: z.union([z.string(), z.number()]).nullish(),
});
export type RecordedMessage = z.output<typeof recordedMessage>;

export const recordedCall = z.object({
  sid: z.string().min(1),
  /** Of the call whose leg it is. */
  parent_call_sid: z.string().nullish(),
  from: textOrNothing,
  to: textOrNothing,
  status: z.string(),
  direction: textOrNothing,
  date_created: dateField,
  start_time: dateField.nullish(),
  end_time: dateField.nullish(),
  /** Whole seconds. */
  duration: z.union([z.string(), z.number()]).nullish(),
});
export type RecordedCall = z.output<typeof recordedCall>;

export const recording = z.object({
  sid: z.string().min(1),
  status: z.string().nullish(),
  duration: z.union([z.string(), z.number()]).nullish(),
  start_time: dateField.nullish(),
  date_created: dateField,
  date_updated: dateField.nullish(),
});
export type RestRecording = z.output<typeof recording>;

export const sendAnswer = z.object({ sid: z.string().min(1), status: z.string().nullish() });

const nextPage = { next_page_uri: z.string().nullish() };
export const messagePage = z.object({ messages: z.array(messageAnswer), ...nextPage });
/** Pages of which each entry is read by itself. */
export const rawMessagePage = z.object({ messages: z.array(z.unknown()), ...nextPage });
export const rawCallPage = z.object({ calls: z.array(z.unknown()), ...nextPage });
export const rawRecordingPage = z.object({ recordings: z.array(z.unknown()), ...nextPage });
export const numberPage = z.object({
  incoming_phone_numbers: z.array(
    z.object({
      sid: z.string().min(1),
      phone_number: z.string().min(1),
      friendly_name: textOrNothing,
      capabilities: z.object({ sms: z.boolean().nullish(), voice: z.boolean().nullish() }).nullish(),
      sms_url: textOrNothing,
      sms_method: textOrNothing,
      /** Comes before the address. */
      sms_application_sid: textOrNothing,
      /** Of calls. */
      status_callback: textOrNothing,
      status_callback_method: textOrNothing,
    }),
  ),
  ...nextPage,
});
export type RestNumber = z.output<typeof numberPage>['incoming_phone_numbers'][number];

export const numberAnswer = z.object({ sid: z.string().min(1) });
