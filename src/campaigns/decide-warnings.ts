import { REMEDY } from '../business/policy-hours.ts';
import type { AccountRow, LaneRow } from '../gateways/account.ts';
import { localTime } from '../platform/calendar.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import type { LaunchProblem } from './decide-launch.ts';
import { dated, type SendingFacts, shutOutBySettings, shutOutByWindow } from './decide-sending.ts';
import { minuteText, type SendingOptions } from './sending-options.ts';

/** Of the chosen numbers those from which nothing goes out now; that none of them can is a problem (decide-launch.ts). */
export function laneWarnings(
  chosen: readonly Pick<LaneRow, 'accountId' | 'name' | 'phone' | 'state' | 'stateReason'>[],
  accounts: readonly Pick<AccountRow, 'id' | 'name' | 'state' | 'stateReason'>[],
): readonly LaunchProblem[] {
  if (chosen.every((lane) => lane.state === 'off')) return [];
  const ofLanes = chosen.flatMap(({ name, phone, state, stateReason }) => {
    if (state === 'off') return [`${name} ${phone} is switched off: nothing goes out from it`];
    if (state === 'paused')
      return [`${name} ${phone} is paused (${stateReason ?? 'no reason given'}): nothing goes out from it for now`];
    return [];
  });
  const ofAccounts = accounts
    .filter(({ id, state }) => state === 'paused' && chosen.some((lane) => lane.accountId === id))
    .map(
      ({ name, stateReason }) =>
        `Account ${name} is paused (${stateReason ?? 'no reason given'}): nothing goes out from its numbers until it is resumed under Settings, Numbers`,
    );
  return [...ofLanes, ...ofAccounts].map((message) => ({ field: 'lanes', message }));
}

const OUTCOMES = {
  drop: 'who still waits then is left out',
  ask: 'who still waits then has to wait for your answer',
  go_on: 'who still waits then is texted all the same',
} as const;

/** What the schedule does to some of the people. */
export function scheduleWarnings(
  options: SendingOptions,
  facts: SendingFacts,
  finishAt: Instant | null,
): readonly LaunchProblem[] {
  const messages: string[] = [];
  const shutOut = shutOutByWindow(options, facts);
  if (shutOut > 0) {
    const window = `${minuteText(options.windowStartMinute)} to ${minuteText(options.windowEndMinute)}`;
    messages.push(
      `${shutOut.toLocaleString('en-US')} ${shutOut === 1 ? 'person' : 'people'} can never be texted from ${window}: the law and your settings leave other hours there`,
    );
  }
  const closed = shutOutBySettings(facts);
  if (closed > 0)
    messages.push(
      `${closed.toLocaleString('en-US')} ${closed === 1 ? 'person' : 'people'} can never be texted: the law and your settings leave no hour where they are. ${REMEDY}`,
    );
  const pointless = dated(options, facts);
  const after = pointless?.after ?? null;
  if (pointless !== null && after !== null && finishAt !== null && isBefore(after, finishAt))
    messages.push(
      `It is done about ${localTime(finishAt, facts.zone)}, after the texts become pointless at ${localTime(after, facts.zone)}: ${OUTCOMES[pointless.action]}`,
    );
  return messages.map((message) => ({ field: 'schedule', message }));
}
