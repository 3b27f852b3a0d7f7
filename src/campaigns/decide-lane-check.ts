import { nextMidnight } from '../platform/calendar.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import { BY_ITSELF, type RuleCheck, type Telling } from './decide-checks.ts';
import { localTime } from './local-time.ts';

/** A number of the campaign with what it and its account may do now. */
export interface CampaignLane {
  readonly id: Uuid;
  readonly name: string;
  readonly phone: string;
  readonly zone: string;
  readonly state: 'active' | 'draining' | 'paused' | 'off';
  readonly stateReason: string | null;
  readonly dailyCap: number;
  readonly usedToday: number;
  readonly partsPerDay: number | null;
  readonly partsToday: number;
  readonly accountName: string;
  readonly accountState: 'active' | 'paused';
  readonly accountStateReason: string | null;
  readonly breakerOpenSince: Instant | null;
  readonly breakerDetail: string | null;
  /** Its gateway asked for time until then; it may have passed. */
  readonly breakerHeldUntil: Instant | null;
  /** A worker holds the account. */
  readonly held: boolean;
}

/** The numbers that may serve this person, as the claim chooses them: the one they know, or any when they know none. */
export function servingLanes(lanes: readonly CampaignLane[], knownLaneId: Uuid | null): readonly CampaignLane[] {
  const known = lanes.find((lane) => lane.id === knownLaneId);
  if (known !== undefined && known.state !== 'off') return [known];
  // A number that is being drained takes people whose own number is switched off, and no new ones.
  return lanes.filter((lane) => lane.state !== 'off' && (known !== undefined || lane.state !== 'draining'));
}

/** The number of those with the most room, which gets the person. */
export const nextLane = (serving: readonly CampaignLane[]): CampaignLane | undefined =>
  serving.filter(maySend).toSorted((a, b) => room(b) - room(a))[0];

const room = (lane: CampaignLane): number => lane.dailyCap - lane.usedToday;
const maySend = (lane: CampaignLane): boolean => lane.state === 'active' || lane.state === 'draining';
const partsLeft = ({ partsPerDay, partsToday }: CampaignLane): number =>
  partsPerDay === null ? Number.POSITIVE_INFINITY : Math.max(0, partsPerDay - partsToday);

/** `parts`: of this person's text, which a number must still have on its day. */
export function laneCheck(serving: readonly CampaignLane[], at: Telling & { readonly parts: number }): RuleCheck {
  const open = serving.filter(maySend);
  const free = open.filter((lane) => room(lane) > 0 && partsLeft(lane) >= at.parts);
  return {
    code: 'lane',
    kind: 'delays',
    forbids: free.length === 0,
    ...laneWords({ serving, open, free }, at),
    inputs: {
      numbers: serving.map(
        ({ name, phone, state, usedToday, dailyCap, partsToday, partsPerDay }) =>
          `${name} ${phone}, ${state}, ${usedToday} of ${dailyCap} texts today${partsPerDay === null ? '' : `, ${partsToday} of ${partsPerDay} message parts`}`,
      ),
    },
  };
}

function laneWords(
  lanes: {
    readonly serving: readonly CampaignLane[];
    readonly open: readonly CampaignLane[];
    readonly free: readonly CampaignLane[];
  },
  at: Telling & { readonly parts: number },
): Pick<RuleCheck, 'sentence' | 'remedy'> {
  const [first] = lanes.free;
  if (first !== undefined) return { sentence: `${first.name} has room for ${roomWords(first)} today`, remedy: '' };
  if (lanes.open.length === 0) {
    const why = lanes.serving.map((lane) => `${lane.name} is ${lane.state} (${lane.stateReason ?? 'no reason given'})`);
    return {
      sentence: `No number can send: ${why.join('; ') || 'all numbers of the campaign are switched off'}`,
      remedy: 'Switch a number of the campaign on under Settings, Numbers',
    };
  }
  const midnight = lanes.open
    .map((lane) => nextMidnight(lane.zone, at.now))
    .reduce((early, other) => (isBefore(other, early) ? other : early));
  return {
    sentence: `${lanes.open.map((lane) => fullWords(lane, at.parts)).join('; ')}: begins anew at ${localTime(midnight, at.zone)}`,
    remedy: `${BY_ITSELF}; a higher limit under Settings, Numbers would let it go sooner`,
  };
}

const roomWords = (lane: CampaignLane): string =>
  lane.partsPerDay === null
    ? `${room(lane)} more texts`
    : `${room(lane)} more texts and ${partsLeft(lane)} more message parts`;

/** Which of its limits a day leaves no room for this text. */
function fullWords(lane: CampaignLane, parts: number): string {
  const { name, dailyCap, usedToday, partsPerDay, partsToday } = lane;
  if (room(lane) <= 0) return `${name} has used up its daily cap (${usedToday} of ${dailyCap} texts)`;
  const left = partsLeft(lane);
  if (left === 0) return `${name} has used up its message parts a day (${partsToday} of ${partsPerDay})`;
  return `${name} has only ${left} of its ${partsPerDay} message parts a day left, and this text needs ${parts}`;
}

/** The accounts of those numbers: at least one must be able to send. */
export function accountCheck(serving: readonly CampaignLane[], at: Telling): RuleCheck {
  const lanes = serving.filter(maySend);
  const problems = lanes.map((lane) => accountProblem(lane, at));
  const problem = problems.every((one) => one !== undefined) ? problems[0] : undefined;
  const [first] = lanes;
  return {
    code: 'account',
    kind: 'delays',
    forbids: problem !== undefined,
    sentence:
      problem?.sentence ?? (first === undefined ? 'No account is concerned' : `${first.accountName} is sending`),
    remedy: problem?.remedy ?? '',
    inputs: { accounts: [...new Set(lanes.map((lane) => `${lane.accountName}, ${lane.accountState}`))] },
  };
}

function accountProblem(lane: CampaignLane, at: Telling): Pick<RuleCheck, 'sentence' | 'remedy'> | undefined {
  if (lane.accountState === 'paused')
    return {
      sentence: `Account ${lane.accountName} is paused: ${lane.accountStateReason ?? 'no reason given'}`,
      remedy: 'Mend what it names, then resume the account in Settings',
    };
  if (lane.breakerOpenSince !== null)
    return {
      sentence: `The gateway of ${lane.accountName} has failed since ${localTime(lane.breakerOpenSince, at.zone)}: ${lane.breakerDetail ?? 'no detail'}`,
      remedy: 'Nothing needs to be done: it is asked again and again, and sending goes on when it answers',
    };
  if (lane.breakerHeldUntil !== null && isBefore(at.now, lane.breakerHeldUntil))
    return {
      sentence: `The gateway of ${lane.accountName} asked for time until ${localTime(lane.breakerHeldUntil, at.zone)}`,
      remedy: BY_ITSELF,
    };
  if (!lane.held)
    return {
      sentence: `No worker sends for ${lane.accountName} right now`,
      remedy: 'One takes over within seconds; if none does, start the server or a worker',
    };
  return undefined;
}
