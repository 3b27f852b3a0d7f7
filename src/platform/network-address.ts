/**
 * IP addresses and networks, and which of them are no public ones. An IPv4 address that is written inside of IPv6 counts as the IPv4
 * address that it reaches: there is no second spelling of a private address.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { err, ok, type Result } from './result.ts';

/** 4 or 16 bytes, the first one first. */
export interface NetworkAddress {
  readonly bytes: readonly number[];
}

/** Addresses that begin with the same bits. `text` is its one spelling: `10.0.0.0/8`, `fd00::/8`. */
export interface Network extends NetworkAddress {
  readonly prefixBits: number;
  readonly text: string;
}

/** The address behind this spelling (dotted IPv4, any IPv6); `undefined` for anything else, names and zones (`%eth0`) included. */
export function parseAddress(text: string): NetworkAddress | undefined {
  if (isIPv4(text)) return { bytes: text.split('.').map(Number) };
  const bytes = ipv6Bytes(text);
  if (bytes === undefined) return undefined;
  const carrier = CARRIERS_OF_IPV4.some((prefix) => prefix.every((byte, index) => bytes[index] === byte));
  return { bytes: carrier ? bytes.slice(12) : bytes };
}

/** IPv4-mapped (`::ffff:0:0/96`, RFC 4291) and what a NAT64 turns into IPv4 (`64:ff9b::/96`, RFC 6052). */
const CARRIERS_OF_IPV4: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255],
  [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0],
];

function ipv6Bytes(text: string): readonly number[] | undefined {
  if (!isIPv6(text) || text.includes('%')) return undefined;
  // Its one spelling: lower case, no dotted part.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const first = groupBytes(head);
  if (tail === undefined) return first;
  const last = groupBytes(tail);
  return [...first, ...Array.from({ length: 16 - first.length - last.length }, () => 0), ...last];
}

const groupBytes = (groups: string): readonly number[] =>
  groups === ''
    ? []
    : groups.split(':').flatMap((group) => {
        const value = Number.parseInt(group, 16);
        return [value >> 8, value & 0xff];
      });

/** Wider ones are no choice of somebody who knows which machine is meant. */
const PREFIX_BITS_MIN = { ipv4: 8, ipv6: 16 } as const;

/** `10.0.0.0/8`, or one address. The error says what is wrong with the text and what to write instead. */
export function parseNetwork(text: string): Result<Network, string> {
  const [addressText = '', bitsText, ...rest] = text.trim().split('/');
  const address = parseAddress(addressText);
  if (address === undefined || rest.length > 0)
    return err(`expected a network like 192.168.1.0/24 or one address like 127.0.0.1, got "${text}"`);
  const ipv4 = address.bytes.length === 4;
  if (ipv4 && addressText.includes(':')) return err(`write "${text}" as IPv4: ${showBytes(address.bytes)}`);
  const widthBits = address.bytes.length * 8;
  const prefixBits = bitsText === undefined ? widthBits : Number(bitsText);
  const leastBits = PREFIX_BITS_MIN[ipv4 ? 'ipv4' : 'ipv6'];
  if (!/^\d{1,3}$/.test(bitsText ?? '0') || prefixBits < leastBits || prefixBits > widthBits)
    return err(`expected a network of /${leastBits} to /${widthBits}, got "${text}"`);
  const bytes = masked(address.bytes, prefixBits);
  const network = { bytes, prefixBits, text: `${showBytes(bytes)}/${prefixBits}` };
  if (contains({ ...network, prefixBits: widthBits }, address)) return ok(network);
  return err(`"${text}" is an address inside of ${network.text}: write that for all of it, or ${addressText} alone`);
}

export const contains = ({ bytes, prefixBits }: Pick<Network, 'bytes' | 'prefixBits'>, address: NetworkAddress) =>
  bytes.length === address.bytes.length &&
  masked(address.bytes, prefixBits).every((byte, index) => byte === bytes[index]);

const masked = (bytes: readonly number[], prefixBits: number): readonly number[] =>
  bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefixBits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });

export function showBytes(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** What kind of address it is when it is not one of the public internet; `undefined` when it is. */
export const specialKindOf = (address: NetworkAddress): string | undefined =>
  SPECIAL.find(({ network }) => contains(network, address))?.kind ??
  (address.bytes.length === 16 && !contains(GLOBAL_UNICAST, address) ? 'outside of the public internet' : undefined);

function known(text: string): Network {
  const [address = '', bits = ''] = text.split('/');
  const bytes = isIPv4(address) ? address.split('.').map(Number) : ipv6Bytes(address);
  if (bytes === undefined) throw new Error(`network ${text} cannot be read`);
  return { bytes, prefixBits: Number(bits), text };
}

/** Of IPv6, only these are given out (RFC 4291, section 2.4; IANA IPv6 address space). */
const GLOBAL_UNICAST = known('2000::/3');

/** IANA special-purpose address registries (RFC 6890 and its updates), multicast, and what clouds answer metadata under. */
const SPECIAL: readonly { readonly network: Network; readonly kind: string }[] = [
  ['0.0.0.0/8', 'an address of no machine'],
  ['10.0.0.0/8', 'in a private network'],
  ['100.64.0.0/10', "in a provider's private network"],
  ['127.0.0.0/8', 'this machine'],
  ['169.254.0.0/16', 'a link-local address'],
  ['172.16.0.0/12', 'in a private network'],
  ['192.0.0.0/24', 'a reserved address'],
  ['192.0.2.0/24', 'an address for documentation'],
  ['192.88.99.0/24', 'a reserved address'],
  ['192.168.0.0/16', 'in a private network'],
  ['198.18.0.0/15', 'a reserved address'],
  ['198.51.100.0/24', 'an address for documentation'],
  ['203.0.113.0/24', 'an address for documentation'],
  ['224.0.0.0/4', 'a multicast address'],
  ['240.0.0.0/4', 'a reserved address'],
  // Azure's platform, which is public by its number only.
  ['168.63.129.16/32', 'the metadata address of a cloud'],
  ['::/128', 'an address of no machine'],
  ['::1/128', 'this machine'],
  ['fc00::/7', 'in a private network'],
  ['fe80::/10', 'a link-local address'],
  ['ff00::/8', 'a multicast address'],
  ['2001::/23', 'a reserved address'],
  ['2001:db8::/32', 'an address for documentation'],
  // 6to4 carries any IPv4 address.
  ['2002::/16', 'a reserved address'],
  ['3fff::/20', 'an address for documentation'],
].map(([network = '', kind = '']) => ({ network: known(network), kind }));
