/**
 * The one way for requests to addresses that a person chose. Whoever may type an address must not reach through this server what only
 * this server can reach: itself, its private network, the metadata of its cloud.
 *
 * A name is resolved once, and the connection goes to the very address that was looked at: a name that points elsewhere a moment later
 * leads nowhere. Redirects are not followed, certificates are checked whatever the environment says.
 */
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { contains, type Network, parseAddress, showBytes, specialKindOf } from './network-address.ts';
import { err, ok, type Result } from './result.ts';

/** All addresses of a name, in the order in which they are to be tried. Throws when it has none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export interface GuardedRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Networks that may be reached although they are no public ones. */
  readonly allowed: readonly Network[];
  /** Real milliseconds for everything, the resolving and the answer included. */
  readonly timeoutMs: number;
  /** What follows of the answer's body is not read. */
  readonly answerBytesMax: number;
  readonly signal?: AbortSignal;
  readonly resolve?: Resolve;
  /** Certificates to trust instead of the well-known ones, in PEM. */
  readonly trusted?: string;
}

export type GuardedAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  /** The address may not be reached: nothing was sent. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Never throws. */
export async function guardedFetch(request: GuardedRequest): Promise<GuardedAnswer> {
  const url = parseGuardedUrl(request.url);
  if (!url.ok) return { kind: 'refused', reason: url.error };
  const tooLate = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal === undefined ? tooLate : AbortSignal.any([tooLate, request.signal]);
  try {
    const address = await unlessAborted(signal, chooseAddress(url.value, request));
    if (!address.ok) return { kind: 'refused', reason: address.error };
    return await exchange(request, { url: url.value, address: address.value, signal });
  } catch (error) {
    if (tooLate.aborted) return { kind: 'failed', reason: `no answer within ${request.timeoutMs / 1000} s` };
    return { kind: 'failed', reason: failureWords(error) };
  }
}

/** The address as it is used: http or https, no user, no fragment. Every spelling of an IPv4 address becomes its dotted one. */
export function parseGuardedUrl(text: string): Result<URL, string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return err(`expected an address that begins with https://, got "${text}"`);
  if (url.username !== '' || url.password !== '')
    return err(`"${url.host}" comes with a user or a password: leave them out`);
  if (url.hash !== '') return err(`"${text}" ends with a fragment (${url.hash}), which is never sent: leave it out`);
  return ok(url);
}

const HTTPS_PORT = 443;
const HTTP_PORT = 80;
/** Below are the services of a machine: mail, remote shells, name servers. */
const OWN_PORT_MIN = 1024;

/** The first of its addresses that may be reached; else why not. Throws when the name is not known. */
export async function chooseAddress(
  url: URL,
  options: Pick<GuardedRequest, 'allowed' | 'resolve'>,
): Promise<Result<string, string>> {
  const name = hostOf(url);
  const addresses = isIP(name) === 0 ? await (options.resolve ?? resolveBySystem)(name) : [name];
  const refusals: string[] = [];
  for (const address of addresses) {
    const refusal = refusalOf(url, address, options.allowed);
    if (refusal === undefined) return ok(address);
    refusals.push(refusal);
  }
  return err(refusals[0] ?? `${name} has no address`);
}

const resolveBySystem: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

function refusalOf(url: URL, text: string, allowed: readonly Network[]): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return `${hostOf(url)}: "${text}" is no address`;
  if (allowed.some((network) => contains(network, address))) return undefined;
  const plain = showBytes(address.bytes);
  const what = hostOf(url) === text ? plain : `${hostOf(url)} (${plain})`;
  const kind = specialKindOf(address);
  if (kind !== undefined) return `${what} is ${kind}: add ${plain} to the allowed networks if it is meant`;
  if (url.protocol !== 'https:')
    return `${what} is reached over http, where everybody on the way can read along: use https`;
  const port = portOf(url);
  if (port !== HTTPS_PORT && port < OWN_PORT_MIN)
    return `${what}: port ${port} belongs to another service; use ${HTTPS_PORT}, or one from ${OWN_PORT_MIN}`;
  return undefined;
}

/** Without the brackets of IPv6 and the dot at the end of a name. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? HTTPS_PORT : HTTP_PORT) : Number(port);

function exchange(
  request: GuardedRequest,
  { url, address, signal }: { readonly url: URL; readonly address: string; readonly signal: AbortSignal },
): Promise<GuardedAnswer> {
  const { method, headers, body, answerBytesMax, trusted } = request;
  const name = hostOf(url);
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === 'https:' ? https : http).request({
      host: address,
      port: portOf(url),
      path: url.pathname + url.search,
      method,
      headers: { ...headers, host: url.host, ...(body === undefined ? {} : { 'content-length': body.byteLength }) },
      // A connection of its own: one of a pool may lead to what the name meant earlier.
      agent: false,
      signal,
      rejectUnauthorized: true,
      // The certificate must be for the name that was asked for, not for the address.
      servername: isIP(name) === 0 ? name : '',
      ...(trusted === undefined ? {} : { ca: trusted }),
    });
    outgoing.on('error', reject);
    outgoing.once('response', (incoming) => {
      const status = incoming.statusCode ?? 0;
      // From here on the status counts, whatever becomes of the rest.
      outgoing.off('error', reject).on('error', () => undefined);
      readAtMost(incoming, answerBytesMax).then((text) => resolve({ kind: 'answered', status, body: text }), reject);
    });
    outgoing.end(body);
  });
}

/** The status has come by then: of a body that breaks off or takes too long, the part that came is enough. */
async function readAtMost(incoming: http.IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming) {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length >= bytesMax) break;
    }
  } catch {
    incoming.destroy();
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8');
}

function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** `ECONNREFUSED`, `ENOTFOUND`, `DEPTH_ZERO_SELF_SIGNED_CERT` ... in words where everybody meets them. */
const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was ended at once',
  ENOTFOUND: 'this name is not known',
  EAI_AGAIN: 'this name cannot be looked up now',
  EHOSTUNREACH: 'no network leads there',
  ENETUNREACH: 'no network leads there',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody known',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody known',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak https',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https',
};

function failureWords(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const words = FAILURES[code];
  if (words !== undefined) return `${words} (${code})`;
  return code === '' ? error.message : code;
}

/**
 * For clients that open their connections by themselves: a name that leads to no public address is not resolved, and the connection
 * goes to what was looked at. It is not asked about addresses that are written as numbers.
 */
export const publicLookup =
  (resolve: Resolve = resolveBySystem): LookupFunction =>
  (name, { all, family }, done) => {
    const choose = async () => {
      const found = (await resolve(name)).map((address) => ({ address, family: isIP(address) }));
      const open = found.filter(
        (entry) => isPublic(entry.address) && (family === undefined || family === 0 || entry.family === Number(family)),
      );
      if (open[0] === undefined)
        throw Object.assign(new Error(`${name} leads to no public address`), { code: 'ENOTPUBLIC' });
      return { first: open[0], open };
    };
    choose().then(
      ({ first, open }) => (all ? done(null, open) : done(null, first.address, first.family)),
      (error) => done(error, ''),
    );
  };

function isPublic(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && specialKindOf(address) === undefined;
}
