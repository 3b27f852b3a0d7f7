import type { Contact } from '../api/contacts.ts';
import { formatInstant } from '../patterns/format.ts';

/** Why nobody may text this number, for each reason that the compliance rules know. `who` is the person's name or number. */
const SENTENCES: Readonly<Record<string, (who: string, day: string) => string>> = {
  opt_out: (who, day) => `${who} asked not to be texted, on ${day}. Only ${who} can change this, by texting START.`,
  provider_opt_out: (who, day) =>
    `${who} asked the phone provider not to be texted, on ${day}. Only ${who} can change this, by texting START.`,
  wrong_number: (who, day) =>
    `Since ${day} it is known that this number belongs to somebody else than ${who}. Ask for another number.`,
  invalid_number: (who, day) =>
    `Since ${day} it is known that this number cannot receive texts. Ask ${who} for another one.`,
};

/** Why no reply can be sent, in place of the box. */
export function silenceSentence(given: {
  readonly who: string;
  readonly suppressed: Contact['suppressed'] | undefined;
  readonly zone: string;
  readonly nowMs: number;
}): string {
  const { who, suppressed, zone, nowMs } = given;
  if (suppressed === undefined || suppressed === null)
    return `${who} has opted out, so no reply can be sent. Texting START lifts it.`;
  const day = formatInstant(suppressed.since, { zone, nowMs }).split(',')[0] ?? '';
  return SENTENCES[suppressed.reason]?.(who, day) ?? `${who} must not be texted since ${day} (${suppressed.reason}).`;
}
