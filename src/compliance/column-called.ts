import { err, ok, type Result } from '../platform/result.ts';

/** Where the column of this name is. A name of several columns is refused: what the others hold would be lost without a word. */
export function columnCalled(header: readonly string[], wanted: string): Result<number, string> {
  const places = header.flatMap((name, place) => (name.toLowerCase() === wanted.toLowerCase() ? [place] : []));
  const [place] = places;
  if (place === undefined)
    return err(`no column is called "${wanted}"; the first line has ${header.map((name) => `"${name}"`).join(', ')}`);
  if (places.length === 1) return ok(place);
  return err(
    `columns ${places.map((at) => at + 1).join(' and ')} are all called "${wanted}"; put the numbers into one of them, or give each a name of its own`,
  );
}
