import { randomBytes, randomFillSync } from 'node:crypto';

/** The only source of chance. The same seed gives the same draws. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [min, max]. */
  int(min: number, max: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  bytes(length: number): Uint8Array;
}

function randomFrom(nextUint32: () => number): Random {
  const next = (): number => (nextUint32() * 2 ** 21 + (nextUint32() >>> 11)) / 2 ** 53;
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    bytes: (length) => Uint8Array.from({ length }, () => nextUint32() & 0xff),
  };
}

/** xoshiro128** (Blackman and Vigna, 2018), its state filled by splitmix32 from the seed. */
export function seededRandom(seed: number): Random {
  let mix = seed >>> 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();
  const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0;
  return randomFrom(() => {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const t = (b << 9) >>> 0;
    c = (c ^ a) >>> 0;
    d = (d ^ b) >>> 0;
    b = (b ^ c) >>> 0;
    a = (a ^ d) >>> 0;
    c = (c ^ t) >>> 0;
    d = rotl(d, 11);
    return result;
  });
}

/** The operating system's generator, asked for many bytes at a time: each is given out once, and wiped where it waited. */
function systemBytes(): (length: number) => Uint8Array {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  return (length) => {
    if (length > POOL_BYTES) return new Uint8Array(randomBytes(length));
    if (used + length > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = Uint8Array.prototype.slice.call(pool, used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}

const POOL_BYTES = 4_096;
const bytes = systemBytes();

/** The operating system's generator: ids, keys and secrets in production. */
export const systemRandom: Random = {
  ...randomFrom(() => Buffer.from(bytes(4).buffer).readUInt32LE()),
  bytes,
};
