/** What a holder's hand-overs and questions were answered, written down. */
import type { Holder } from './holder-state.ts';
import { type HandedOver, record } from './record.ts';

/**
 * Accepted texts are recorded beside the loop, on a connection of their own, while the next are claimed. Any other answer changes
 * what may be claimed (a pause, a suppression, a cap given back), so that it is written before; then this is false.
 */
export async function recordAnswers(holder: Holder): Promise<boolean> {
  throwBroken(holder);
  if (recordAccepted(holder)) return true;
  await recorded(holder);
  const answered = heard(holder);
  if (answered.length > 0) await record(holder, holder.lease, { from: 'handing_over', results: answered });
  const settled = holder.settled.splice(0);
  if (settled.length > 0) await record(holder, holder.lease, { from: 'unknown', results: settled });
  return false;
}

/** Begins to record what has come, when all of it is accepted texts; false when the loop has to see to it. */
export function recordAccepted(holder: Holder): boolean {
  const { answered, settled, broken } = holder;
  if (broken.length > 0 || settled.length > 0 || answered.some(({ verdict }) => verdict.to !== 'sent')) return false;
  if (holder.recording === undefined && answered.length > 0) recordBeside(holder, heard(holder));
  return true;
}

/** The answers as they are to be recorded. */
const heard = (holder: Holder): readonly HandedOver[] =>
  holder.answered.splice(0).map((answer) => hear(holder, answer));

function hear(holder: Holder, answer: HandedOver): HandedOver {
  const result = holder.unexplained.heard(answer);
  holder.breaker.heard(result);
  if (result.verdict.to === 'unknown' || result.verdict.sender !== undefined)
    holder.log.warn(
      { message: result.messageId, outcome: result.outcome, verdict: result.verdict },
      'hand-over did not end in accepted',
    );
  return result;
}

function recordBeside(holder: Holder, results: readonly HandedOver[]): void {
  const done = record(holder, holder.lease, { from: 'handing_over', results })
    .catch((error: unknown) => void holder.broken.push(error))
    .finally(() => {
      holder.recording = undefined;
      if (holder.awaitsRecord) holder.wake.call();
      else holder.wake.nudge();
    });
  holder.recording = { count: results.length, done };
}

/** Waits until nothing is being recorded beside the loop. */
export async function recorded(holder: Holder): Promise<void> {
  await holder.recording?.done;
  throwBroken(holder);
}

/** What threw beside the loop ends this holder, and its successor settles what it had begun. */
function throwBroken(holder: Holder): void {
  if (holder.broken.length > 0) throw holder.broken[0];
}
