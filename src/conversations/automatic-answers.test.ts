import { describe, expect, it } from 'vitest';
import { classifyInbound } from '../compliance/opt-out.ts';
import { automaticAnswer, providerConfirms } from './automatic-answers.ts';

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

describe('providerConfirms', () => {
  const live = { id: 'a', environment: 'live' } as const;
  it.each([
    ['STOP', true],
    [' stop ', true],
    ['Quit', true],
    ['STOP please', false],
    ['opt out', false],
    ['ALTO', false],
  ])('a live account answers "%s" itself: %s', (text, expected) => {
    expect(providerConfirms(live, text)).toBe(expected);
    expect(providerConfirms({ ...live, environment: 'sandbox' }, text)).toBe(false);
  });
});
