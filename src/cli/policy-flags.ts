import { WEEKDAYS } from '../business/check-sending-policy.ts';
import type { SendingPolicy } from '../business/sending-policy.ts';
import type { Blackout, BusinessHours, SendWindow } from '../compliance/quiet-hours.ts';
import { stateCode } from '../contacts/states.ts';
import { UsageError } from './shell.ts';

/** How the sending policy is written on the command line; whether it makes sense is said by the rule that the API asks too. */
export interface PolicyFlags {
  readonly preset?: SendingPolicy['preset'];
  readonly textsPerPerson?: number;
  readonly businessHours: readonly string[];
  readonly zone?: string;
  readonly allHours?: true;
  readonly blackout: readonly string[];
  readonly endBlackout: readonly string[];
}

/** The policy with what was named changed, and everything else as it was. `zone`: of the business. */
export function changedPolicy(before: SendingPolicy, flags: PolicyFlags, zone: string): SendingPolicy {
  return {
    preset: flags.preset ?? before.preset,
    messagesPerDay: flags.textsPerPerson ?? before.messagesPerDay,
    businessHours: businessHoursOf(before.businessHours, flags, zone),
    blackouts: [
      ...flags.endBlackout.reduce(withoutBlackout, before.blackouts),
      ...flags.blackout.map((text) => blackoutOf(text)),
    ],
  };
}

function businessHoursOf(before: BusinessHours | null, flags: PolicyFlags, zone: string): BusinessHours | null {
  const { businessHours, allHours } = flags;
  if (allHours && (businessHours.length > 0 || flags.zone !== undefined))
    throw new UsageError(
      '--all-hours: takes the business hours away, so that neither --business-hours nor --zone goes with it',
    );
  if (allHours) return null;
  if (businessHours.length === 0 && before === null && flags.zone !== undefined)
    throw new UsageError('--zone: there are no business hours; set some with --business-hours');
  if (businessHours.length === 0) return before === null ? null : { ...before, zone: flags.zone ?? before.zone };
  return {
    zone: flags.zone ?? before?.zone ?? zone,
    days: Object.assign({}, ...businessHours.map(weekHours)) as BusinessHours['days'],
  };
}

/** `Mon-Fri 09:00-17:00` or `Sat 10:00-14:00`. */
function weekHours(text: string): BusinessHours['days'] {
  const match = /^([A-Za-z]{3})[a-z]*(?:-([A-Za-z]{3})[a-z]*)? (\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/.exec(text.trim());
  const [, firstName = '', lastName = firstName, ...clock] = match ?? [];
  const first = dayNumber(firstName);
  const last = dayNumber(lastName);
  if (match === null || first === 0 || last < first)
    throw new UsageError(`--business-hours: expected days and hours like "Mon-Fri 09:00-17:00", got "${text}"`);
  const [startHour = 0, startMinute = 0, endHour = 0, endMinute = 0] = clock.map(Number);
  const hours: SendWindow = { startMinute: startHour * 60 + startMinute, endMinute: endHour * 60 + endMinute };
  return Object.fromEntries(Array.from({ length: last - first + 1 }, (_, index) => [first + index, hours]));
}

/** 1 for Monday, 0 for what is no day. */
const dayNumber = (name: string): number =>
  WEEKDAYS.findIndex((day) => day.slice(0, 3).toLowerCase() === name.toLowerCase()) + 1;

/** `TX 2026-12-24..2026-12-26 Ice storm`, or one day. */
function blackoutOf(text: string): Blackout {
  const [, state, firstDay, lastDay, reason] = /^(\S+) (\S+?)(?:\.\.(\S+))? (.+)$/.exec(text.trim()) ?? [];
  if (state === undefined || firstDay === undefined || reason === undefined)
    throw new UsageError(
      `--blackout: expected state, days and reason like "TX 2026-12-24..2026-12-26 Ice storm", got "${text}"`,
    );
  return { state: stateCode(state) ?? state, firstDay, lastDay: lastDay ?? firstDay, reason };
}

function withoutBlackout(blackouts: readonly Blackout[], text: string): readonly Blackout[] {
  const [state = '', firstDay] = text.trim().split(/\s+/);
  const ends = (blackout: Blackout): boolean =>
    blackout.state === (stateCode(state) ?? state) && blackout.firstDay === firstDay;
  if (blackouts.some(ends)) return blackouts.filter((blackout) => !ends(blackout));
  const known = blackouts.map((blackout) => `"${blackout.state} ${blackout.firstDay}"`).join(', ') || 'none';
  throw new UsageError(`--end-blackout: no blackout begins so: "${text}"; there are ${known}`);
}
