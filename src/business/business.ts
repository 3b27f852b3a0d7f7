import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';

export interface BusinessSettings {
  readonly name: string;
  /** IANA zone in which the days of statistics begin and end. */
  readonly zone: string;
  readonly phone: string | null;
  readonly email: string | null;
}

/** Until somebody has said who sends. */
export const UNNAMED_BUSINESS: BusinessSettings = {
  name: 'Our business',
  zone: 'America/New_York',
  phone: null,
  email: null,
};

/** Campaign texts of the whole system; replies and confirmations go out in either state. */
export type SendingState =
  | { readonly state: 'running' }
  | { readonly state: 'paused'; readonly reason: string; readonly since: Instant };

/** The zone in its usual spelling (`america/new_york` is taken), or a refusal that shows one that works. */
export function parseZone(text: string, pointer = '/zone'): Outcome<string> {
  try {
    const zone = new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone;
    // Offsets like "+05:00" know no daylight saving time.
    if (/^[+-]/.test(text)) return badZone(text, pointer);
    return ok(zone);
  } catch {
    return badZone(text, pointer);
  }
}

const badZone = (text: string, pointer: string): Outcome<string> =>
  invalid(`zone: expected a time zone like America/Chicago, got "${text}"`, {
    errors: [{ pointer, message: 'is not a time zone; take one like America/Chicago' }],
  });
