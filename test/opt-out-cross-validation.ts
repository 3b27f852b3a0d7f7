import { classifyInbound, OURS } from '../src/compliance/opt-out.ts';
import { OUR_NET, ResemblanceJudge } from '../src/compliance/opt-out-resemblance.ts';
import type { Judge, LabelledReply } from './labelled-replies.ts';
import { learnWeights } from './opt-out-training.ts';
import { lessonsOf } from './opt-out-weights-file.ts';

/**
 * Judges every reply of some batches by weights that were learned from all other batches: what the net is worth with writers whom it
 * does not know. The rules are as they are, and know all but the unseen replies.
 */
export function crossValidation(
  replies: readonly LabelledReply[],
  batches: readonly string[],
): (askFrom?: number) => Judge {
  const judges = new Map(
    batches.map((batch) => [
      batch,
      new ResemblanceJudge(learnWeights(lessonsOf(replies.filter((reply) => reply.batch !== batch)))),
    ]),
  );
  return (askFrom = OUR_NET.askFrom) =>
    ({ batch, message }) => {
      const judge = judges.get(batch);
      if (judge === undefined) throw new Error(`batch ${batch}: expected one of ${batches.join(', ')}`);
      return classifyInbound(message, {}, { ...OURS, net: { ...OUR_NET, judge, askFrom } }).outcome;
    };
}

/** Batches of writers who knew neither the rules nor each other's replies. */
export const INDEPENDENT_BATCHES: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
