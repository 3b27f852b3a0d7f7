import { createHmac, timingSafeEqual } from 'node:crypto';
import { err, ok, type Result } from '../../platform/result.ts';
import { SECOND_MS } from '../../platform/time.ts';
import type { WebhookEdge, WebhookRefusal } from '../gateway.ts';

type VerifyInput = Parameters<WebhookEdge['verify']>[0];

/**
 * Both generations sign `<something with the timestamp>.<raw body>` with HMAC-SHA256 and a base64 key; they differ in headers
 * and in what stands before the body. A request is good if one signature matches under one secret within the window.
 */
interface Claim {
  /** What was signed, up to the raw body. */
  readonly prefix: string;
  readonly timestampMs: number;
  /** Base64 as received; compared as text, so that no second spelling of it passes. */
  readonly signature: string;
}

/** More than a provider in the middle of a key change would send; a bound on the work that a stranger can ask for. */
const CLAIMS_MAX = 8;
const HEADER_LENGTH_MAX = 4_096;

export function verifyQuoSignature(input: VerifyInput): Result<{ readonly secretIndex: number }, WebhookRefusal> {
  const claims = claimsOf(input.header);
  if (claims === undefined) return refuse('signature_missing', 'no openphone-signature or webhook-signature header');
  let sawStale = false;
  for (const claim of claims.slice(0, CLAIMS_MAX)) {
    const secretIndex = input.secrets.findIndex((secret) => matches({ claim, secret, rawBody: input.rawBody }));
    if (secretIndex < 0) continue;
    const ageMs = Math.abs(input.now.epochMilliseconds - claim.timestampMs);
    if (ageMs <= input.toleranceMs) return ok({ secretIndex });
    sawStale = true;
  }
  return sawStale
    ? refuse('timestamp_outside_window', `signed more than ${input.toleranceMs} ms away from now`)
    : refuse('signature_wrong', 'no signature matches the body under any of our secrets');
}

const refuse = (
  reason: WebhookRefusal['reason'],
  message: string,
): { readonly ok: false; readonly error: WebhookRefusal } => err({ reason, message });

function claimsOf(header: VerifyInput['header']): readonly Claim[] | undefined {
  const current = header('webhook-signature');
  if (current !== undefined) {
    return currentClaims({ id: header('webhook-id'), timestamp: header('webhook-timestamp'), signatures: current });
  }
  const legacy = header('openphone-signature');
  return legacy === undefined ? undefined : legacyClaims(legacy);
}

/** `hmac;1;<timestamp>;<base64>`, several of them separated by commas. */
function legacyClaims(header: string): readonly Claim[] {
  return header
    .slice(0, HEADER_LENGTH_MAX)
    .split(',')
    .flatMap((entry) => {
      const [scheme, version, timestamp, signature, ...rest] = entry.trim().split(';');
      const timestampMs = timestampAsMs(timestamp);
      if (scheme !== 'hmac' || version !== '1' || rest.length > 0) return [];
      if (timestampMs === undefined || signature === undefined) return [];
      return [{ prefix: `${timestamp}.`, timestampMs, signature }];
    });
}

/** Standard Webhooks: `v1,<base64>` entries separated by spaces; the id and the time have headers of their own. */
function currentClaims(headers: {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signatures: string;
}): readonly Claim[] {
  const { id, timestamp } = headers;
  const timestampMs = timestampAsMs(timestamp);
  if (id === undefined || timestampMs === undefined) return [];
  return headers.signatures
    .slice(0, HEADER_LENGTH_MAX)
    .split(' ')
    .flatMap((entry) => {
      const [version, signature] = entry.split(',');
      return version === 'v1' && signature !== undefined
        ? [{ prefix: `${id}.${timestamp}.`, timestampMs, signature }]
        : [];
    });
}

/** The unit is not documented for the older scheme: twelve digits or more are milliseconds, fewer are seconds. */
function timestampAsMs(timestamp: string | undefined): number | undefined {
  if (timestamp === undefined || !/^\d{1,15}$/.test(timestamp)) return undefined;
  return timestamp.length >= 12 ? Number(timestamp) : Number(timestamp) * SECOND_MS;
}

function matches(input: { readonly claim: Claim; readonly secret: string; readonly rawBody: Uint8Array }): boolean {
  const key = Buffer.from(input.secret.replace(/^whsec_/, ''), 'base64');
  // An empty key would let anyone sign.
  if (key.length === 0) return false;
  const expected = createHmac('sha256', key).update(input.claim.prefix).update(input.rawBody).digest('base64');
  const expectedBytes = Buffer.from(expected);
  const givenBytes = Buffer.from(input.claim.signature);
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}
