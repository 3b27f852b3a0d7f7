import {
  classifyInbound,
  type InboundClassification,
  type InboundContext,
  needsAsking,
} from '../compliance/opt-out.ts';
import type { InboundText } from './inbound.ts';

/**
 * What a text asks of us, by our own rules and by the gateway's: a word that the gateway has taken for one of its keywords (its owner
 * can add some there) has that meaning here too. An opt-out by either wins. Twilio takes YES for START: where we asked for no opt-in, it is
 * the answer to something else.
 */
export function classifyReceived(
  { text, keyword, at }: Pick<InboundText, 'text' | 'keyword' | 'at'>,
  context: Omit<InboundContext, 'at'>,
): InboundClassification {
  const ours = classifyInbound(text, { ...context, at });
  if (keyword === undefined || ours.outcome === keyword || ours.outcome === 'opt_out') return ours;
  const { normalised, classifierVersion } = ours;
  if (keyword === 'opt_in' && context.awaitingOptIn !== true && needsAsking(normalised, at)) return ours;
  return {
    outcome: keyword,
    tier: keyword === 'opt_out' ? 1 : null,
    matched: text.trim(),
    normalised,
    classifierVersion,
  };
}
