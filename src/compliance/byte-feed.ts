/** Bytes that come in pieces, taken in the lengths that a format asks for. Holds no more than was asked for, and one piece. */
export class ByteFeed {
  /** How many bytes were taken. */
  position = 0;
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #cutOff: () => Error;
  #held: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Uint8Array>, cutOff: () => Error) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#cutOff = cutOff;
  }

  /** The next piece, as long as it came; undefined: there is no more. */
  async next(): Promise<Buffer | undefined> {
    await this.#hold(1);
    if (this.#held.length === 0) return undefined;
    return this.take(this.#held.length);
  }

  /** At least one byte. */
  async some(lengthMax: number): Promise<Buffer> {
    await this.#hold(1);
    return this.take(Math.max(1, Math.min(this.#held.length, lengthMax)));
  }

  async take(length: number): Promise<Buffer> {
    await this.#hold(length);
    if (this.#held.length < length) throw this.#cutOff();
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    this.position += length;
    return taken;
  }

  /** Fewer when there are no more. */
  async peek(length: number): Promise<Buffer> {
    await this.#hold(length);
    return this.#held.subarray(0, length);
  }

  putBack(bytes: Buffer): void {
    this.#held = Buffer.concat([bytes, this.#held]);
    this.position -= bytes.length;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #hold(length: number): Promise<void> {
    const pieces = [this.#held];
    let held = this.#held.length;
    while (held < length) {
      const { value, done } = await this.#pieces.next();
      if (done) break;
      pieces.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      held += value.length;
    }
    if (pieces.length > 1) this.#held = Buffer.concat(pieces);
  }
}
