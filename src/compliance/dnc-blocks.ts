/**
 * The compact form of a list: one bit for each number, 10,000 numbers (an area code and exchange) in one block of 1,250 bytes. The
 * numbers of a block come from the lowest bit of its first byte on, as `get_bit` of PostgreSQL counts.
 */
export const BLOCK_BYTES = 1_250;
const BLOCKS_PER_AREA = 1_000;

/** Numbers of one area code: the last seven digits, with this bit when the number is taken off. */
export const REMOVED_BIT = 0x8000_0000;

/** All blocks of one area code; 1.25 MB however many numbers are in it. */
export class AreaBits {
  private readonly bits = new Uint8Array(BLOCKS_PER_AREA * BLOCK_BYTES);
  private readonly touched = new Set<number>();

  /** Exchanges whose blocks were changed. */
  exchanges(): readonly number[] {
    return [...this.touched].sort((a, b) => a - b);
  }

  set(exchange: number, block: Uint8Array): void {
    this.bits.set(block, exchange * BLOCK_BYTES);
  }

  block(exchange: number): Uint8Array {
    return this.bits.subarray(exchange * BLOCK_BYTES, (exchange + 1) * BLOCK_BYTES);
  }

  add(rest: number): void {
    this.touched.add(exchangeOf(rest));
    this.bits[rest >>> 3] = (this.bits[rest >>> 3] ?? 0) | (1 << (rest & 7));
  }

  remove(rest: number): void {
    this.touched.add(exchangeOf(rest));
    this.bits[rest >>> 3] = (this.bits[rest >>> 3] ?? 0) & ~(1 << (rest & 7));
  }

  /** How many numbers are in the blocks of these exchanges. */
  count(exchanges: readonly number[]): number {
    let numbers = 0;
    for (const exchange of exchanges) for (const byte of this.block(exchange)) numbers += BITS_OF[byte] ?? 0;
    return numbers;
  }
}

export const exchangeOf = (rest: number): number => Math.floor(rest / 10_000);

const BITS_OF = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);
