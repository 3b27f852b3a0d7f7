import { describe, expect, it } from 'vitest';
import { gatewayLookup, parseBaseUrl } from './base-url.ts';

describe('the address of a gateway', () => {
  it.each([
    ['https://api.openphone.com', 'https://api.openphone.com', 'live'],
    ['https://api.openphone.com/', 'https://api.openphone.com', 'live'],
    ['https://API.Quo.com:8443', 'https://api.quo.com:8443', 'live'],
    ['http://127.0.0.1:7090', 'http://127.0.0.1:7090', 'sandbox'],
    ['http://127.8.9.10', 'http://127.8.9.10', 'sandbox'],
    ['http://2130706433:7090', 'http://127.0.0.1:7090', 'sandbox'],
    ['http://localhost:7090/', 'http://localhost:7090', 'sandbox'],
    ['http://[::1]:7090', 'http://[::1]:7090', 'sandbox'],
  ])('%s is taken', (text, baseUrl, environment) => {
    expect(parseBaseUrl(text)).toEqual({ ok: true, value: { baseUrl, environment } });
  });

  it.each([
    ['over plain http', 'http://api.openphone.com'],
    ['of the cloud metadata service', 'http://169.254.169.254'],
    ['of the cloud metadata service over https', 'https://169.254.169.254'],
    ['of a private network', 'https://10.0.0.5'],
    ['of a private network in decimal', 'https://167772165'],
    ['of a private network in hexadecimal', 'https://0x0a000005'],
    ['of a private network over IPv6', 'https://[fd00::1]'],
    ['of an IPv4 address inside IPv6', 'https://[::ffff:10.0.0.5]'],
    ['of this machine under an odd name', 'https://api.localhost'],
    ['of a name without a dot', 'https://database'],
    ['of a name of the local network', 'https://printer.local'],
    ['of a name inside a cloud', 'https://metadata.google.internal'],
    ['of such a name with a dot at the end', 'https://metadata.google.internal.'],
    ['with a password', 'https://user:secret@api.openphone.com'],
    ['with a path', 'https://api.openphone.com/v1'],
    ['with a query', 'https://api.openphone.com/?a=b'],
    ['with a fragment', 'https://api.openphone.com/#x'],
    ['of another protocol', 'file:///etc/passwd'],
    ['of no form at all', 'api.openphone.com'],
  ])('one %s is refused', (_, text) => {
    expect(parseBaseUrl(text)).toMatchObject({
      ok: false,
      error: { kind: 'invalid', errors: [{ pointer: '/baseUrl' }] },
    });
  });
});

describe('a connection to a gateway', () => {
  const lookedUp = (name: string) =>
    new Promise((resolve) =>
      gatewayLookup(name, { all: true }, (error, addresses) => resolve(error === null ? addresses : error.message)),
    );

  it('goes to this machine by its own name, for the sandbox', async () => {
    expect(await lookedUp('localhost')).toContainEqual({ address: '127.0.0.1', family: 4 });
  });

  it('goes nowhere when a public name leads to this machine', async () => {
    // Of every resolver that follows RFC 6761 and of most hosts files; one that knows it not has no address either.
    expect(await lookedUp('gateway.localhost')).toMatch(/leads to no public address|ENOTFOUND|EAI_AGAIN/);
  });
});
