import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMs, DAY_MS, HOUR_MS, type Instant, instant } from '../platform/time.ts';
import {
  type ConsentFact,
  type ConsentPurpose,
  type ConsentSource,
  type ConsentStanding,
  consentStanding,
  standingAt,
} from './consent.ts';

const NOON = instant('2026-05-03T12:00:00Z');
const at = (hours: number): Instant => addMs(NOON, hours * HOUR_MS);

type Told = { readonly hours: number } & Partial<ConsentFact & { readonly action: 'grant' }>;
let ids = 0;
const base = (hours: number) => ({ id: `e${String(++ids).padStart(3, '0')}`, occurredAt: at(hours) });
const grant = ({ hours, ...given }: Told): ConsentFact => ({
  ...base(hours),
  action: 'grant',
  purpose: 'marketing',
  kind: 'express_written',
  source: 'web_form',
  documented: true,
  confirmUntil: null,
  validUntil: null,
  ...given,
});
const express = (given: Told): ConsentFact => grant({ kind: 'express', source: 'voice', ...given });
const asked = (hours: number, forHours = 72): ConsentFact => grant({ hours, confirmUntil: at(hours + forHours) });
const unproven = (hours: number): ConsentFact => grant({ hours, source: 'import', documented: false });
const confirm = (hours: number): ConsentFact => ({ ...base(hours), action: 'confirm', purpose: 'marketing' });
const revoke = (hours: number, purpose: ConsentPurpose | 'all' = 'all'): ConsentFact => ({
  ...base(hours),
  action: 'revoke',
  purpose,
});
const expire = (hours: number): ConsentFact => ({ ...base(hours), action: 'expire', purpose: 'marketing' });

/** What happened, what is asked, and the state with the hour from which a consent is in force. */
const CASES: readonly [string, readonly ConsentFact[], hours: number, ConsentStanding['state'], from: number | null][] =
  [
    ['nothing', [], 1, 'unknown', null],
    ['a written opt-in', [grant({ hours: 0 })], 1, 'written', 0],
    ['a number knowingly given', [express({ hours: 0 })], 1, 'express', 0],
    ['a written opt-in after an express one', [express({ hours: 0 }), grant({ hours: 5 })], 6, 'written', 5],
    ['an express one after a written opt-in', [grant({ hours: 0 }), express({ hours: 5 })], 6, 'written', 0],
    ['the same given again', [grant({ hours: 0 }), grant({ hours: 5 })], 6, 'written', 5],
    ['a claim of a file without proof', [unproven(0)], 1, 'imported_unverified', null],
    ['such a claim and then an opt-in', [unproven(0), grant({ hours: 5 })], 6, 'written', 5],
    ['such a claim about someone who agreed', [express({ hours: 0 }), unproven(5)], 6, 'express', 0],
    ['a row of a file with its proof', [grant({ hours: 0, source: 'import' })], 1, 'written', 0],
    ['an opt-in that waits for its confirmation', [asked(0)], 71, 'pending', null],
    ['one that was confirmed', [asked(0), confirm(5)], 6, 'written', 5],
    ['one that was confirmed too late', [asked(0), confirm(73)], 74, 'expired', null],
    ['one that was never confirmed', [asked(0)], 72, 'expired', null],
    ['one that may wait longer', [asked(0, 240)], 239, 'pending', null],
    ['one beside an express consent', [express({ hours: 0 }), asked(5)], 6, 'pending', 0],
    ['one beside an express consent, never confirmed', [express({ hours: 0 }), asked(5)], 90, 'express', 0],
    ['an express consent while one waits', [asked(0), express({ hours: 5 })], 6, 'pending', 5],
    ['a confirmation of nothing', [confirm(0)], 1, 'unknown', null],
    ['a revocation', [grant({ hours: 0 }), revoke(5)], 6, 'opted_out', null],
    ['a revocation in the same millisecond', [grant({ hours: 0 }), revoke(0)], 1, 'opted_out', null],
    ['a confirmation in the millisecond of a revocation', [asked(0), confirm(5), revoke(5)], 6, 'opted_out', null],
    ['a revocation of another purpose', [grant({ hours: 0 }), revoke(5, 'informational')], 6, 'written', 0],
    ['an opt-in dated before the revocation', [revoke(5), grant({ hours: 0 })], 6, 'opted_out', null],
    ['an opt-in of their own after a revocation', [revoke(0), grant({ hours: 5 })], 6, 'written', 5],
    ['a file after a revocation', [revoke(0), grant({ hours: 5, source: 'import' })], 6, 'opted_out', null],
    ['a member’s word after a revocation', [revoke(0), express({ hours: 5, source: 'member' })], 6, 'opted_out', null],
    ['an unconfirmed opt-in after a revocation', [revoke(0), asked(5)], 6, 'pending', null],
    ['the same in silence', [revoke(0), asked(5)], 80, 'opted_out', null],
    [
      'the same in silence, and then a file',
      [revoke(0), asked(5), grant({ hours: 90, source: 'import' })],
      91,
      'opted_out',
      null,
    ],
    [
      'a file while such an opt-in waits',
      [revoke(0), asked(5), express({ hours: 6, source: 'import' })],
      7,
      'pending',
      null,
    ],
    ['a consent before its end', [grant({ hours: 0, validUntil: at(10) })], 9, 'written', 0],
    ['a consent at the instant of its end', [grant({ hours: 0, validUntil: at(10) })], 10, 'expired', null],
    [
      'one that ended and was given again',
      [grant({ hours: 0, validUntil: at(10) }), express({ hours: 20 })],
      21,
      'express',
      20,
    ],
    ['an expiry', [grant({ hours: 0 }), expire(5)], 6, 'expired', null],
    ['an expiry of someone who opted out', [revoke(0), expire(5)], 6, 'opted_out', null],
    ['an expiry of an opt-in that waits after a revocation', [revoke(0), asked(5), expire(6)], 7, 'opted_out', null],
  ];

