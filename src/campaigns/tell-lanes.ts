import { remedyOfPause } from '../messages/outcome-sentences.ts';
import type { Instant } from '../platform/time.ts';
import { localTime } from './local-time.ts';
import type { UsedLane } from './used-lane-store.ts';
import { openNumber, SEE_WORKERS, seeAccount } from './waiting-actions.ts';
import type { Waiting, WaitingFacts } from './waiting-facts.ts';
import type { LanesWait } from './waiting-lanes.ts';

/** The people whom it holds up, and when they are texted. */
export interface HeldUp {
  readonly goesOnAt: Instant | null;
  /** Undefined: they were not counted. */
  readonly people: number | undefined;
  /** Another number could hand over, but they know this one. */
  readonly knowNoOther: boolean;
}

type Words = Omit<Waiting, 'code'>;

/** The words for numbers that cannot hand over. */
export function tellLanes(wait: LanesWait, held: HeldUp, at: WaitingFacts): Waiting {
  return { code: wait.code, ...(accountWords(wait, held, at) ?? numberWords(wait, held, at)) };
}

/** Undefined: it is not up to the account. */
function accountWords({ code, lanes, until }: LanesWait, held: HeldUp, at: WaitingFacts): Words | undefined {
  const account = at.accounts.find(({ id }) => lanes.some(({ accountId }) => accountId === id));
  if (account === undefined) return undefined;
  const { name, breakerOpenSince } = account;
  const of = `of account ${name}`;
  const since = localTime(breakerOpenSince ?? at.now, at.zone);
  const asked = localTime(until ?? at.now, at.zone);
  const goesOn = localTime(held.goesOnAt ?? at.now, at.zone);
  switch (code) {
    case 'account_paused':
      return words(
        `Account ${name} is paused: ${account.stateReason}${knowWords(held)}${remedyWords(account.stateReason)}`,
        `account ${name} is paused`,
        { action: seeAccount(account.id) },
      );
    case 'worker_failing':
      return words(
        `The worker ${of} stopped ${account.failures} times in a row: ${account.failure}. Nothing is sent twice; the worker's log says more`,
        'its worker stops again and again',
        { action: SEE_WORKERS },
      );
    case 'no_worker':
      return words(
        `No worker sends for account ${name} right now; one takes over within seconds, if one runs`,
        'no worker sends',
        { action: SEE_WORKERS },
      );
    case 'breaker_open':
      return words(
        `The gateway ${of} fails since ${since}: ${account.breakerDetail}. It is asked every minute, and sending goes on when it answers`,
        `gateway fails since ${since}`,
        { since: breakerOpenSince, action: seeAccount(account.id) },
      );
    case 'throttled':
      return words(
        `The gateway ${of} asked for time until ${asked}${knowWords(held)}: goes on at ${goesOn}`,
        `gateway asked for time until ${asked}`,
        { until: held.goesOnAt, action: seeAccount(account.id) },
      );
    case 'asking_gateway':
      return words(
        `The worker that has taken account ${name} first asks the gateway what its ${account.numbers === 1 ? 'number' : `${account.numbers} numbers`} sent last, so that no second copy of this database texts anybody twice: goes on at about ${goesOn}`,
        'asking the gateway first',
        { since: account.asksSince, until: held.goesOnAt, action: seeAccount(account.id) },
      );
    default:
      return undefined;
  }
}

