import type { Instant } from '../../platform/time.ts';
import { currentData } from './quo-payload-current.ts';
import { generationsOf, type QuoFacts, type QuoPayloadInput, quoFacts } from './quo-payload-facts.ts';
import { legacyObject } from './quo-payload-legacy.ts';
import { currentSignature, legacySignature } from './quo-signing.ts';

/**
 * Events as the provider would post them, for development, tests and load: every type in every generation that has it. They are made
 * from what is known of the wire, not from the code that reads it.
 */
export interface QuoPayload {
  readonly facts: QuoFacts;
  /** JSON, compact, as the provider sends it. */
  readonly body: string;
}

/** Throws for a type that the generation does not have: see `generationsOf`. */
export function quoPayload(input: QuoPayloadInput): QuoPayload {
  const { type, generation } = input;
  if (!generationsOf(type).includes(generation))
    throw new Error(`${type} does not exist in ${generation}; it does in ${generationsOf(type).join(', ')}`);
  const facts = quoFacts(input);
  const envelope = { id: facts.eventId, object: 'event', apiVersion: generation, createdAt: facts.at, type };
  if (generation !== '2026-03-30')
    return { facts, body: JSON.stringify({ ...envelope, data: { object: legacyObject(facts), ...deepLink(facts) } }) };
  const { object: _object, ...current } = envelope;
  return { facts, body: JSON.stringify({ ...current, data: currentData(facts) }) };
}

/** Captured deliveries of v4 have it although the guide does not show it: only it tells the conversation there. */
const deepLink = ({ generation, laneRef, conversationId, subjectId }: QuoFacts) =>
  generation === 'v4' ? { deepLink: `https://my.quo.com/inbox/${laneRef}/c/${conversationId}?at=${subjectId}` } : {};

/** The headers with which the provider would post it at `at`: every attempt has a timestamp of its own. */
export function quoHeaders(
  { facts, body }: QuoPayload,
  { secret, at }: { readonly secret: string; readonly at: Instant },
): Readonly<Record<string, string>> {
  const signature =
    facts.generation === '2026-03-30'
      ? currentSignature({ secret, body, at, deliveryId: facts.deliveryId })
      : legacySignature({ secret, body, at });
  return { 'content-type': 'application/json', ...signature };
}
