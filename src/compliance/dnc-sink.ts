import type { RefusedLine } from './list-lines.ts';

export interface DncEntry {
  readonly areaCode: number;
  /** The other seven digits. */
  readonly rest: number;
  readonly removed: boolean;
}

export interface DncSink {
  readonly entry: (entry: DncEntry) => void;
  readonly refused: (line: RefusedLine) => void;
}
