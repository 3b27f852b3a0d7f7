import { expect, test } from 'vitest';
import type { Uuid } from '../platform/ids.ts';
import { addMs, instant } from '../platform/time.ts';
import { type Look, nobodyDue } from './nobody-due.ts';

const now = instant('2026-11-17T15:00:00Z');
const look: Look = { campaignId: 'c' as Uuid, laneId: 'l' as Uuid, waiting: 10, among: 'east' };

test('a claim that found nobody rests for its time', () => {
  const nobody = nobodyDue();
  expect(nobody.restMs(look, now)).toBe(0);
  nobody.remember(look, now, 1_000);
  expect(nobody.restMs(look, addMs(now, 400))).toBe(600);
  expect(nobody.restMs(look, addMs(now, 1_000))).toBe(0);
});

test.each([
  ['more people wait', { waiting: 11 }],
  ['others are looked for', { among: 'east and west' }],
  ['it is another lane', { laneId: 'm' as Uuid }],
  ['it is another campaign', { campaignId: 'd' as Uuid }],
])('but not when %s', (_, change) => {
  const nobody = nobodyDue();
  nobody.remember(look, now, 1_000);
  expect(nobody.restMs({ ...look, ...change }, now)).toBe(0);
  expect(nobody.restMs({ ...look, waiting: 9 }, now)).toBe(1_000);
});

test('and not longer when the clock was set back', () => {
  const nobody = nobodyDue();
  nobody.remember(look, now, 1_000);
  expect(nobody.restMs(look, addMs(now, -3_600_000))).toBe(0);
});

test('and not for a campaign that runs no more', () => {
  const nobody = nobodyDue();
  const over = { ...look, campaignId: 'd' as Uuid };
  nobody.remember(look, now, 1_000);
  nobody.remember(over, now, 1_000);
  nobody.keep(new Set([look.campaignId]));
  expect([nobody.restMs(look, now), nobody.restMs(over, now)]).toEqual([1_000, 0]);
});
