import { describe, expect, it } from 'vitest';
import { instant, MINUTE_MS, SECOND_MS } from '../../platform/time.ts';
import { DEFAULT_PEOPLE, personOf, planDelivery, planReply, providerKeyword, type ReplyPlan } from './people.ts';

const SEED = 7;
const NOON = instant('2026-11-02T17:00:00Z');
const phones = Array.from({ length: 20_000 }, (_, index) => `+1617${2_000_000 + index}`);
const text = (phone: string, nth = 0) => ({ seed: SEED, phone, nth, model: DEFAULT_PEOPLE });
const replyOf = (phone: string, at = NOON): ReplyPlan | undefined =>
  planReply({ ...text(phone), original: 'Hi Sam', deliveredAt: at });
const replies = phones.flatMap((phone) => replyOf(phone) ?? []);
const share = (count: number): number => count / phones.length;

describe('people', () => {
  it('has about the shares that the model names', () => {
    const lines = phones.map((phone) => personOf(text(phone)).line);
    expect(share(lines.filter((line) => line === 'landline').length)).toBeCloseTo(0.02, 2);
    expect(share(lines.filter((line) => line === 'unreachable').length)).toBeCloseTo(0.02, 2);
    expect(share(replies.length)).toBeCloseTo(0.14, 2);
    expect(replies.filter(({ kind }) => kind === 'stop').length / replies.length).toBeCloseTo(0.19, 1);
  });

  it('behaves the same for one seed and differently for another', () => {
    const some = phones.slice(0, 500);
    expect(some.map((phone) => replyOf(phone))).toEqual(
      [...some]
        .reverse()
        .map((phone) => replyOf(phone))
        .reverse(),
    );
    const elsewhere = some.map((phone) =>
      planReply({ ...text(phone), seed: 8, original: 'Hi Sam', deliveredAt: NOON }),
    );
    expect(elsewhere).not.toEqual(some.map((phone) => replyOf(phone)));
  });

  it('does not answer the second text because it answered the first', () => {
    const both = phones
      .filter((phone) => replyOf(phone) !== undefined)
      .filter((phone) => {
        const second = planReply({ ...text(phone, 1), original: 'Hi Sam', deliveredAt: NOON });
        return second !== undefined;
      });
    expect(both.length / replies.length).toBeCloseTo(0.14, 1);
  });

  it.each([
    'STOP',
    'Stop.',
    'stop',
    'unsubscribe',
    'ALTO',
    'stpo',
    'please stop texting me',
    'STOP please',
    'no me escriban más por favor',
  ])('some ask to be left alone with %j', (wording) => {
    expect(replies.filter(({ kind }) => kind === 'stop').map((reply) => reply.text)).toContain(wording);
  });

  it('mostly write the bare keyword when they want no more', () => {
    const stops = replies.filter(({ kind }) => kind === 'stop');
    const keywords = stops.filter((reply) => providerKeyword(reply.text) === 'block');
    expect(keywords.length / stops.length).toBeGreaterThan(0.6);
    expect(keywords.length / stops.length).toBeLessThan(0.95);
  });

  it('quote the whole text that they react to', () => {
    const reactions = replies.filter(({ kind }) => kind === 'reaction').map((reply) => reply.text);
    expect(reactions).toContain('Liked “Hi Sam”');
    expect(reactions.filter((reaction) => reaction.includes('{'))).toEqual([]);
  });

  it('answer within minutes to hours', () => {
    const delays = replies.map(({ at }) => at.epochMilliseconds - NOON.epochMilliseconds).sort((a, b) => a - b);
    const at = (quantile: number): number => delays[Math.floor(delays.length * quantile)] ?? 0;
    expect(at(0.5)).toBeGreaterThan(8 * MINUTE_MS);
    expect(at(0.5)).toBeLessThan(20 * MINUTE_MS);
    expect(at(0.95)).toBeGreaterThan(60 * MINUTE_MS);
  });

  it('hardly ever answer at night', () => {
    const lateInTheEvening = instant('2026-11-03T02:45:00Z');
    const answers = phones.flatMap((phone) => replyOf(phone, lateInTheEvening) ?? []);
    const atNight = answers
      .map(({ at }) => at.toZonedDateTimeISO('America/New_York').hour)
      .filter((hour) => hour < 8 || hour >= 22);
    expect(atNight.length).toBeGreaterThan(0);
    expect(atNight.length / answers.length).toBeLessThan(0.05);
  });

  it.each([
    ['a text of the evening', '2026-11-03T04:30:00Z', '2026-11-03'],
    ['a text before dawn', '2026-11-03T08:30:00Z', '2026-11-03'],
    ['a text on the night when clocks go back', '2026-11-01T05:30:00Z', '2026-11-01'],
  ])('answers %s on the morning of the right day', (_what, deliveredAt, day) => {
    const sleepers = phones
      .slice(0, 2_000)
      .filter((phone) => !personOf(text(phone)).nightOwl)
      .flatMap((phone) => replyOf(phone, instant(deliveredAt)) ?? [])
      .map(({ at }) => at.toZonedDateTimeISO('America/New_York'));
    const days = new Set(sleepers.map((at) => at.toPlainDate().toString()));
    expect(days.has(day)).toBe(true);
    expect(sleepers.filter(({ hour }) => hour < 8 || hour >= 22)).toEqual([]);
  });
});

describe('carriers', () => {
  const plans = phones.map((phone) => planDelivery(text(phone)));

  it('deliver in seconds, with a tail of minutes that ends', () => {
    const delays = plans.map(({ finalAfterMs }) => finalAfterMs).sort((a, b) => a - b);
    const at = (quantile: number): number => delays[Math.floor(delays.length * quantile)] ?? 0;
    expect(at(0.5)).toBeGreaterThan(3 * SECOND_MS);
    expect(at(0.5)).toBeLessThan(7 * SECOND_MS);
    expect(at(0.99)).toBeGreaterThan(40 * SECOND_MS);
    expect(at(0.9999)).toBeLessThanOrEqual(11 * MINUTE_MS);
  });

  it('always say sent before they say how it ended', () => {
    expect(plans.filter(({ sentAfterMs, finalAfterMs }) => finalAfterMs < sentAfterMs)).toEqual([]);
  });
});

describe('the words that the provider itself acts on', () => {
  it.each([
    ['STOP', 'block'],
    [' stop ', 'block'],
    ['StopAll', 'block'],
    ['quit', 'block'],
    ['stop please', undefined],
    ['Stop.', undefined],
    ['ALTO', undefined],
    ['START', 'unblock'],
    ['unstop', 'unblock'],
    ['yes', undefined],
  ])('%j: %s', (wording, effect) => expect(providerKeyword(wording)).toBe(effect));
});
