import type { Uuid } from '../../src/platform/ids.ts';
import type { Checkers } from './checkers.ts';
import type { SimDatabase } from './database.ts';
import { NO_DATABASE_FAULTS } from './database-faults.ts';
import { actOf, endOf, resume, setRight } from './edits.ts';
import type { ListKeepers } from './lists.ts';
import type { Outside } from './outside.ts';
import { NO_FAULTS } from './outside-faults.ts';
import type { Plan, PlannedEdit } from './plan.ts';
import type { Product } from './product.ts';
import type { Tally } from './tally.ts';
import type { Workers } from './workers.ts';
import { setClock, stall, type World } from './world.ts';

interface Troubled {
  readonly world: World;
  readonly plan: Plan;
  readonly outside: Outside;
  readonly sim: SimDatabase;
  readonly workers: Workers;
  readonly product: Product;
  readonly tally: Tally;
  readonly checkers: Checkers;
  readonly lists: ListKeepers;
  readonly people: readonly string[];
  readonly laneIds: readonly Uuid[];
}

/** Everything that a plan has against its run, each at its instant, and the end of it. */
export function scheduleTrouble(run: Troubled): void {
  const { world, plan, outside, workers, product, tally } = run;
  if (plan.troubleMs === 0) return;
  let over = false;
  const at = (atMs: number, label: string, happen: () => void): void =>
    world.after(atMs, label, () => {
      if (!over) happen();
    });
  for (const { atMs, person, text } of plan.stops)
    at(atMs, 'somebody says something', () => {
      const phone = run.people[person % run.people.length];
      if (phone !== undefined) outside.say(phone, text);
    });
  for (const atMs of plan.kills)
    at(atMs, 'a kill', () => {
      const [victim] = workers.alive();
      if (victim === undefined) return;
      tally.count('kill');
      workers.kill(victim);
    });
  for (const atMs of plan.restarts)
    at(atMs, 'a restart of everything', () => {
      tally.count('restart of everything');
      for (const worker of workers.alive()) workers.kill(worker);
      product.restart();
    });
  for (const atMs of plan.apiCrashes) at(atMs, 'the API is to die', () => product.doom());
  for (const { atMs, worker, ms, atIntent } of plan.stalls)
    at(atMs, 'a stall', () => {
      const victim = oneOf(workers.alive(), worker);
      if (victim === undefined) return;
      if (atIntent) return run.sim.stallAtIntent(victim, ms);
      tally.count('stall');
      world.note(`${victim.name} stalls for ${ms}`);
      stall(victim, world.now().epochMilliseconds + ms);
      run.sim.stalls(victim);
    });
  for (const { atMs, worker, ms } of plan.jumps)
    at(atMs, 'a clock jump', () => {
      const victim = oneOf(workers.alive(), worker);
      // Who stands still while its clock is set back cannot know how late it is: docs/simulation.md.
      if (victim === undefined || victim.stalledUntilMs > world.now().epochMilliseconds) return;
      tally.count('clock jump');
      world.note(`${victim.name}: its clock jumps by ${ms}`);
      setClock(victim, ms);
    });
  for (const { atMs, ms } of plan.outages)
    at(atMs, 'a gateway outage', () => {
      tally.count('gateway outage');
      outside.faults = { ...outside.faults, serverError: 1, readFails: 1 };
      at(ms, 'the gateway is back', () => {
        outside.faults = plan.outside;
      });
    });
  for (const { atMs, giveIn } of run.lists.later) at(atMs, 'a do-not-call list is given in', giveIn);
  for (const edit of plan.edits) at(edit.atMs, `an edit: ${edit.kind}`, () => doEdit(run, edit));
  world.after(plan.troubleMs, 'the faults end', () => {
    over = true;
    // Everything is handed over once more, to workers with longer leases: a night without faults must not cost much.
    workers.drainAll();
    outside.faults = { ...NO_FAULTS, reports: plan.outside.reports, replies: plan.outside.replies };
    Object.assign(run.sim.faults, NO_DATABASE_FAULTS);
    makeGood(run);
    workers.start();
  });
}

const oneOf = <T>(items: readonly T[], index: number): T | undefined => items[index % Math.max(1, items.length)];

/** Of a person, who does not try again when it fails. Counted when it was done, and not when it was refused. */
function doEdit({ world, product, outside, tally, checkers, ...known }: Troubled, edit: PlannedEdit): void {
  const act = actOf(edit, known);
  product.ask(edit.kind, async (asked) => {
    const askedAtMs = world.now().epochMilliseconds;
    const done = await act(asked);
    if (done?.ok !== true) return;
    tally.count(`edit: ${edit.kind}`);
    if (done.leftAlone !== undefined) checkers.leaveAlone(done.leftAlone, askedAtMs);
    if (done.merged !== undefined) {
      checkers.people.merged(done.merged, askedAtMs);
      const said = SAID_AFTER_A_MERGE[Math.floor(edit.value / 12) % SAID_AFTER_A_MERGE.length];
      if (said !== undefined) outside.say(done.merged[said.at], said.text);
    }
    // A YES that comes before our question says nothing.
    if (done.asked !== undefined && edit.value % 2 === 0)
      outside.say(done.asked, edit.value % 4 === 0 ? 'START' : 'YES');
    // Whoever is answered may have had enough just then: an answer that is put off must not follow.
    if (done.answered !== undefined && edit.value % 2 === 0) outside.say(done.answered, 'STOP');
  });
  const end = endOf(edit, known.laneIds);
  if (end !== undefined) world.after(end.afterMs, end.label, () => product.ask(end.label, end.act));
}

/** Whoever has become one person soon speaks at either number, or at none. */
const SAID_AFTER_A_MERGE = [
  { at: 'ends', text: 'STOP' },
  { at: 'ends', text: 'maybe later' },
  { at: 'stays', text: 'STOP' },
  { at: 'ends', text: 'not interested' },
  undefined,
] as const;

/** Whoever paused something and could not resume it resumes it, lists are new, and limits let everybody through within days. */
function makeGood({ world, product, plan, lists }: Troubled): void {
  world.after(30_000, 'do-not-call lists of today are given in', lists.renew);
  world.after(40_000, 'limits are set for good', () => product.ask('set right', setRight, { tries: 20 }));
  for (const index of plan.campaigns.keys())
    world.after(60_000 + index, 'resumes for good', () => product.ask('resume for good', resume(index), { tries: 20 }));
}
