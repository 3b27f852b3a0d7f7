import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { classifyReceived } from './classify-received.ts';

describe('a word that the gateway has taken for START', () => {
  const outcomeOf = (text: string, awaitingOptIn: boolean) =>
    classifyReceived({ text, keyword: 'opt_in', at: instant('2026-11-17T15:00:00Z') }, { awaitingOptIn }).outcome;

  it.each(['Yes', 'YES!', 'yes yes', 'Yes?', 'yes please', 'Sí', 'join', 'alta'])(
    '%s, is an opt-in only when one was asked for',
    (text) => {
      expect([outcomeOf(text, false), outcomeOf(text, true)]).toEqual(['none', 'opt_in']);
    },
  );

  it.each(['START', 'unstop', 'Come back'])('%s, always is one', (text) => {
    expect([outcomeOf(text, false), outcomeOf(text, true)]).toEqual(['opt_in', 'opt_in']);
  });
});
