import { describe, expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../business/sending-policy.ts';
import { changedPolicy, type PolicyFlags } from './policy-flags.ts';

const NONE: PolicyFlags = { businessHours: [], blackout: [], endBlackout: [] };
const storm = { state: 'TX', firstDay: '2026-12-24', lastDay: '2026-12-26', reason: 'Ice storm' };
const office = { startMinute: 540, endMinute: 1_020 };
const set: SendingPolicy = {
  preset: 'strict',
  messagesPerDay: 2,
  businessHours: { zone: 'America/Denver', days: { 1: office } },
  blackouts: [storm],
};
const changed = (flags: Partial<PolicyFlags>, before = set) =>
  changedPolicy(before, { ...NONE, ...flags }, 'America/Chicago');

describe('options of the sending policy', () => {
  const cases: readonly (readonly [string, Partial<PolicyFlags>, Partial<SendingPolicy>])[] = [
    ['nothing', {}, {}],
    ['a preset', { preset: 'standard' }, { preset: 'standard' }],
    ['texts per person', { textsPerPerson: 5 }, { messagesPerDay: 5 }],
    [
      'a week, the last word about a day being the one that counts',
      { businessHours: ['Mon-Wednesday 9:00-17:00', 'wed 10:30-12:00'] },
      {
        businessHours: {
          zone: 'America/Denver',
          days: { 1: office, 2: office, 3: { startMinute: 630, endMinute: 720 } },
        },
      },
    ],
    [
      'another zone of the same hours',
      { zone: 'America/Phoenix' },
      { businessHours: { zone: 'America/Phoenix', days: { 1: office } } },
    ],
    ['no business hours', { allHours: true }, { businessHours: null }],
    [
      'a blackout of one day',
      { blackout: ['florida 2026-09-01 Hurricane'] },
      { blackouts: [storm, { state: 'FL', firstDay: '2026-09-01', lastDay: '2026-09-01', reason: 'Hurricane' }] },
    ],
    [
      'one blackout in place of another',
      { endBlackout: ['tx 2026-12-24'], blackout: ['TX 2026-12-24..2026-12-27 Ice, still'] },
      { blackouts: [{ ...storm, lastDay: '2026-12-27', reason: 'Ice, still' }] },
    ],
  ];
  it.each(cases)('change %s and leave the rest', (_, flags, change) =>
    expect(changed(flags)).toEqual({ ...set, ...change }),
  );

  it('take the zone of the business for the first business hours', () =>
    expect(changed({ businessHours: ['Sat 10:00-14:00'] }, DEFAULT_SENDING_POLICY).businessHours).toEqual({
      zone: 'America/Chicago',
      days: { 6: { startMinute: 600, endMinute: 840 } },
    }));

  const wrong: readonly (readonly [Partial<PolicyFlags>, string])[] = [
    [
      { businessHours: ['9 to 5'] },
      '--business-hours: expected days and hours like "Mon-Fri 09:00-17:00", got "9 to 5"',
    ],
    [{ businessHours: ['Fri-Mon 09:00-17:00'] }, 'got "Fri-Mon 09:00-17:00"'],
    [{ businessHours: ['Someday 09:00-17:00'] }, 'got "Someday'],
    [{ blackout: ['TX tomorrow'] }, '--blackout: expected state, days and reason'],
    [{ endBlackout: ['TX 2026-01-01'] }, 'no blackout begins so: "TX 2026-01-01"; there are "TX 2026-12-24"'],
    [{ allHours: true, zone: 'America/Denver' }, '--all-hours: takes the business hours away'],
  ];
  it.each(wrong)('%j are refused', (flags, words) => expect(() => changed(flags)).toThrow(words));
});
