import { z } from 'zod';
import { classifyInbound, type InboundClassification, type InboundContext } from '../compliance/opt-out.ts';
import { actionOf, type InboundAction, whyOf } from '../compliance/opt-out-words.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { instant } from '../platform/time.ts';
import { isJsonObject, type JsonObject } from './json-lines.ts';

/** What `textwright explain opt-out` answers to one reply. */
export interface OptOutAnswer extends Pick<InboundClassification, 'tier' | 'matched' | 'normalised'> {
  readonly text: string;
  readonly outcome: (typeof PUBLISHED)[InboundClassification['outcome']];
  readonly action: InboundAction;
  readonly family: string | null;
  readonly language: string | null;
  readonly why: string;
  readonly classifierVersion: string;
}

export function explainOptOut(input: JsonObject): Result<OptOutAnswer, string> {
  const { text } = input;
  if (typeof text !== 'string') return err('"text" is missing or no text: expected {"text": "..."}');
  const context = parseContext(input['context']);
  if (!context.ok) return context;
  const judged = classifyInbound(text, context.value);
  const { outcome, tier, matched, family = null, language = null, normalised, classifierVersion } = judged;
  const said = { action: actionOf(judged), matched, family, language, why: whyOf(judged) };
  return ok({ text, outcome: PUBLISHED[outcome], tier, ...said, normalised, classifierVersion });
}

/** As the agreed examples name what a reply asks for; `action` tells that a wish in other words than a keyword lifts nothing. */
const PUBLISHED = {
  opt_out: 'opt_out',
  opt_in: 'opt_in',
  opt_in_wish: 'opt_in',
  help: 'help',
  review: 'review',
  none: 'none',
} as const satisfies Record<InboundClassification['outcome'], InboundClassification['outcome']>;

const EXPECTED =
  'expected {"recentOutbound": ["..."], "canadian": true or false, "awaitingOptIn": true or false, "at": "2026-11-17T15:00:00Z"}, each of them optional';

function parseContext(context: unknown = {}): Result<InboundContext, string> {
  if (!isJsonObject(context)) return err(`"context" is not an object: ${EXPECTED}`);
  const { recentOutbound = [], canadian = false, awaitingOptIn = false, at, ...others } = context;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) return err(`"context" has an unknown field "${unknown}": ${EXPECTED}`);
  if (!isTexts(recentOutbound)) return err(`"context.recentOutbound" is no list of texts: ${EXPECTED}`);
  if (typeof canadian !== 'boolean' || typeof awaitingOptIn !== 'boolean')
    return err(`"context.canadian" or "context.awaitingOptIn" is neither true nor false: ${EXPECTED}`);
  const known = { recentOutbound, canadian, awaitingOptIn };
  if (at === undefined) return ok(known);
  const saidAt = z.iso.datetime({ offset: true }).safeParse(at);
  return saidAt.success
    ? ok({ ...known, at: instant(saidAt.data) })
    : err(`"context.at" is no instant, by whose keywords a reply is understood: ${EXPECTED}`);
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

export const optOutWords = ({ outcome, tier, why }: OptOutAnswer): string =>
  `${outcome}${tier === null ? '' : `, tier ${tier}`}: ${why}`;
