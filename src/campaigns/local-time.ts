import type { Instant } from '../platform/time.ts';

/** "Wed 08:00 EST": a time is never shown without its zone. */
export const localTime = (at: Instant, zone: string): string =>
  at
    .toLocaleString('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    })
    .replace(',', '');
