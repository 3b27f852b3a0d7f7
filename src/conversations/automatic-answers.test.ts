import { describe, expect, it } from 'vitest';
import { classifyInbound } from '../compliance/opt-out.ts';
import { automaticAnswer, providerAnswers, weConfirmOptOut } from './automatic-answers.ts';

const BUSINESS = { name: 'Acme Concrete', phone: '555-010-0199', email: null };

describe('automaticAnswer', () => {
  it.each([
    ['STOP', /^Acme Concrete: You are unsubscribed/],
    ['please stop texting me', /^Acme Concrete: We understood your message as a request to stop/],
    ['Wrong number', /^Acme Concrete: Sorry about that/],
    ['ALTO', /^Acme Concrete: Listo/],
  ])('confirms %s in the words that fit', (text, expected) => {
    expect(automaticAnswer('opt_out_confirmation', BUSINESS, classifyInbound(text))).toMatch(expected);
  });

  it('says who we are on HELP and on AYUDA', () => {
    expect(automaticAnswer('help', BUSINESS, classifyInbound('HELP'))).toMatch(/Acme Concrete.*555-010-0199.*STOP/);
    expect(automaticAnswer('help', BUSINESS, classifyInbound('ayuda'))).toMatch(/Acme Concrete.*STOP para cancelar/);
  });
});

describe('providerAnswers', () => {
  const live = { id: 'a', kind: 'quo', environment: 'live' } as const;
  it.each([
    ['STOP', true],
    [' stop ', true],
    ['Quit', true],
    ['STOP please', false],
    ['opt out', false],
    ['ALTO', false],
  ])('a live account answers "%s" itself: %s', (text, expected) => {
    expect(providerAnswers(live, { text }, 'opt_out')).toBe(expected);
    expect(providerAnswers({ ...live, environment: 'sandbox' }, { text }, 'opt_out')).toBe(false);
  });

  const twilio = { ...live, kind: 'twilio' } as const;
  it.each([
    ['revoke', 'opt_out', true],
    ['STOP', 'opt_out', true],
    ['Stop it', 'opt_out', false],
    ['start', 'opt_in', true],
    ['START', 'opt_out', false],
    // Its answer does not say who we are; ours does.
    ['HELP', 'help', false],
  ] as const)('Twilio answers "%s" as %s by itself: %s', (text, meaning, expected) => {
    expect(providerAnswers(twilio, { text }, meaning)).toBe(expected);
    expect(providerAnswers(live, { text: 'revoke' }, meaning)).toBe(false);
  });

  it.each([
    ['by_word', 'STOP', false],
    ['by_word', 'please stop texting me', true],
    ['textwright', 'STOP', true],
    ['provider', 'please stop texting me', false],
  ] as const)('confirmed %s, the answer to "%s" is ours: %s', (confirmer, text, expected) => {
    expect(weConfirmOptOut(live, { text }, confirmer)).toBe(expected);
    expect(weConfirmOptOut(live, { text, keyword: 'opt_out' }, confirmer)).toBe(false);
  });

  it.each(['opt_out', 'opt_in', 'help'] as const)('whoever says that it has answered %s is believed', (keyword) => {
    const sandbox = { ...twilio, environment: 'sandbox' } as const;
    expect(providerAnswers(sandbox, { text: 'basta ya', keyword }, keyword)).toBe(true);
  });
});
