import { describe, expect, it } from 'vitest';
import { requireLocalUrl } from './local-address.ts';

describe('an address for made-up events', () => {
  it.each([
    'http://127.0.0.1:7080/a',
    'http://127.9.9.9',
    'http://localhost:80',
    'http://[::1]:7080',
    'http://10.1.2.3',
    'http://172.31.255.1',
    'http://192.168.0.9',
    'http://[fd00::1]',
    'http://0x7f.1',
  ])('%s is near', async (url) => {
    await expect(requireLocalUrl(new URL(url))).resolves.toBeUndefined();
  });

  it.each([
    'https://8.8.8.8',
    'http://172.32.0.1',
    'http://11.0.0.1',
    'http://192.169.0.1',
    'http://169.254.169.254',
    'http://0.0.0.0',
    'http://[2001:db8::1]',
    'http://[::ffff:8.8.8.8]',
  ])('%s is not, and the remedy is said', async (url) => {
    await expect(requireLocalUrl(new URL(url))).rejects.toThrow('--anywhere');
  });
});
