import { contains, type Network, parseAddress, showBytes } from '../platform/network-address.ts';

/** The parts of a request that say where it comes from, as node:http has them. */
export interface Incoming {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Longer than any chain of proxies makes it; whoever sends more counts as the proxy. */
const HEADER_LENGTH_MAX = 2_000;

/**
 * The address of the client: that of the socket, unless one of our own proxies holds its other end. Then `X-Forwarded-For` and
 * `Forwarded` (RFC 7239) are read from the right, each entry by the proxy that the entry before it names: the first that is no proxy
 * of ours is the client, and whatever stands left of it, the client may have written. An empty text when unknown.
 *
 * What cannot be read ends the walk, and so does the end of the header: then it is the last proxy that was named. A proxy that writes
 * one of the two headers hands the other on as the client wrote it: two that name different clients count as the proxy's own, so that
 * whoever invents one shares one limit with all who do.
 */
export function clientAddress({ socket, headers }: Incoming, trusted: readonly Network[]): string {
  const peer = socket.remoteAddress ?? '';
  // Without a proxy, nothing is looked at for a webhook.
  if (trusted.length === 0) return peer;
  const nearest = hopOf(peer, trusted);
  if (nearest === undefined || !nearest.trusted) return nearest?.address ?? peer;
  const walks = [entriesOf(headers['x-forwarded-for'], listed), entriesOf(headers.forwarded, forwarded)].map(
    (entries) => farthest(entries, trusted),
  );
  const clients = new Set(walks.filter((hop) => hop?.trusted === false).map((hop) => hop?.address));
  if (clients.size > 1) return nearest.address;
  const [client] = clients;
  return client ?? walks.find((hop) => hop !== undefined)?.address ?? nearest.address;
}

interface Hop {
  /** In its one spelling: IPv4 inside of IPv6 is IPv4. */
  readonly address: string;
  readonly trusted: boolean;
}

function farthest(entries: readonly string[], trusted: readonly Network[]): Hop | undefined {
  let last: Hop | undefined;
  for (const entry of entries.toReversed()) {
    const hop = hopOf(entry, trusted);
    if (hop === undefined) return last;
    if (!hop.trusted) return hop;
    last = hop;
  }
  return last;
}

function hopOf(text: string, trusted: readonly Network[]): Hop | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  return { address: showBytes(address.bytes), trusted: trusted.some((network) => contains(network, address)) };
}

function entriesOf(
  header: string | readonly string[] | undefined,
  split: (text: string) => readonly string[],
): readonly string[] {
  // Several headers of one name are one list.
  const text = typeof header === 'object' ? header.join(',') : (header ?? '');
  return text.length > HEADER_LENGTH_MAX ? [] : split(text);
}

const listed = (text: string): readonly string[] => text.split(',').map(withoutPort);

/** A name, a value that may be quoted, and what follows it. */
const PAIR = /[ \t]*([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))[ \t]*([,;]|$)/y;

/** The `for` of each element, an empty text where there is none. Nothing of a header that is not made as it should be. */
function forwarded(text: string): readonly string[] {
  const entries: string[] = [];
  let element = '';
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const [, name, quoted, bare = '', end] = PAIR.exec(text) ?? [];
    if (name === undefined) return [];
    if (name.toLowerCase() === 'for') element = withoutPort(quoted ?? bare);
    if (end === ';') continue;
    entries.push(element);
    element = '';
  }
  return entries;
}

/** `192.0.2.1:4711`, `[2001:db8::1]:4711`, `[2001:db8::1]`, or the address alone. */
const withoutPort = (entry: string): string => {
  const text = entry.trim();
  return /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
};
