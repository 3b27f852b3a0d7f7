import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { publicLookup } from '../platform/guarded-fetch.ts';
import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';

export interface BaseUrl {
  readonly baseUrl: string;
  readonly environment: 'live' | 'sandbox';
}

/** Names that resolve only inside of a network. */
const INSIDE_SUFFIXES = ['.localhost', '.local', '.internal', '.intranet', '.lan', '.home', '.corp', '.home.arpa'];

/**
 * The address of a gateway's API. The server calls it with whatever an owner typed, so it may lead only outwards, by a public name
 * over https, or to the sandbox on this very machine.
 */
export function parseBaseUrl(text: string): Outcome<BaseUrl> {
  if (!URL.canParse(text)) return refused(text);
  const url = new URL(text);
  const plain =
    url.username === '' && url.password === '' && url.search === '' && url.hash === '' && url.pathname === '/';
  if (!plain) return refused(text);
  if (isLoopback(url.hostname) && (url.protocol === 'http:' || url.protocol === 'https:'))
    return ok({ baseUrl: url.origin, environment: 'sandbox' });
  if (url.protocol === 'https:' && isPublicName(url.hostname)) return ok({ baseUrl: url.origin, environment: 'live' });
  return refused(text);
}

const refused = (text: string): Outcome<BaseUrl> =>
  invalid(
    `baseUrl: expected https:// with a public host name and nothing after it (like https://api.openphone.com), or http:// on this machine for the sandbox (like http://127.0.0.1:7090), got "${text}"`,
    {
      errors: [{ pointer: '/baseUrl', message: 'must be https:// with a public host name, or http://127.0.0.1:PORT' }],
    },
  );

export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

/**
 * For connections to a base URL: a public name must also lead to a public address, at the moment of each connection. The name of this
 * machine is the sandbox.
 */
export const gatewayLookup: LookupFunction = (name, options, done) =>
  isLoopback(name) ? lookup(name, options, done) : outwards(name, options, done);

const outwards = publicLookup();

/** `new URL` has already turned every spelling of an IPv4 address into four dotted numbers. */
function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  if (name.startsWith('[') || /^[\d.]+$/.test(name) || !name.includes('.')) return false;
  return !INSIDE_SUFFIXES.some((suffix) => name.endsWith(suffix));
}
