import { describe, expect, it } from 'vitest';
import { matchCommands } from './commands.ts';

const commands = [
  { label: 'Go to Campaigns', words: 'blast broadcast' },
  { label: 'Pause sending everywhere', words: 'stop halt' },
  { label: 'Use the dark theme' },
];
const labels = (query: string): readonly string[] => matchCommands(commands, query).map((command) => command.label);

describe('what is typed finds commands by the beginnings of their words', () => {
  it.each([
    ['', ['Go to Campaigns', 'Pause sending everywhere', 'Use the dark theme']],
    ['camp', ['Go to Campaigns']],
    ['theme dark', ['Use the dark theme']],
    ['STOP', ['Pause sending everywhere']],
    ['broad', ['Go to Campaigns']],
    ['ending', []],
  ])('"%s"', (query, expected) => {
    expect(labels(query)).toEqual(expected);
  });
});
