import { describe, expect, it } from 'vitest';
import { pressed } from './shortcuts.ts';

const key = (name: string, held: readonly ('ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey')[] = []) => ({
  key: name,
  ctrlKey: held.includes('ctrlKey'),
  metaKey: held.includes('metaKey'),
  shiftKey: held.includes('shiftKey'),
  altKey: held.includes('altKey'),
});

describe('a pressed key is written like the shortcut that it may be', () => {
  it.each([
    ['j', key('j')],
    ['mod+k', key('k', ['ctrlKey'])],
    ['mod+k', key('k', ['metaKey'])],
    ['shift+e', key('E', ['shiftKey'])],
    ['?', key('?', ['shiftKey'])],
    ['mod+Enter', key('Enter', ['metaKey'])],
    ['shift+Tab', key('Tab', ['shiftKey'])],
    ['Escape', key('Escape')],
  ])('%s', (expected, event) => {
    expect(pressed(event)).toBe(expected);
  });
});
