import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, parseAddress, parseNetwork, showBytes, specialKindOf } from './network-address.ts';

const kindOf = (text: string): string | undefined => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return specialKindOf(address);
};

describe('an address is public', () => {
  it.each([
    '1.1.1.1',
    '93.184.216.34',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '::ffff:1.1.1.1',
    '64:ff9b::1.1.1.1',
    '168.63.129.17',
  ])('as %s is', (text) => expect(kindOf(text)).toBeUndefined());

  it.each([
    ['127.0.0.1', 'this machine'],
    ['127.255.255.254', 'this machine'],
    ['::1', 'this machine'],
    ['::ffff:127.0.0.1', 'this machine'],
    ['::ffff:7f00:1', 'this machine'],
    ['64:ff9b::7f00:1', 'this machine'],
    ['0.0.0.0', 'an address of no machine'],
    ['0.1.2.3', 'an address of no machine'],
    ['::', 'an address of no machine'],
    ['10.0.0.5', 'in a private network'],
    ['172.16.0.1', 'in a private network'],
    ['172.31.255.255', 'in a private network'],
    ['192.168.1.1', 'in a private network'],
    ['::ffff:10.0.0.5', 'in a private network'],
    ['fd00:ec2::254', 'in a private network'],
    ['fc00::1', 'in a private network'],
    ['169.254.169.254', 'a link-local address'],
    ['fe80::1', 'a link-local address'],
    ['febf::1', 'a link-local address'],
    ['100.100.100.200', "in a provider's private network"],
    ['168.63.129.16', 'the metadata address of a cloud'],
    ['192.0.0.192', 'a reserved address'],
    ['224.0.0.1', 'a multicast address'],
    ['239.255.255.250', 'a multicast address'],
    ['ff02::1', 'a multicast address'],
    ['255.255.255.255', 'a reserved address'],
    ['2002:7f00:1::', 'a reserved address'],
    ['2001:0:1::1', 'a reserved address'],
    ['::127.0.0.1', 'outside of the public internet'],
    ['64:ff9b:1::7f00:1', 'outside of the public internet'],
    ['fec0::1', 'outside of the public internet'],
  ])('but %s is not: %s', (text, kind) => expect(kindOf(text)).toBe(kind));

  it.each([
    'localhost',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    'fe80::1%eth0',
    '1.2.3.4.5',
    '',
    '1.2.3.256',
    '[::1]',
  ])('and "%s" is no address at all', (text) => expect(parseAddress(text)).toBeUndefined());
});

describe('a network', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['127.0.0.1', '127.0.0.1/32'],
    [' 192.168.1.0/24 ', '192.168.1.0/24'],
    ['FD00:0::/8', undefined],
    ['fd00::/16', 'fd00::/16'],
    ['::1', '::1/128'],
    ['fd12:3456:0:0::/64', 'fd12:3456::/64'],
  ])('%s is written %s', (text, expected) => {
    const parsed = parseNetwork(text);
    expect(parsed.ok ? parsed.value.text : undefined).toBe(expected);
  });

  it.each([
    ['0.0.0.0/0', 'expected a network of /8 to /32'],
    ['::/0', 'expected a network of /16 to /128'],
    ['10.0.0.0/33', 'expected a network of /8 to /32'],
    ['10.0.0.0/', 'expected a network of /8'],
    ['10.0.0.0/-8', 'expected a network of /8'],
    ['10.0.0.0/8/8', 'expected a network like'],
    ['192.168.1.7/24', 'is an address inside of 192.168.1.0/24'],
    ['::ffff:10.0.0.1', 'as IPv4: 10.0.0.1'],
    ['localhost', 'expected a network like'],
  ])('%s is refused: %s', (text, words) => {
    expect(parseNetwork(text)).toMatchObject({ ok: false, error: expect.stringContaining(words) });
  });

  it('has an address exactly when their first bits agree', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 8, max: 32 }), (one, other, prefixBits) => {
        const [a, b] = [parseAddress(one), parseAddress(other)];
        if (a === undefined || b === undefined) throw new Error('no address');
        const bits = (bytes: readonly number[]): string =>
          bytes
            .map((byte) => byte.toString(2).padStart(8, '0'))
            .join('')
            .slice(0, prefixBits);
        const first = bits(a.bytes).padEnd(32, '0');
        const network = { bytes: [0, 8, 16, 24].map((at) => Number.parseInt(first.slice(at, at + 8), 2)), prefixBits };
        expect(contains(network, b)).toBe(bits(a.bytes) === bits(b.bytes));
        expect(contains(network, a)).toBe(true);
      }),
    );
  });

  it('of IPv6 comes back from its bytes', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = parseAddress(text);
        if (address === undefined) throw new Error(`${text} is no address`);
        const again = parseAddress(showBytes(address.bytes));
        expect(again).toEqual(address);
      }),
    );
  });
});
