import { describe, expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../business/sending-policy.ts';
import { zoneGroupKey } from '../contacts/zones.ts';
import { instant } from '../platform/time.ts';
import type { CampaignState } from './campaign.ts';
import { DEFAULT_SENDING } from './sending-options.ts';
import { whyPending } from './why-pending.ts';

const EAST = 'America/New_York';
const WEST = 'America/Los_Angeles';
const LAW: SendingPolicy = { ...DEFAULT_SENDING_POLICY, preset: 'federal_state' };
const NOON = '2026-11-17T17:00:00Z';

describe('why one person waits', () => {
  const why = (now: string, zones: readonly string[], state: CampaignState = 'running', notBefore = NOON) =>
    whyPending(
      { zoneGroup: zoneGroupKey({ zones, states: ['NY'] }), notBefore: instant(notBefore) },
      {
        campaign: { ...DEFAULT_SENDING, state, stateReason: null, pointlessAsked: null },
        policy: LAW,
        zone: EAST,
        now: instant(now),
      },
    );
  it('is the campaign that is paused', () => expect(why(NOON, [EAST], 'paused')).toContain('paused'));
  it('is the cancelling that has not come to the person yet', () =>
    expect(why(NOON, [EAST], 'cancelled')).toContain('was cancelled'));
  it('is the hour where the person is, told in the zone of the business', () =>
    expect(why('2026-11-17T14:00:00Z', [WEST], 'running', '2026-11-17T13:00:00Z')).toBe(
      'Quiet hours where this person is: from Tue 11:00 EST',
    ));
  it('is the later start of this person, which falls into the night', () =>
    expect(why(NOON, [EAST], 'running', '2026-11-18T02:30:00Z')).toBe(
      'Had 3 campaign texts in 24 hours, or was put off by the gateway: from Wed 08:00 EST',
    ));
  it('is the frequency cap, when the hour is right but the person not due', () =>
    expect(why(NOON, [EAST], 'running', '2026-11-17T18:30:00Z')).toBe(
      'Had 3 campaign texts in 24 hours, or was put off by the gateway: from Tue 13:30 EST',
    ));
  it('is a window that never opens, because no zone is plausible', () =>
    expect(why(NOON, [])).toContain('never opens for this person'));
  it('is the turn, when the hour is right', () => expect(why(NOON, [EAST])).toContain('Waits for its turn'));
});
