import type { Contact } from '../api/contacts.ts';
import { formatInstant } from '../patterns/format.ts';

/** Suppressions that the person alone can lift. */
const LIFTED_BY_START = ['opt_out', 'provider_opt_out'];

/** Why no reply can be sent, in place of the box. `who` is the person's name or number. */
export function silenceSentence(given: {
  readonly who: string;
  readonly suppressed: Contact['suppressed'] | undefined;
  readonly zone: string;
  readonly nowMs: number;
}): string {
  const { who, suppressed, zone, nowMs } = given;
  const start = `Only ${who} can change this, by texting START.`;
  const refusal = `No reply can be sent to ${who}.`;
  if (suppressed === undefined || suppressed === null) return `${refusal} The number has opted out. ${start}`;
  const day = formatInstant(suppressed.since, { zone, nowMs }).split(',')[0] ?? '';
  const cause = `${suppressed.sentence}, ${day}, ${suppressed.how}.`;
  return `${refusal} ${cause}${LIFTED_BY_START.includes(suppressed.reason) ? ` ${start}` : ''}`;
}
