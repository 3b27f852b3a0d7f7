import { PLACES } from './people.ts';

/** A do-not-call list of the nation as a stream, in the worst order: another area code on each line. */
const AREAS = PLACES.map(({ areaCode }) => areaCode);
/** 200-0000 to 999-9999. */
const PLACES_IN_AREA = 8_000_000;
const CHUNK_LINES = 5_000;

export interface ListedNumber {
  readonly areaCode: string;
  readonly rest: number;
}

export function* listedNumbers(count: number): Generator<ListedNumber> {
  const each = Math.ceil(count / AREAS.length);
  const step = Math.floor(PLACES_IN_AREA / each);
  let left = count;
  for (let index = 0; left > 0; index += 1)
    for (const areaCode of AREAS) {
      if (left-- <= 0) return;
      yield { areaCode, rest: 2_000_000 + index * step };
    }
}

export async function* listFile(
  count: number,
  lineOf = ({ areaCode, rest }: ListedNumber): string => `${areaCode},${rest}\n`,
): AsyncGenerator<Uint8Array> {
  let text: string[] = [];
  for (const number of listedNumbers(count)) {
    text.push(lineOf(number));
    if (text.length < CHUNK_LINES) continue;
    yield Buffer.from(text.join(''));
    text = [];
  }
  yield Buffer.from(text.join(''));
}
