import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ConsentPolicyInput } from '../http/contract/campaign-consent.ts';
import { CONSENT_FLAG, consentPolicyOption } from './consent-policy-flag.ts';
import { countOption, repeatable } from './options.ts';

/** The options that say how a campaign sends, the same for a new draft and for a change. `none` takes a limit away. */
export interface SendingFlags {
  readonly window?: { readonly start: string; readonly end: string };
  readonly maxPerHour?: number | 'none';
  readonly maxPerDay?: number | 'none';
  readonly finishBy?: string;
  readonly pointlessAfter?: string;
  readonly pointlessHours?: number;
  readonly pointlessAction?: 'drop' | 'ask' | 'go-on';
  readonly priority?: number;
  readonly consent?: ConsentPolicyInput;
  readonly lane: readonly string[];
}

export const TIME = 'a time as 2026-11-20T17:00 (in the zone of the business) or 2026-11-20T22:00:00Z';

export const withSendingFlags = (command: Command, lanes: string): Command =>
  command
    .option('--window <from-to>', 'hours of the day where people are, as 09:00-18:00', windowOption)
    .option('--max-per-hour <n>', 'at most so many texts an hour, or none', countOrNone)
    .option('--max-per-day <n>', 'at most so many texts a day, or none', countOrNone)
    .option('--finish-by <time>', `spread evenly until then: ${TIME}, or none`)
    .option('--pointless-after <time>', `after then the texts are pointless: ${TIME}, or none`)
    .option('--pointless-hours <n>', 'the same, so many hours after the window of the day of the launch', hoursOption)
    .addOption(
      new Option('--pointless-action <what>', 'what happens to whoever waits then').choices(['drop', 'ask', 'go-on']),
    )
    .option('--priority <n>', '1 goes first, 9 last', countOption)
    .option('--consent <policy>', CONSENT_FLAG, consentPolicyOption)
    .option('--lane <lane>', lanes, repeatable, []);

function windowOption(text: string): { readonly start: string; readonly end: string } {
  const [, start, end] = /^(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)$/.exec(text.trim()) ?? [];
  if (start === undefined || end === undefined) throw new InvalidArgumentError('Expected hours as 09:00-18:00.');
  return { start: start.padStart(5, '0'), end: end.padStart(5, '0') };
}

const countOrNone = (text: string): number | 'none' => (text === 'none' ? 'none' : countOption(text));

function hoursOption(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of hours from 0.');
  return Number(text);
}
