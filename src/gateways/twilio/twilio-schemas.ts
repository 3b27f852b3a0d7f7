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

const dateField = z.string().transform((text, context): Instant => {
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

export const sendAnswer = z.object({ sid: z.string().min(1), status: z.string().nullish() });

const nextPage = { next_page_uri: z.string().nullish() };
export const messagePage = z.object({ messages: z.array(messageAnswer), ...nextPage });
export const numberPage = z.object({
  incoming_phone_numbers: z.array(
    z.object({
      sid: z.string().min(1),
      phone_number: z.string().min(1),
      friendly_name: textOrNothing,
      capabilities: z.object({ sms: z.boolean().nullish() }).nullish(),
      sms_url: textOrNothing,
      /** Comes before the address. */
      sms_application_sid: textOrNothing,
      /** Of calls. */
      status_callback: textOrNothing,
    }),
  ),
  ...nextPage,
});
export type RestNumber = z.output<typeof numberPage>['incoming_phone_numbers'][number];

export const numberAnswer = z.object({ sid: z.string().min(1) });

/** First thing that is wrong, with its path, in one line. */
export const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0];
  return issue === undefined ? 'malformed' : `${issue.path.join('.') || 'body'}: ${issue.message}`;
};
