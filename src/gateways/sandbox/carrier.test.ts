import { describe, expect, it } from 'vitest';
import { BEFOREHAND, SETUP_FAULTS } from '../../demo/demo-beforehand.ts';
import { manualClock } from '../../platform/clock.ts';
import { instant, instantFromMs } from '../../platform/time.ts';
import { type Carrier, receiveText } from './carrier.ts';
import { SANDBOX_ACCOUNT } from './local-sandbox.ts';
import type { Faults } from './options.ts';
import { DEFAULT_PEOPLE } from './people.ts';
import { startScheduler } from './scheduler.ts';
import { startWebhookDispatcher } from './webhook-dispatcher.ts';
import { applyChange, emptyWorld } from './world.ts';

const DEMO_STARTS_AT_MS = instant('2026-11-17T13:30:00Z').epochMilliseconds;
const SEED = 20261117;
const DEMO_STARTS = 2_000;

/** How long after each text of the demo's set-up its webhook is posted first, in a sandbox that was started at this millisecond. */
function waitsOf(startedAtMs: number, run: { readonly faults: Faults; readonly seed?: number }): readonly number[] {
  const seed = run.seed ?? SEED;
  const clock = manualClock(instantFromMs(startedAtMs));
  const world = emptyWorld([SANDBOX_ACCOUNT]);
  const record: Carrier['record'] = (change) => applyChange(world, change);
  const scheduler = startScheduler({ clock, afterEach: () => {} });
  const dispatcher = startWebhookDispatcher({
    clock,
    world,
    scheduler,
    record,
    inFlightMax: 1,
    answerTimeoutMs: 1,
    afterEach: () => {},
  });
  const carrier: Carrier = {
    clock,
    seed,
    world,
    model: DEFAULT_PEOPLE,
    record,
    scheduler,
    dispatcher,
    faults: () => run.faults,
    providerSendsOptOutConfirmation: false,
  };
  record([
    { kind: 'started', version: 1, seed, atMs: startedAtMs },
    {
      kind: 'webhook',
      id: 'WH1',
      account: 0,
      url: 'http://127.0.0.1:1',
      key: '',
      events: ['message.received'],
      resourceIds: [],
      label: null,
      enabled: true,
      atMs: startedAtMs,
    },
  ]);
  for (const { from, to, text } of BEFOREHAND) {
    const lane = world.laneByPhone.get(to);
    if (lane !== undefined) receiveText(carrier, { lane, from, text, cause: { kind: 'asked_for' } });
  }
  scheduler.stop();
  dispatcher.stop();
  return [...world.events.values()].map((event) => (event.firstAttemptAtMs ?? Number.POSITIVE_INFINITY) - event.atMs);
}

const starts = Array.from({ length: DEMO_STARTS }, (_, ms) => DEMO_STARTS_AT_MS + ms);

describe('the webhooks of the demo’s set-up', () => {
  it('are posted within a second, whatever the millisecond of the start', () => {
    const waits = starts.flatMap((start) => waitsOf(start, { faults: SETUP_FAULTS }));
    expect(waits).toHaveLength(DEMO_STARTS * BEFOREHAND.length);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
  });

  it('and whatever the seed', () => {
    const waits = Array.from({ length: 2_000 }, (_, seed) =>
      waitsOf(DEMO_STARTS_AT_MS, { faults: SETUP_FAULTS, seed }),
    ).flat();
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
  });
});

describe('the same seed', () => {
  it('holds the same webhooks back for the same time, whatever the millisecond of the start', () => {
    const faults = { reorderWebhookShare: 0.5 };
    const seen = new Set(starts.map((start) => waitsOf(start, { faults }).join(' ')));
    expect(seen.size).toBe(1);
  });

  it('is what decides: another one holds back others', () => {
    const faults = { reorderWebhookShare: 0.5 };
    const seen = new Set([1, 2, 3].map((seed) => waitsOf(DEMO_STARTS_AT_MS, { faults, seed }).join(' ')));
    expect(seen.size).toBe(3);
  });
});
