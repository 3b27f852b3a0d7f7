/**
 * The part of an address after `?`: what a page shows (filters, tab, selection) is parsed from it once, and what equals the default is
 * left out of it. An address is typed and shared by people, so a wrong value falls back to the default instead of failing.
 */
export interface SearchField<Value> {
  readonly fallback: Value;
  /** `given` is what the address says: one text per occurrence of the name, or a value that code navigates with. */
  readonly parse: (given: readonly string[]) => Value;
}

type Fields = Readonly<Record<string, SearchField<unknown>>>;
export type SearchOf<Given extends Fields> = {
  [Name in keyof Given]?: Given[Name] extends SearchField<infer Value> ? Value : never;
};

/** Free text, at most `max` characters. */
export const text = (max = 200): SearchField<string> => ({
  fallback: '',
  parse: (given) => (given[0] ?? '').slice(0, max),
});

/** One of a few words. */
export const oneOf = <const Word extends string, Fallback extends Word | ''>(
  words: readonly Word[],
  fallback: Fallback,
): SearchField<Word | Fallback> => ({
  fallback,
  parse: (given) => words.find((word) => word === given[0]) ?? fallback,
});

/** The time of a list: counted back from now, or between two instants, which links give. */
export const TIME_SEARCH = { within: oneOf(['1h', '24h', '7d', '30d'], ''), from: text(40), until: text(40) } as const;

/** Several texts: `?tag=flood&tag=vip`. */
export const texts = (most = 50): SearchField<readonly string[]> => ({
  fallback: [],
  parse: (given) => given.filter((item) => item !== '').slice(0, most),
});

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const occurrences = (value: unknown): readonly string[] =>
  value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String);

/** `validateSearch` of a route: unknown names and defaults are dropped, so every value that is present says something. */
export function searchSchema<const Given extends Fields>(
  fields: Given,
): (raw: Record<string, unknown>) => SearchOf<Given> {
  return (raw) => {
    const entries = Object.entries(fields).flatMap(([name, field]) => {
      const value = field.parse(occurrences(raw[name]));
      return same(value, field.fallback) ? [] : [[name, value] as const];
    });
    return Object.fromEntries(entries) as SearchOf<Given>;
  };
}

/** `?a=1&b=x&b=y` to `{ a: '1', b: ['x', 'y'] }`; everything stays text, so "+1617" and "0012" survive. */
export function parseSearch(search: string): Record<string, string | string[]> {
  const params = new URLSearchParams(search);
  return Object.fromEntries(
    [...new Set(params.keys())].map((name) => {
      const values = params.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

/** The other way round; empty values are left out. */
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search))
    for (const item of occurrences(value)) if (item !== '') params.append(name, item);
  const joined = params.toString();
  return joined === '' ? '' : `?${joined}`;
}
