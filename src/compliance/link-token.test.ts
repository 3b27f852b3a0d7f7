import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { linkTokens } from './link-token.ts';

const ours = linkTokens(secretsWithKey(new Uint8Array(32).fill(7), seededRandom(1)));
const others = linkTokens(secretsWithKey(new Uint8Array(32).fill(8), seededRandom(1)));
const PHONE = '+16175550123';

describe('the token of an opt-out link', () => {
  it('stands for every number, is as short as it is said to be, and always the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2_000_000_000, max: 9_999_999_999 }), (digits) => {
        const token = ours.tokenOf(`+1${digits}`);
        expect(ours.phoneOf(token)).toBe(`+1${digits}`);
        expect(token).toMatch(/^[\w-]{22}$/);
        expect(ours.tokenOf(`+1${digits}`)).toBe(token);
      }),
    );
  });

  it('is nobody’s when a bit of it is another, when it is of another installation, and when it is made up', () => {
    const token = ours.tokenOf(PHONE);
    const block = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < 128; bit += 1) {
      const changed = Buffer.from(block);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(ours.phoneOf(changed.toString('base64url'))).toBeUndefined();
    }
    expect(others.phoneOf(token)).toBeUndefined();
    const sameBytes = `${token.slice(0, -1)}${String.fromCharCode(token.charCodeAt(21) + 1)}`;
    for (const made of ['', 'x', PHONE, `${token}A`, 'A'.repeat(22), sameBytes])
      expect(ours.phoneOf(made)).toBeUndefined();
  });
});
