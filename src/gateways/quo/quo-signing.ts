import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type Instant, SECOND_MS } from '../../platform/time.ts';

/**
 * HMAC-SHA256 in base64 over `prefix` and the raw body. Undefined for a secret that decodes to no bytes: an empty key would let anyone
 * sign.
 */
export function quoHmac(input: {
  /** Base64, with or without the `whsec_` of Standard Webhooks; its bytes sign. */
  readonly secret: string;
  readonly prefix: string;
  readonly rawBody: Uint8Array | string;
}): string | undefined {
  const key = keyOf(input.secret);
  if (key === undefined) return undefined;
  return createHmac('sha256', key).update(input.prefix).update(input.rawBody).digest('base64');
}

/** Making a key takes longer than signing an event with it. */
const keys = new Map<string, KeyObject>();
/** More than any installation has accounts in use at once. */
const KEYS_MAX = 1_000;

function keyOf(secret: string): KeyObject | undefined {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (bytes.length === 0) return undefined;
  if (keys.size >= KEYS_MAX) keys.clear();
  const key = createSecretKey(bytes);
  keys.set(secret, key);
  return key;
}

/** The header of v2, v3 and v4: `hmac;1;<milliseconds>;<signature>`. */
export function legacySignature(input: {
  readonly secret: string;
  readonly body: string | Uint8Array;
  readonly at: Instant;
}): Readonly<Record<string, string>> {
  const timestamp = String(input.at.epochMilliseconds);
  const signature = signed({ ...input, prefix: `${timestamp}.` });
  return { 'openphone-signature': `hmac;1;${timestamp};${signature}` };
}

/** The headers of 2026-03-30, which are those of Standard Webhooks. */
export function currentSignature(input: {
  readonly secret: string;
  readonly body: string | Uint8Array;
  readonly at: Instant;
  readonly deliveryId: string;
}): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(input.at.epochMilliseconds / SECOND_MS));
  const signature = signed({ ...input, prefix: `${input.deliveryId}.${timestamp}.` });
  return {
    'webhook-id': input.deliveryId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

function signed(input: {
  readonly secret: string;
  readonly prefix: string;
  readonly body: string | Uint8Array;
}): string {
  const signature = quoHmac({ ...input, rawBody: input.body });
  if (signature === undefined) throw new Error('webhook secret: expected base64 of at least one byte, got none');
  return signature;
}
