import { createHash } from 'node:crypto';
import { normaliseInbound } from '../src/compliance/normalise-inbound.ts';
import type { Weights } from '../src/compliance/opt-out-resemblance.ts';
import type { LabelledReply } from './labelled-replies.ts';
import { type Lesson, learnWeights } from './opt-out-training.ts';

/** The file of weights, as `npm run train:opt-outs` writes it. */
export const WEIGHTS_FILE: URL = new URL('../src/compliance/opt-out-weights.json', import.meta.url);

/** Learned from everything but the unseen replies, which must stay so. */
export function learnedWeightsFile(replies: readonly LabelledReply[]): string {
  return fileOf(learnWeights(lessonsOf(replies.filter(({ origin }) => origin !== 'unseen'))));
}

/** Replies that a person must judge teach nothing: they are neither. The agreed examples are the policy, and said more than once. */
export const lessonsOf = (replies: readonly LabelledReply[]): readonly Lesson[] =>
  replies
    .filter(({ label }) => label !== 'review')
    .flatMap(({ label, message, origin }) => {
      const lesson = { clauses: normaliseInbound(message, []).clauses, isOptOut: label === 'opt_out' };
      return Array.from({ length: origin === 'published' ? AGREED_TIMES : 1 }, () => lesson);
    });

const AGREED_TIMES = 3;

/** One line for each first name, so that a change can be read. */
function fileOf({ bias, weights }: Weights): string {
  const kinds = Object.entries(weights).map(([kind, lefts]) => {
    const lines = Object.entries(lefts).map(([left, rights]) => `${JSON.stringify(left)}:${JSON.stringify(rights)}`);
    return `${JSON.stringify(kind)}:{\n${lines.join(',\n')}\n}`;
  });
  const body = `"bias":${bias},"weights":{\n${kinds.join(',\n')}\n}}\n`;
  return `{"digest":"${createHash('sha256').update(body).digest('hex').slice(0, 12)}",${body}`;
}