function numberWords({ code, lanes }: LanesWait, held: HeldUp, at: WaitingFacts): Words {
  const { goesOnAt: until, people } = held;
  const on = lanes.filter(({ state }) => state !== 'off');
  const told = (sentence: string, short: string, action: string): Words =>
    words(sentence, short, { until, action: openNumber(code === 'numbers_off' ? lanes : on, action) });
  const goesOn = localTime(until ?? at.now, at.zone);
  switch (code) {
    case 'daily_cap':
      return told(
        `${usedUp(lanes, at)}${knowWords(held)}: goes on at ${goesOn}${wayOut(held, 'cap')}`,
        `caps used until ${goesOn}`,
        'Change its cap',
      );
    case 'daily_parts':
      return told(
        `${usedUp(lanes, at)}${knowWords(held)}: goes on at ${goesOn}${wayOut(held, 'limit')}`,
        `message parts used until ${goesOn}`,
        'Change its limit',
      );
    case 'draining':
      return told(
        `Nobody texts ${people === undefined ? 'the' : `the ${people}`} new people who wait: ${stateWords(on)}. Set a number to active, or add one to the campaign`,
        'no number takes new people',
        'Set it to active',
      );
    case 'numbers_off':
      return told(`No number can send: ${switchOnSentence(lanes)}`, 'no number can send', 'Switch it on');
    default:
      return told(
        `${held.knowNoOther ? 'Their number cannot send' : 'No number can send'}: ${stateWords(lanes)}${knowWords(held)}${until === null ? '' : `; goes on at ${goesOn}`}`,
        held.knowNoOther ? 'their number is paused' : 'no number can send',
        'Resume it',
      );
  }
}

const words = (sentence: string, short: string, rest: Partial<Waiting> = {}): Words => ({
  since: null,
  until: null,
  action: null,
  ...rest,
  sentence,
  short,
});

const stateWords = (lanes: readonly UsedLane[]): string =>
  lanes.map((lane) => `${lane.name} is ${lane.state} (${lane.stateReason ?? 'no reason given'})`).join('; ');

const knowWords = ({ knowNoOther, people }: HeldUp): string =>
  !knowNoOther
    ? ''
    : `, and ${people === undefined ? 'those whom it holds up' : people === 1 ? 'the person whom it holds up' : `the ${people} people whom it holds up`} know${people === 1 ? 's' : ''} no other number`;

const wayOut = ({ knowNoOther }: HeldUp, limit: string): string =>
  knowNoOther
    ? `. A higher ${limit} lets them go sooner, and so does switching the number off, which moves them to another`
    : '';

/**
 * "The daily cap of Office (66) is used up", "The daily cap of every number (132 in all) is used up", "The daily cap of Office (66) and
 * the limit of message parts a day of Shop (10) are used up"
 */
function usedUp(lanes: readonly UsedLane[], at: WaitingFacts): string {
  const sending = at.lanes.filter(({ state }) => state === 'active' || state === 'draining');
  const all = lanes.length > 1 && lanes.length >= sending.length;
  const limits = [
    { what: 'daily cap', lanes: lanes.filter(hasUsedCap), limit: ({ dailyCap }: UsedLane) => dailyCap },
    {
      what: 'limit of message parts a day',
      lanes: lanes.filter((lane) => !hasUsedCap(lane)),
      limit: ({ partsPerDay }: UsedLane) => partsPerDay ?? 0,
    },
  ].filter((one) => one.lanes.length > 0);
  const whose = ({ lanes: met, limit }: (typeof limits)[number]): string =>
    all && limits.length === 1
      ? `every number (${met.reduce((sum, lane) => sum + limit(lane), 0)} in all)`
      : met.map((lane) => `${lane.name} (${limit(lane)})`).join(' and of ');
  const told = limits.map((one) => `the ${one.what} of ${whose(one)}`).join(' and ');
  return `${told.charAt(0).toUpperCase()}${told.slice(1)} ${limits.length === 1 ? 'is' : 'are'} used up`;
}

const hasUsedCap = ({ usedToday, dailyCap }: UsedLane): boolean => usedToday >= dailyCap;

/** "its only number is switched off; switch +16175550100 (Office) on under Settings, Numbers" */
export function switchOnSentence(lanes: readonly { readonly phone: string; readonly name: string }[]): string {
  const [first] = lanes;
  if (first === undefined) return 'it has no number';
  return lanes.length === 1
    ? `its only number is switched off; switch ${first.phone} (${first.name}) on under Settings, Numbers`
    : `all ${lanes.length} numbers are switched off; switch one on under Settings, Numbers, for example ${first.phone} (${first.name})`;
}

/** What to do about a refusal of the gateway; nothing about what a person did. */
function remedyWords(reason: string | null): string {
  const remedy = remedyOfPause(reason);
  return remedy === null ? '' : `. ${remedy}, then resume it`;
}
