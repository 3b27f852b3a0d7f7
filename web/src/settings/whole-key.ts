const KEY_LENGTH_MIN = 8;

/** What is wrong with a key before a provider is asked: a part of it was pasted, or nothing. */
export const wholeKey = (value: string): string | null =>
  value.trim().length < KEY_LENGTH_MIN ? 'Paste the whole of it' : null;
