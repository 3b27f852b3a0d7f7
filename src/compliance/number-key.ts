import type { Secrets } from '../platform/secrets.ts';

/**
 * What a connection brings along for `number_key` (migration 0036): both padded keys of HMAC-SHA-256 in hex, so that SQL needs nothing
 * but two digests. The key is made from the one of the installation and lies nowhere.
 */
export function numberPads(secrets: Pick<Secrets, 'derive'>): string {
  const key = Buffer.alloc(BLOCK_BYTES);
  Buffer.from(secrets.derive('numbers of erased people'), 'base64url').copy(key);
  const padded = (byte: number): string => Buffer.from(key.map((one) => one ^ byte)).toString('hex');
  return padded(INNER) + padded(OUTER);
}

/** RFC 2104. */
const BLOCK_BYTES = 64;
const INNER = 0x36;
const OUTER = 0x5c;
