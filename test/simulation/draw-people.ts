import type { ReviewDecision } from '../../src/compliance/opt-out-review-store.ts';
import { type Random, seededRandom } from '../../src/platform/random.ts';
import { HOUR_MS } from '../../src/platform/time.ts';
import type { Plan, PlannedCampaign, PlannedEdit } from './plan.ts';

/** What people say, agree to and decide in a run. Each is drawn apart from everything else, so that seeds without it are what they were. */

/** In half of the runs. Whoever is erased comes back soon after by a list that somebody has bought. */
export function drawPeopleEdits(seed: number, untilMs: number): Plan['edits'] {
  const random = seededRandom(seed ^ 0xc0de);
  if (random.next() < 0.5) return [];
  const edit = editsWith(random);
  const consents = Array.from({ length: random.int(0, 6) }, () =>
    edit(random.pick(['consent given', 'consent given', 'consent taken back']), random.int(50, untilMs)),
  );
  const erasures = Array.from({ length: random.int(0, 2) }, () => {
    const atMs = random.int(50, untilMs);
    return [edit('person erased', atMs), edit('list imported', atMs + random.int(500, 20_000))];
  });
  return [...consents, ...erasures.flat()];
}

/** In some runs. Now and then a number that was merged comes back by a list. */
export function drawMerges(seed: number, untilMs: number): Plan['edits'] {
  const random = seededRandom(seed ^ 0x2b1d);
  if (random.next() < 0.65) return [];
  const edit = editsWith(random);
  const merges = Array.from({ length: random.int(1, 2) }, () => {
    // By the later ones some have opted out.
    const atMs = random.int(50, random.next() < 0.5 ? untilMs : 30_000);
    const back = random.next() < 0.2 ? [edit('list imported', atMs + random.int(500, 20_000))] : [];
    return [edit('contacts merged', atMs), ...back];
  });
  return merges.flat();
}

/** In some runs somebody who has not agreed in writing is asked whether an opt-in was theirs. */
export function drawOptIns(seed: number, untilMs: number): Plan['edits'] {
  const random = seededRandom(seed ^ 0xd0b1);
  if (random.next() < 0.6) return [];
  const edit = editsWith(random);
  return Array.from({ length: random.int(1, 2) }, () => edit('opt-in asked', random.int(50, untilMs)));
}

const editsWith =
  (random: Random) =>
  (kind: PlannedEdit['kind'], atMs: number): PlannedEdit => ({
    atMs,
    kind,
    target: random.int(0, 9),
    value: random.int(1, 80),
  });

/** Small ones ask for nothing: they might reach nobody then, and be refused. */
export function askForConsent(seed: number, campaigns: readonly PlannedCampaign[]): readonly PlannedCampaign[] {
  const random = seededRandom(seed ^ 0xa5c5);
  return campaigns.map((campaign) => ({ ...campaign, asksWritten: random.next() < 0.3 && campaign.people >= 30 }));
}

/** In half of the runs some say what may be an opt-out or not. */
export function drawUnclear(seed: number, untilMs: number): Plan['stops'] {
  const random = seededRandom(seed ^ 0x0ff5);
  if (random.next() < 0.5) return [];
  return Array.from({ length: random.int(1, 3) }, () => ({
    atMs: random.int(1, untilMs),
    person: random.int(0, 10_000),
    text: random.pick(['maybe later', 'not interested']),
  }));
}

/** When and how somebody decides on a reply that may be an opt-out. */
export interface PlannedDecision {
  readonly afterMs: number;
  readonly decision: ReviewDecision;
}

/** The first of them are decided on, within a minute or about when their time is over; the others never. */
export function drawReviews(seed: number): Plan['reviews'] {
  const random = seededRandom(seed ^ 0x4e1d);
  const hours = random.pick([1, 24]);
  const decisions = Array.from({ length: random.int(0, 3) }, () => ({
    afterMs: random.next() < 0.5 ? random.int(500, 60_000) : hours * HOUR_MS + random.int(-10_000, 40_000),
    decision: random.pick<ReviewDecision>(['not_opt_out', 'not_opt_out', 'opt_out', 'wrong_number']),
  }));
  return { hours, decisions };
}
