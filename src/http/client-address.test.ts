import { describe, expect, it } from 'vitest';
import { type Network, parseNetwork } from '../platform/network-address.ts';
import { clientAddress } from './client-address.ts';

const networks = (...texts: readonly string[]): readonly Network[] =>
  texts.map((text) => {
    const network = parseNetwork(text);
    if (!network.ok) throw new Error(network.error);
    return network.value;
  });

const OURS = networks('127.0.0.1', '10.0.0.0/8', 'fd00::/16');
const PROXY = '10.0.0.7';

interface Case {
  readonly socket?: string;
  readonly xff?: string | readonly string[];
  readonly forwarded?: string;
}
const addressOf = ({ socket = PROXY, xff, forwarded }: Case, trusted = OURS): string =>
  clientAddress({ socket: { remoteAddress: socket }, headers: { 'x-forwarded-for': xff, forwarded } }, trusted);

describe('the address of a client', () => {
  it('is that of the socket, whatever is claimed, as long as no proxy is trusted', () => {
    const claims = { xff: '203.0.113.5', forwarded: 'for=203.0.113.5' };
    expect(addressOf(claims, [])).toBe(PROXY);
    expect(addressOf({ ...claims, socket: '::ffff:10.0.0.7' }, [])).toBe('::ffff:10.0.0.7');
    expect(clientAddress({ socket: {}, headers: {} }, [])).toBe('');
    expect(clientAddress({ socket: {}, headers: { 'x-forwarded-for': '203.0.113.5' } }, OURS)).toBe('');
  });

  it.each<readonly [string, Case, string]>([
    [
      'a stranger who connects by himself and claims to be another',
      { socket: '203.0.113.9', xff: '1.1.1.1' },
      '203.0.113.9',
    ],
    ['a stranger over IPv6', { socket: '2001:DB8::9', xff: '1.1.1.1' }, '2001:db8::9'],
    ['a stranger in IPv4 inside of IPv6', { socket: '::ffff:203.0.113.9', xff: '1.1.1.1' }, '203.0.113.9'],
    ['a proxy that says nothing', {}, PROXY],
    ['a proxy that says an empty text', { xff: '', forwarded: '' }, PROXY],
    ['the client of one proxy', { xff: '203.0.113.5' }, '203.0.113.5'],
    ['of a proxy in IPv4 inside of IPv6', { socket: '::ffff:10.0.0.7', xff: '203.0.113.5' }, '203.0.113.5'],
    ['of a proxy over IPv6', { socket: 'fd00::1', xff: '2001:db8::5' }, '2001:db8::5'],
    ['of a chain of two', { xff: '203.0.113.5, 10.1.1.1' }, '203.0.113.5'],
    ['of a chain in several headers', { xff: ['203.0.113.5', '10.1.1.1'] }, '203.0.113.5'],
    ['what the client wrote himself, left of what the proxy wrote', { xff: '8.8.8.8, 203.0.113.5' }, '203.0.113.5'],
    ['a proxy of ours that the client wrote himself', { xff: '10.1.1.1, 203.0.113.5' }, '203.0.113.5'],
    ['a client in IPv4 inside of IPv6', { xff: '::FFFF:203.0.113.5' }, '203.0.113.5'],
    ['a client inside of our own network', { xff: '10.2.2.2, 10.1.1.1' }, '10.2.2.2'],
    ['with a port', { xff: '203.0.113.5:51234' }, '203.0.113.5'],
    ['IPv6 with a port', { xff: '[2001:db8::5]:51234' }, '2001:db8::5'],
    ['IPv6 in brackets', { xff: '[2001:db8::5]' }, '2001:db8::5'],
    ['IPv6 in another spelling', { xff: '2001:0DB8:0:0::0005' }, '2001:db8::5'],
    ['garbage where the client should be', { xff: 'unknown' }, PROXY],
    ['nothing left of garbage, for the client wrote it', { xff: '8.8.8.8, unknown, 10.1.1.1' }, '10.1.1.1'],
    ['garbage left of the client', { xff: '<script>, 203.0.113.5' }, '203.0.113.5'],
    ['an empty entry', { xff: '8.8.8.8, , 10.1.1.1' }, '10.1.1.1'],
    ['an address with a zone', { xff: 'fe80::1%eth0' }, PROXY],
    ['a number that is no address', { xff: '256.1.1.1' }, PROXY],
    ['a header without end', { xff: `${'1.1.1.1, '.repeat(1_000)}203.0.113.5` }, PROXY],
    ['Forwarded', { forwarded: 'for=203.0.113.5;proto=https;by=10.0.0.7' }, '203.0.113.5'],
    ['Forwarded in capitals, for at the end', { forwarded: 'Proto=https; FOR=203.0.113.5' }, '203.0.113.5'],
    ['Forwarded with IPv6 and a port', { forwarded: 'for="[2001:db8::5]:4711"' }, '2001:db8::5'],
    ['Forwarded of a chain', { forwarded: 'for=8.8.8.8, for=203.0.113.5, for=10.1.1.1' }, '203.0.113.5'],
    ['Forwarded of somebody hidden', { forwarded: 'for=8.8.8.8, for=_hidden' }, PROXY],
    ['Forwarded without for', { forwarded: 'for=8.8.8.8, proto=https' }, PROXY],
    ['a for inside of quotes', { forwarded: 'for=203.0.113.5;host="x, for=8.8.8.8"' }, '203.0.113.5'],
    ['quotes that the client left open', { forwarded: 'for=8.8.8.8;host="x, for=203.0.113.5' }, PROXY],
    ['the same in both headers', { xff: '203.0.113.5', forwarded: 'for=203.0.113.5' }, '203.0.113.5'],
    ['a Forwarded that the client invented', { xff: '203.0.113.5', forwarded: 'for=8.8.8.8' }, PROXY],
    ['an X-Forwarded-For that the client invented', { xff: '8.8.8.8', forwarded: 'for=203.0.113.5' }, PROXY],
    ['a Forwarded of the inner proxy only', { xff: '203.0.113.5, 10.1.1.1', forwarded: 'for=10.1.1.1' }, '203.0.113.5'],
  ])('%s', (_what, claims, expected) => {
    expect(addressOf(claims)).toBe(expected);
  });
});
