const SUFFIXES: ReadonlySet<string> = new Set(['jr', 'sr', 'ii', 'iii', 'iv', 'md', 'phd', 'esq', 'dds', 'cpa']);
const PARTICLES: ReadonlySet<string> = new Set(
  'de del la las los da das do dos di della van von der den ter ten le st saint san santa bin al el'.split(' '),
);

const bare = (word: string): string => word.replaceAll('.', '').toLowerCase();

/**
 * Splits a whole name: `Maria de la Cruz` into `Maria` and `de la Cruz`, `Brown, Omar` into `Omar` and `Brown`, `Omar Brown, Jr.`
 * into `Omar` and `Brown, Jr.`. One word is a first name. Guesses are fine here: the text says "Hi Omar".
 */
export function splitName(fullName: string): { readonly firstName: string; readonly lastName: string } {
  const [head = '', ...rest] = fullName.split(',').map((part) => part.trim());
  const tail = rest.filter((part) => part !== '');
  const suffixes = tail.filter((part) => SUFFIXES.has(bare(part)));
  const given = tail.filter((part) => !SUFFIXES.has(bare(part)));
  const suffix = suffixes.map((part) => `, ${part}`).join('');
  if (given.length > 0) return { firstName: given.join(' '), lastName: `${head}${suffix}` };
  const words = head.split(/\s+/);
  const from = lastNameFrom(words);
  return {
    firstName: words.slice(0, from).join(' '),
    lastName: `${words.slice(from).join(' ')}${from < words.length ? suffix : ''}`,
  };
}

/** Index of the word with which the last name begins. */
function lastNameFrom(words: readonly string[]): number {
  if (words.length < 2) return words.length;
  let from = words.length - 1;
  while (from > 1 && SUFFIXES.has(bare(words[from] ?? ''))) from -= 1;
  while (from > 1 && PARTICLES.has(bare(words[from - 1] ?? ''))) from -= 1;
  return from;
}
