import { createCipheriv, createDecipheriv } from 'node:crypto';
import { storedE164 } from '../contacts/phone.ts';
import type { Secrets } from '../platform/secrets.ts';

/**
 * The token of an opt-out link is the number itself, enciphered: one block of AES-256, nine bytes of zeros before seven of the number.
 * Who has no key learns nothing from it, and one made up deciphers to nine zero bytes once in 2^72 times. It is the same for a number
 * whenever it is made, needs no row that could be lost, and is 22 characters long, which a text has to carry.
 */
export interface LinkTokens {
  tokenOf(phone: string): string;
  /** Undefined for a token that was never made here. */
  phoneOf(token: string): string | undefined;
}

const BLOCK_BYTES = 16;
const ZERO_BYTES = 9;
const CIPHER = 'aes-256-ecb';
const TOKEN = /^[\w-]{22}$/;
const NUMBER = /^1[2-9]\d{9}$/;

export function linkTokens(secrets: Pick<Secrets, 'derive'>): LinkTokens {
  const key = Buffer.from(secrets.derive('opt-out link'), 'base64url');
  return {
    tokenOf(phone) {
      const block = Buffer.alloc(BLOCK_BYTES);
      block.writeBigUInt64BE(BigInt(phone.slice(1)), BLOCK_BYTES - 8);
      return inOneBlock(createCipheriv(CIPHER, key, null), block).toString('base64url');
    },
    phoneOf(token) {
      if (!TOKEN.test(token)) return undefined;
      const block = Buffer.from(token, 'base64url');
      // Two texts may stand for the same bytes; only the one that we made counts.
      if (block.toString('base64url') !== token) return undefined;
      const plain = inOneBlock(createDecipheriv(CIPHER, key, null), block);
      const digits = String(plain.readBigUInt64BE(BLOCK_BYTES - 8));
      const isOurs = plain.subarray(0, ZERO_BYTES).every((byte) => byte === 0) && NUMBER.test(digits);
      return isOurs ? storedE164(`+${digits}`) : undefined;
    },
  };
}

function inOneBlock(cipher: ReturnType<typeof createCipheriv | typeof createDecipheriv>, block: Buffer): Buffer {
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}
