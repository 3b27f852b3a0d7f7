import { MINUTE_MS, SECOND_MS } from '../../platform/time.ts';
import { TALKS } from './calls-texts.ts';
import { drawsFor, longTailMs } from './draws.ts';
import type { CallEntry, CallStage, EventEntry } from './journal.ts';
import type { PeopleModel } from './people.ts';

/** How a call goes: taken after some rings, or missed, perhaps with a voicemail. Follows from the seed, the number and which call it is. */
export type CallPlan = Pick<CallEntry, 'answeredAtMs' | 'endedAtMs' | 'voicemail' | 'talk'>;

const RINGS_MS_MIN = 3 * SECOND_MS;
const RINGS_MS_MAX = 25 * SECOND_MS;
const TALK = { medianMs: 3 * MINUTE_MS, spread: 0.8, maxMs: 40 * MINUTE_MS };
const VOICEMAIL_SECONDS_MIN = 8;
const VOICEMAIL_SECONDS_MAX = 60;

export function planCall(call: {
  readonly seed: number;
  readonly phone: string;
  /** How many calls this person has made to the account before. */
  readonly nth: number;
  readonly atMs: number;
  readonly model: PeopleModel;
}): CallPlan {
  const { model, atMs } = call;
  const random = drawsFor(call.seed, 'call', call.phone, call.nth);
  const isTaken = random.next() < model.callTakenShare;
  const leavesVoicemail = random.next() < model.voicemailShare;
  const rungAtMs = atMs + random.int(RINGS_MS_MIN, RINGS_MS_MAX);
  if (isTaken) {
    const talk = random.int(0, TALKS.length - 1);
    return { answeredAtMs: rungAtMs, endedAtMs: rungAtMs + longTailMs(random, TALK), talk };
  }
  if (!leavesVoicemail) return { endedAtMs: rungAtMs };
  const durationSeconds = random.int(VOICEMAIL_SECONDS_MIN, VOICEMAIL_SECONDS_MAX);
  return { endedAtMs: rungAtMs + durationSeconds * SECOND_MS, voicemail: { durationSeconds } };
}

interface Step {
  readonly stage: CallStage;
  readonly afterEndMs: number;
  readonly event: EventEntry['type'];
}

const END: Step = { stage: 'ended', afterEndMs: 0, event: 'call.completed' };
/** What the provider makes of a call in which somebody talked. */
const AFTERWARDS: readonly Step[] = [
  { stage: 'recorded', afterEndMs: 8 * SECOND_MS, event: 'call.recording.completed' },
  { stage: 'summarised', afterEndMs: 25 * SECOND_MS, event: 'call.summary.completed' },
  { stage: 'transcribed', afterEndMs: 40 * SECOND_MS, event: 'call.transcript.completed' },
];

/** What comes next in a call that has come to `stage`; undefined when nothing does. */
export function nextStep(call: Pick<CallEntry, 'talk'>, stage: CallStage): Step | undefined {
  const steps = call.talk === undefined ? [END] : [END, ...AFTERWARDS];
  return steps[steps.findIndex((step) => step.stage === stage) + 1];
}