describe('the consent of a person', () => {
  it.each(CASES)('after %s', (_case, events, hours, state, from) => {
    const standing = standingAt(consentStanding(events, 'marketing'), at(hours));
    expect(standing.state).toBe(state);
    expect(standing.inForce?.from ?? null).toEqual(from === null ? null : at(from));
  });

  it('is given for one purpose and taken back for all', () => {
    const events = [grant({ hours: 0 }), express({ hours: 1, purpose: 'informational' })];
    expect(consentStanding(events, 'informational').inForce?.kind).toBe('express');
    expect(consentStanding([...events, revoke(5)], 'informational').state).toBe('opted_out');
  });

  it('names the grant, not its confirmation', () => {
    const opened = asked(0);
    expect(consentStanding([confirm(5), opened], 'marketing').inForce?.eventId).toBe(opened.id);
  });
});

const SOURCES: readonly ConsentSource[] = ['web_form', 'keyword', 'paper', 'voice', 'import', 'member'];
const event: fc.Arbitrary<ConsentFact> = fc
  .record({
    id: fc.uuid(),
    // Few milliseconds and few days, so that much of it happens at once or just within the time of another.
    occurredAt: fc
      .integer({ min: 0, max: 7 })
      .map((step) => addMs(NOON, (step % 2) + Math.floor(step / 2) * 2 * DAY_MS)),
    action: fc.constantFrom(
      'grant' as const,
      'grant' as const,
      'confirm' as const,
      'expire' as const,
      'revoke' as const,
    ),
    purpose: fc.constantFrom('marketing' as const, 'informational' as const),
    all: fc.boolean(),
    kind: fc.constantFrom('express' as const, 'express_written' as const),
    source: fc.constantFrom(...SOURCES),
    documented: fc.boolean(),
    confirmWithinDays: fc.option(fc.integer({ min: 1, max: 5 })),
    days: fc.option(fc.integer({ min: 1, max: 4 })),
  })
  .map(({ id, occurredAt, action, purpose, all, days, confirmWithinDays, ...given }) => {
    if (action === 'confirm') return { id, occurredAt, action, purpose };
    if (action !== 'grant') return { id, occurredAt, action, purpose: all ? ('all' as const) : purpose };
    const inDays = (count: number | null) => (count === null ? null : addMs(occurredAt, count * DAY_MS));
    return {
      ...{ id, occurredAt, action, purpose, ...given },
      validUntil: inDays(days),
      confirmUntil: inDays(confirmWithinDays),
    };
  });
const history = fc.uniqueArray(event, { maxLength: 12, selector: ({ id }) => id });
const asking = fc.integer({ min: 0, max: 12 }).map((day) => addMs(NOON, day * DAY_MS));
const RUNS = { numRuns: 3_000 } as const;

describe('whatever happened', () => {
  it('the order in which it became known changes nothing', () => {
    fc.assert(
      fc.property(
        history.chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
        ),
        ([events, shuffled]) => {
          expect(consentStanding(shuffled, 'marketing')).toEqual(consentStanding(events, 'marketing'));
        },
      ),
      RUNS,
    );
  });

  it('nothing given up to the newest revocation is in force after it', () => {
    fc.assert(
      fc.property(history, asking, (events, when) => {
        const { inForce } = standingAt(consentStanding(events, 'marketing'), when);
        if (inForce === null) return;
        const given = events.find(({ id }) => id === inForce.eventId);
        for (const { action, purpose, occurredAt } of events)
          if (action === 'revoke' && purpose !== 'informational')
            expect(given?.occurredAt.epochMilliseconds).toBeGreaterThan(occurredAt.epochMilliseconds);
      }),
      RUNS,
    );
  });

  it('what is in force is a proven grant of this purpose that has not ended, confirmed in time where that was asked', () => {
    fc.assert(
      fc.property(history, asking, (events, when) => {
        const { inForce, state } = standingAt(consentStanding(events, 'marketing'), when);
        expect(inForce === null && (state === 'express' || state === 'written')).toBe(false);
        if (inForce === null) return;
        const given = events.find(({ id }) => id === inForce.eventId);
        if (given?.action !== 'grant') throw new Error('it is no grant');
        expect(given).toMatchObject({ documented: true, purpose: 'marketing', kind: inForce.kind });
        expect(inForce.until === null || inForce.until.epochMilliseconds > when.epochMilliseconds).toBe(true);
        const { occurredAt: givenAt, confirmUntil } = given;
        expect(inForce.from.epochMilliseconds).toBeLessThan(
          confirmUntil?.epochMilliseconds ?? givenAt.epochMilliseconds + 1,
        );
        if (confirmUntil !== null)
          expect(events.some(({ action, occurredAt }) => action === 'confirm' && occurredAt.equals(inForce.from))).toBe(
            true,
          );
      }),
      RUNS,
    );
  });

  it('no file and no member’s word leads out of an opt-out', () => {
    fc.assert(
      fc.property(history, (events) => {
        const told = events.filter(
          (one) => one.action !== 'grant' || one.source === 'import' || one.source === 'member',
        );
        const later = [revoke(-1), ...told];
        expect(consentStanding(later, 'marketing').state).toBe('opted_out');
      }),
      RUNS,
    );
  });
});
