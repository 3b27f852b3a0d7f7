import { describe, expect, it } from 'vitest';
import { manualClock } from '../platform/clock.ts';
import { addMs, type Instant, instant } from '../platform/time.ts';
import { brake } from './brake.ts';

const NOW = instant('2026-11-17T15:00:00Z');
const unknown = (at: Instant) => ({ outcome: 'unknown', verdict: { to: 'unknown', detail: 'time-out' }, at }) as const;
const sent = (at: Instant) => ({ outcome: 'accepted', verdict: { to: 'sent', gatewayMessageId: 'MSG1' }, at }) as const;
const newBrake = () => brake(manualClock(NOW));

describe('brake', () => {
  it('holds everything until the instant that a throttled answer names', () => {
    const held = newBrake();
    const notBefore = addMs(NOW, 30_000);
    held.heard({ outcome: 'throttled', verdict: { to: 'pending', notBefore, detail: 'rate_limit' }, at: NOW });
    expect(held.heldUntil(addMs(NOW, 29_999))).toEqual(notBefore);
    expect(held.heldUntil(notBefore)).toBeUndefined();
  });

  it('holds after five unknown answers in a row, and not before', () => {
    const held = newBrake();
    for (let count = 0; count < 4; count += 1) held.heard(unknown(NOW));
    expect(held.heldUntil(NOW)).toBeUndefined();
    held.heard(unknown(NOW));
    expect(held.heldUntil(NOW)).toEqual(addMs(NOW, 1_000));
  });

  it('counts calls that were under way together once, and doubles with the next failure', () => {
    const held = newBrake();
    for (let count = 0; count < 16; count += 1) held.heard(unknown(NOW));
    expect(held.heldUntil(NOW)).toEqual(addMs(NOW, 1_000));
    const later = addMs(NOW, 1_000);
    held.heard(unknown(later));
    expect(held.heldUntil(later)).toEqual(addMs(later, 2_000));
  });

  it('starts anew after an accepted text', () => {
    const held = newBrake();
    for (let count = 0; count < 4; count += 1) held.heard(unknown(NOW));
    held.heard(sent(NOW));
    held.heard(unknown(NOW));
    expect(held.heldUntil(NOW)).toBeUndefined();
  });
});
