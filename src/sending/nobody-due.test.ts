import { expect, test } from 'vitest';
import type { Uuid } from '../platform/ids.ts';
import { addMs, instant } from '../platform/time.ts';
import { type Look, nobodyDue } from './nobody-due.ts';

const now = instant('2026-11-17T15:00:00Z');
const look: Look = { campaignId: 'c' as Uuid, laneId: 'l' as Uuid, waiting: 10, among: 'east' };

const finding = { dueMs: 8_000, againMs: 5_000 };

test('a claim that found nobody rests until somebody is due, or a later turn looks again', () => {
  const nobody = nobodyDue();
  expect(nobody.restMs(look, now)).toBeUndefined();
  nobody.remember(look, now, { dueMs: 1_000, againMs: 5_000 });
  expect(nobody.restMs(look, addMs(now, 400))).toBe(600);
  expect(nobody.restMs(look, addMs(now, 1_000))).toBeUndefined();
  nobody.remember(look, now, finding);
  expect(nobody.restMs(look, addMs(now, 4_999))).toBe(3_001);
  expect(nobody.restMs(look, addMs(now, 5_000))).toBeUndefined();
});

test.each([
  ['more people wait', { waiting: 11 }],
  ['others are looked for', { among: 'east and west' }],
  ['it is another lane', { laneId: 'm' as Uuid }],
  ['it is another campaign', { campaignId: 'd' as Uuid }],
])('but not when %s', (_, change) => {
  const nobody = nobodyDue();
  nobody.remember(look, now, finding);
  expect(nobody.restMs({ ...look, ...change }, now)).toBeUndefined();
  expect(nobody.restMs({ ...look, waiting: 9 }, now)).toBe(8_000);
});

test('nor when one has gone and another come back', () => {
  const nobody = nobodyDue();
  nobody.remember(look, now, finding);
  expect(nobody.restMs({ ...look, waiting: 9 }, now)).toBe(8_000);
  expect(nobody.restMs(look, now)).toBeUndefined();
});

test('and not longer when the clock was set back', () => {
  const nobody = nobodyDue();
  nobody.remember(look, now, finding);
  expect(nobody.restMs(look, addMs(now, -3_600_000))).toBeUndefined();
});

test('and not for a campaign that runs no more', () => {
  const nobody = nobodyDue();
  const over = { ...look, campaignId: 'd' as Uuid };
  nobody.remember(look, now, finding);
  nobody.remember(over, now, finding);
  nobody.keep(new Set([look.campaignId]));
  expect([nobody.restMs(look, now), nobody.restMs(over, now)]).toEqual([8_000, undefined]);
});
