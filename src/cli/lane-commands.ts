import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LaneOverview } from '../gateways/account-overview-store.ts';
import type { LaneLimits } from '../gateways/check-lane.ts';
import type { CliServices } from './open-services.ts';
import { withExamples } from './options.ts';
import { type Shell, UsageError } from './shell.ts';
import { table } from './words.ts';

interface SetOptions extends Partial<LaneLimits> {
  readonly name?: string;
  readonly zone?: string;
  readonly state?: LaneOverview['state'];
  readonly reason?: string;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright lane list', 'every number, what it may send and what it has sent today'],
    ['textwright lane set Office --daily-cap 200', 'by name, number or id'],
  ]).description('The numbers that texts go out from');

  withExamples(command.command('list'), [
    ['textwright lane list', 'for reading'],
    ['textwright lane list --json', 'one JSON object per line'],
  ])
    .description('All numbers with their limits and states')
    .option('--json', 'one JSON object per line')
    .action((options: { readonly json?: true }) => list(options, shell));

  withExamples(command.command('set'), [
    ['textwright lane set Office --messages-per-second 0.5', 'one text every two seconds'],
    ['textwright lane set Office --parts-per-day none', 'no limit of message parts any more'],
    ['textwright lane set +16175550123 --state draining', 'serve the people who know it, take no new ones'],
  ])
    .description('Change a number; the engine obeys from its next turn on')
    .argument('<number>', 'name, phone number or id')
    .option('--name <name>', 'as you call it here')
    .option('--zone <zone>', 'its day, over which texts are counted, begins at midnight there')
    .option('--daily-cap <n>', 'campaign texts a day', number)
    .option('--messages-per-second <n>', 'throughput in texts; none: as fast as the account', numberOrNone)
    .option('--parts-per-second <n>', 'throughput in message parts; none: no limit', numberOrNone)
    .option('--parts-per-day <n>', 'message parts a day; none: no limit', numberOrNone)
    .addOption(
      new Option(
        '--state <state>',
        'draining: no new people; paused: its people wait; off: they move to the other numbers of their campaigns',
      ).choices(['active', 'draining', 'paused', 'off']),
    )
    .option('--reason <text>', 'why, for everybody who sees the state')
    .option('--json', 'print the number as JSON')
    .action((reference: string, options: SetOptions) => set(reference, options, shell));
}

/** What a limit may be is said by the rule that the API asks too. */
function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

function numberOrNone(text: string): number | null {
  if (text === 'none') return null;
  try {
    return number(text);
  } catch {
    throw new InvalidArgumentError('Expected a number, or none.');
  }
}

async function list({ json }: { readonly json?: true }, shell: Shell): Promise<void> {
  const { withServices } = await import('./open-services.ts');
  await withServices(shell, async (services) => {
    const lanes = await lanesOf(services);
    const { showLane } = await import('../http/routes/account-routes.ts');
    if (json) await shell.out.json(...lanes.map(showLane));
    else if (lanes.length === 0) shell.tell('No number is connected; connect an account under Settings, Numbers');
    else await shell.out.lines(...table([HEADINGS, ...lanes.map(laneLine)]));
  });
}

async function set(reference: string, { json, reason, ...change }: SetOptions, shell: Shell): Promise<void> {
  if (Object.keys(change).length === 0) throw new UsageError('nothing to change: name at least one of the options');
  if (reason !== undefined && change.state === undefined) throw new UsageError('--reason: goes with --state only');
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { findLane } = await import('./find-lane.ts');
  const { changeLane } = await import('../gateways/change-account.ts');
  const { showLane } = await import('../http/routes/account-routes.ts');
  await withServices(shell, async (services) => {
    const { id } = findLane(await lanesOf(services), reference);
    const { actor: by, name: actorName } = actor();
    const deps = { ...services, db: services.database.db };
    granted(await changeLane(deps, { id, change, actor: by, actorName, reason }));
    const after = (await lanesOf(services)).find((lane) => lane.id === id);
    if (after === undefined) throw new Error(`lane ${id} vanished while it was being shown`);
    if (json) await shell.out.json(showLane(after));
    else await shell.out.lines(...table([HEADINGS, laneLine(after)]));
  });
}

async function lanesOf({ database, clock }: CliServices): Promise<readonly LaneOverview[]> {
  const { listAccountOverviews } = await import('../gateways/account-overview-store.ts');
  return (await listAccountOverviews(database.db, clock.now())).flatMap((account) => account.lanes);
}

const HEADINGS = ['NUMBER', 'NAME', 'TODAY', 'THROUGHPUT', 'ZONE', 'STATE'];

function laneLine(lane: LaneOverview): readonly string[] {
  const { phone, name, usedToday, dailyCap, partsPerDay, partsUsedToday, zone, state, stateReason } = lane;
  const parts = partsPerDay === null ? '' : `, ${partsUsedToday} of ${partsPerDay} parts`;
  return [
    phone,
    name,
    `${usedToday} of ${dailyCap} texts${parts}`,
    throughputWords(lane),
    zone,
    stateReason === null ? state : `${state}: ${stateReason}`,
  ];
}

function throughputWords({ messagesPerSecond, partsPerSecond }: LaneLimits): string {
  const words = [
    ...(messagesPerSecond === null ? [] : [`${messagesPerSecond} texts/s`]),
    ...(partsPerSecond === null ? [] : [`${partsPerSecond} parts/s`]),
  ];
  return words.length === 0 ? 'as the account' : words.join(', ');
}
