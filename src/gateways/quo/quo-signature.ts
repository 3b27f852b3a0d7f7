import { timingSafeEqual } from 'node:crypto';
import { err, ok, type Result } from '../../platform/result.ts';
import { SECOND_MS } from '../../platform/time.ts';
import type { WebhookEdge, WebhookRefusal } from '../gateway.ts';
import { quoHmac } from './quo-signing.ts';

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

/** One signature of a header: a claim to be checked, or why it cannot be. */
type Entry = Result<Claim, WebhookRefusal>;

/** More than a provider in the middle of a key change would send; a bound on the work that a stranger can ask for. */
const CLAIMS_MAX = 8;
const HEADER_LENGTH_MAX = 4_096;
const SHOWN_LENGTH_MAX = 24;

export function verifyQuoSignature(input: VerifyInput): Result<{ readonly secretIndex: number }, WebhookRefusal> {
  const entries = [...currentEntries(input.header), ...legacyEntries(input.header)];
  const claims = entries.flatMap((entry) => (entry.ok ? [entry.value] : []));
  if (claims.length === 0) return refuse(...whyNothingCanBeChecked(entries));
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

type Refused = { readonly ok: false; readonly error: WebhookRefusal };
const refuse = (reason: WebhookRefusal['reason'], message: string): Refused => err({ reason, message });

/** A scheme that is not known says more than an entry that is cut short: it means that the provider has changed something. */
function whyNothingCanBeChecked(entries: readonly Entry[]): [WebhookRefusal['reason'], string] {
  const refusals = entries.flatMap((entry) => (entry.ok ? [] : [entry.error]));
  const told = refusals.find(({ reason }) => reason === 'signature_unsupported') ?? refusals[0];
  if (told !== undefined) return [told.reason, told.message];
  return ['signature_missing', 'no openphone-signature or webhook-signature header'];
}

/** `hmac;1;<timestamp>;<base64>`, several of them separated by commas. */
function legacyEntries(header: VerifyInput['header']): readonly Entry[] {
  const value = header('openphone-signature');
  if (value === undefined) return [];
  return value
    .slice(0, HEADER_LENGTH_MAX)
    .split(',')
    .map((entry) => legacyEntry(entry.trim()));
}

function legacyEntry(entry: string): Entry {
  const [scheme = '', version = '', timestamp = '', signature, ...rest] = entry.split(';');
  if (signature === undefined)
    return malformed(`openphone-signature: expected hmac;1;<timestamp>;<base64>, got ${shown(entry)}`);
  if (scheme !== 'hmac' || version !== '1')
    return unsupported(
      `openphone-signature: scheme ${shown(scheme)}, version ${shown(version)}; hmac, version 1 is known here`,
    );
  const timestampMs = timestampAsMs(timestamp);
  if (timestampMs === undefined || rest.length > 0)
    return malformed(`openphone-signature: expected a timestamp of 10 or 13 digits, got ${shown(timestamp)}`);
  return ok({ prefix: `${timestamp}.`, timestampMs, signature });
}

/** Standard Webhooks: `v1,<base64>` entries separated by spaces; the id and the time have headers of their own. */
function currentEntries(header: VerifyInput['header']): readonly Entry[] {
  const signatures = header('webhook-signature');
  if (signatures === undefined) return [];
  const id = header('webhook-id') ?? '';
  const timestamp = header('webhook-timestamp') ?? '';
  const timestampMs = timestampAsMs(timestamp);
  if (id === '') return [malformed('webhook-id: missing beside webhook-signature')];
  if (timestampMs === undefined)
    return [malformed(`webhook-timestamp: expected 10 or 13 digits, got ${shown(timestamp)}`)];
  return signatures
    .slice(0, HEADER_LENGTH_MAX)
    .split(' ')
    .filter((entry) => entry !== '')
    .map((entry) => currentEntry(entry, { prefix: `${id}.${timestamp}.`, timestampMs }));
}

function currentEntry(entry: string, of: Pick<Claim, 'prefix' | 'timestampMs'>): Entry {
  const [version = '', signature] = entry.split(',');
  if (signature === undefined) return malformed(`webhook-signature: expected v1,<base64>, got ${shown(entry)}`);
  if (version !== 'v1') return unsupported(`webhook-signature: version ${shown(version)}; v1 is known here`);
  return ok({ ...of, signature });
}

const malformed = (message: string): Refused => refuse('signature_malformed', message);
const unsupported = (message: string): Refused => refuse('signature_unsupported', message);

/** A stranger's words go into a log: short, and without what a terminal would obey. */
const shown = (text: string): string => JSON.stringify(text.slice(0, SHOWN_LENGTH_MAX));

/** The unit is not documented for the older scheme: thirteen digits are milliseconds, ten are seconds. */
function timestampAsMs(timestamp: string): number | undefined {
  if (/^\d{13}$/.test(timestamp)) return Number(timestamp);
  return /^\d{10}$/.test(timestamp) ? Number(timestamp) * SECOND_MS : undefined;
}

function matches(input: { readonly claim: Claim; readonly secret: string; readonly rawBody: Uint8Array }): boolean {
  const expected = quoHmac({ secret: input.secret, prefix: input.claim.prefix, rawBody: input.rawBody });
  if (expected === undefined) return false;
  const expectedBytes = Buffer.from(expected);
  const givenBytes = Buffer.from(input.claim.signature);
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}
