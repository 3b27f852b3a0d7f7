import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { CliError } from './shell.ts';

/** This machine, and networks that nobody reaches from outside (RFC 1918, RFC 4193). */
const LOCAL = new BlockList();
LOCAL.addSubnet('127.0.0.0', 8);
LOCAL.addSubnet('10.0.0.0', 8);
LOCAL.addSubnet('172.16.0.0', 12);
LOCAL.addSubnet('192.168.0.0', 16);
LOCAL.addAddress('::1', 'ipv6');
LOCAL.addSubnet('fc00::', 7, 'ipv6');

export const isLocalAddress = (address: string): boolean =>
  isIP(address) !== 0 && LOCAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Throws unless everything that the host of this URL stands for is on this machine or in a private network. */
export async function requireLocalUrl(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await addressesOf(host) : [host];
  const outside = addresses.find((address) => !isLocalAddress(address));
  if (outside === undefined) return;
  throw new CliError(
    `--url: ${host === outside ? host : `${host} is ${outside}, which`} is neither this machine nor a private network; nothing was posted. Add --anywhere to post there all the same`,
  );
}

async function addressesOf(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw new CliError(`--url: no address is known of ${host}; nothing was posted`, { cause });
  }
}
