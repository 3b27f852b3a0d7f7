import { type RawBuilder, sql } from 'kysely';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../../src/campaigns/control-campaign.ts';
import type { Tx } from '../../src/platform/database.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import type { SimDatabase } from './database.ts';
import { NO_DATABASE_FAULTS } from './database-faults.ts';
import type { Outside } from './outside.ts';
import { NO_FAULTS } from './outside-faults.ts';
import type { Plan, PlannedEdit } from './plan.ts';
import type { Asked, Product } from './product.ts';
import type { Tally } from './tally.ts';
import type { Workers } from './workers.ts';
import { stall, type World } from './world.ts';

interface Troubled {
  readonly world: World;
  readonly plan: Plan;
  readonly outside: Outside;
  readonly sim: SimDatabase;
  readonly workers: Workers;
  readonly product: Product;
  readonly tally: Tally;
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
      victim.skewMs += ms;
    });
  for (const { atMs, ms } of plan.outages)
    at(atMs, 'a gateway outage', () => {
      tally.count('gateway outage');
      outside.faults = { ...outside.faults, serverError: 1, readFails: 1 };
      at(ms, 'the gateway is back', () => {
        outside.faults = plan.outside;
      });
    });
  for (const edit of plan.edits) at(edit.atMs, `an edit: ${edit.kind}`, () => doEdit(run, edit));
  world.after(plan.troubleMs, 'the faults end', () => {
    over = true;
    // Everything is handed over once more, to workers with longer leases: a night without faults must not cost much.
    workers.drainAll();
    outside.faults = { ...NO_FAULTS, reports: plan.outside.reports, replies: plan.outside.replies };
    Object.assign(run.sim.faults, NO_DATABASE_FAULTS);
    setRight(run);
    workers.start();
  });
}

const oneOf = <T>(items: readonly T[], index: number): T | undefined => items[index % Math.max(1, items.length)];

/** Of a person, who does not try again when it fails. */
function doEdit(run: Troubled, edit: PlannedEdit): void {
  const { world, product, tally } = run;
  const { kind, target, value } = edit;
  tally.count(`edit: ${kind}`);
  if (kind === 'pause') {
    product.ask(kind, control(pauseCampaign, target));
    world.after(500 + value * 400, 'resumes', () => product.ask('resume', control(resumeCampaign, target)));
    return;
  }
  if (kind === 'cancel') {
    // Of one in four: a run without its campaigns shows little.
    if (value % 4 === 0) product.ask(kind, control(cancelCampaign, target));
    return;
  }
  const set = (change: Change): void => product.ask(kind, (tx) => setColumns(tx, run, target, change));
  set(changeBy(edit));
  if (kind === 'lane drained' || kind === 'lane switched off')
    world.after(1_000 + value * 500, 'the lane is switched on', () => set({ of: 'lane', columns: ACTIVE }));
}

interface Change {
  readonly of: 'lane' | 'campaign';
  readonly columns: RawBuilder<unknown>;
}

const ACTIVE = sql`state = 'active', state_reason = null, paused_until = null`;
const inState = (state: 'draining' | 'off') => sql`state = ${state}, state_reason = 'by a person', paused_until = null`;

function changeBy({ kind, value }: PlannedEdit): Change {
  switch (kind) {
    case 'cap':
      return { of: 'lane', columns: sql`daily_cap = ${value}` };
    case 'throughput':
      return {
        of: 'lane',
        columns: sql`messages_per_second = ${value % 3 === 0 ? null : value / 4}, parts_per_second = ${value / 2}`,
      };
    case 'parts per day':
      return { of: 'lane', columns: sql`parts_per_day = ${value * 4}` };
    case 'lane drained':
      return { of: 'lane', columns: inState('draining') };
    case 'lane switched off':
      return { of: 'lane', columns: inState('off') };
    case 'priority':
      return { of: 'campaign', columns: sql`priority = ${1 + (value % 9)}` };
    case 'pace':
      return {
        of: 'campaign',
        columns:
          value % 2 === 0 ? sql`max_per_hour = ${value}` : sql`max_per_day = ${value * 2}, max_per_hour = ${value * 3}`,
      };
    case 'window':
      return {
        of: 'campaign',
        columns: sql`window_start_minute = ${9 * 60 + value}, window_end_minute = ${17 * 60 + value}`,
      };
    case 'pause':
    case 'cancel':
      throw new Error(`${kind} is an act of its own`);
    default:
      return kind satisfies never;
  }
}

async function setColumns(tx: Tx, { laneIds }: Troubled, target: number, { of, columns }: Change): Promise<void> {
  const id = of === 'lane' ? oneOf(laneIds, target) : await campaignId(tx, target);
  await sql`update ${sql.table(of)} set ${columns} where id = ${id}`.execute(tx);
}

type Control = typeof cancelCampaign;

const control =
  (change: Control | typeof pauseCampaign, target: number) =>
  async (tx: Tx, deps: Asked): Promise<unknown> => {
    const id = await campaignId(tx, target);
    return id === undefined
      ? undefined
      : change(tx, deps, { id, shownId: 'cmp_sim', reason: undefined, actor: 'operator' });
  };

async function campaignId(tx: Tx, target: number): Promise<Uuid | undefined> {
  const { rows } = await sql<{ id: Uuid }>`select id from campaign order by name`.execute(tx);
  return oneOf(rows, target)?.id;
}

/** Whoever paused something and could not resume it resumes it, and limits let everybody through within days. */
function setRight({ world, product, plan }: Troubled): void {
  for (const index of plan.campaigns.keys())
    world.after(40_000 + index, 'resumes for good', () =>
      product.ask('resume for good', control(resumeCampaign, index), { tries: 20 }),
    );
  world.after(41_000, 'limits are set for good', () =>
    product.ask(
      'set right',
      async (tx) => {
        await sql`
          update lane set daily_cap = greatest(daily_cap, 120), state = 'active', state_reason = null, paused_until = null,
            parts_per_day = ${atLeast('parts_per_day', 200)}, messages_per_second = ${atLeast('messages_per_second', 50)},
            parts_per_second = ${atLeast('parts_per_second', 100)}`.execute(tx);
        await sql`update gateway_account set state = 'active', state_reason = null`.execute(tx);
        await sql`
          update campaign set max_per_hour = ${atLeast('max_per_hour', 150)}, max_per_day = ${atLeast('max_per_day', 250)}`.execute(
          tx,
        );
        await sql`select pg_notify(${'textwright_live'}, topic) from unnest(${['engine']}::text[]) as topic`.execute(
          tx,
        );
      },
      { tries: 20 },
    ),
  );
}

/** A limit that there is; where there is none, none is set. */
const atLeast = (column: string, least: number) =>
  sql`case when ${sql.ref(column)} < ${least} then ${least} else ${sql.ref(column)} end`;
