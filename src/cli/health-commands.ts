import { type Command, InvalidArgumentError } from 'commander';
import type { AccountOverview } from '../gateways/account-overview-store.ts';
import type { Uptime } from '../health/decide-check.ts';
import type { HealthCheck } from '../health/health-check.ts';
import { type Deps, findAccount, withAccounts } from './account-commands.ts';
import { countOption, withExamples } from './options.ts';
import { CliError, type Shell } from './shell.ts';
import { table } from './words.ts';

interface Json {
  readonly json?: true;
}

interface SettingsOptions extends Json {
  readonly from: string;
  readonly to: string;
  readonly every: number;
  readonly off?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright health settings Office --from "Line 1" --to "Line 2"', 'one text an hour, which the provider charges'],
    ['textwright health status', 'every account, its last check and its uptime'],
    ['textwright health run Office', 'checks now; exit code 1 when it fails'],
  ]).description('Whether replies, opt-outs and receipts come in: a text from one number to another, and its event');
  command
    .command('status')
    .description('The last check and the uptime of every account')
    .option('--json', 'one JSON object per account')
    .action((options: Json) => status(options, shell));
  command
    .command('run')
    .description('Check an account now, and wait for the outcome; needs a server that is running')
    .argument('<account>', 'name or id')
    .option('--json', 'print the check as JSON')
    .action((reference: string, options: Json) => run(reference, options, shell));
  command
    .command('history')
    .description('The checks of an account, newest first')
    .argument('<account>', 'name or id')
    .option('--limit <n>', 'how many', countOption, 50)
    .option('--json', 'one JSON object per line')
    .action((reference: string, options: Json & { readonly limit: number }) => history(reference, options, shell));
  command
    .command('settings')
    .description('Choose the two numbers of the checks; the one that receives is of the account')
    .argument('<account>', 'name or id')
    .requiredOption('--from <number>', 'sends: a name, id or phone number')
    .requiredOption('--to <number>', 'receives')
    .option('--every <minutes>', '15 to 1440', minutes, 60)
    .option('--off', 'make no checks by itself')
    .option('--json', 'print the account’s health as JSON')
    .action((reference: string, options: SettingsOptions) => settings(reference, options, shell));
}

function minutes(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 15 || number > 1_440)
    throw new InvalidArgumentError('Expected 15 to 1440.');
  return number;
}

const status = ({ json }: Json, shell: Shell): Promise<void> =>
  withAccounts(shell, async (deps) => {
    const { showHealth } = await import('../health/show-health.ts');
    const { showReport } = await import('../http/routes/health-routes.ts');
    const { UNMASKED } = await import('../webhooks/mask-event.ts');
    const { granted } = await import('./open-services.ts');
    const { showId } = await import('../platform/ids.ts');
    const rows: string[][] = [];
    for (const account of await deps.accounts()) {
      const report = granted(await showHealth(deps, account.id));
      const named = { account: showId('account', account.id), name: account.name };
      if (json) await shell.out.json({ ...named, ...showReport(report, UNMASKED) });
      const { day, week, month } = report.uptime;
      const state = report.settings?.enabled === true ? stateWords(report.last) : 'not checked';
      const silence = silenceWords(report.watch.silence.hours[0]?.minutes ?? null);
      rows.push([account.name, state, ...[day, week, month].map(uptimeWords), silence, report.suspicion?.detail ?? '']);
    }
    if (json) return;
    if (rows.length === 0) shell.tell('No account is connected; see `textwright account connect --help`');
    else
      await shell.out.lines(
        ...table([['ACCOUNT', 'LAST CHECK', '24 H', '7 D', '30 D', 'SUSPECTED AFTER', 'SUSPICION'], ...rows]),
      );
  });

const stateWords = (last: HealthCheck | undefined): string =>
  last === undefined ? 'none yet' : (last.outcome ?? 'under way');

/** How long nothing may come in, at this hour of the week. */
const silenceWords = (minutes: number | null): string => (minutes === null ? '-' : `${minutes} min of silence`);

const uptimeWords = ({ share, good, checks }: Uptime): string =>
  share === null ? '-' : `${(100 * share).toFixed(1)}% (${good}/${checks})`;

const LOOK_AGAIN_MS = 1_000;

async function run(reference: string, { json }: Json, shell: Shell): Promise<void> {
  const { startCheck } = await import('../health/start-check.ts');
  const { settleAccount } = await import('../health/settle-checks.ts');
  const { showHealth } = await import('../health/show-health.ts');
  const { actor, granted } = await import('./open-services.ts');
  await withAccounts(shell, async (deps) => {
    const account = await named(reference, deps);
    const id = granted(await startCheck(deps, { accountId: account.id, cause: actor().name }));
    const stop = shell.interruption();
    shell.tell('The text is on its way; the outcome is known within two minutes');
    for (;;) {
      await settleAccount(deps, account.id);
      const { last } = granted(await showHealth(deps, account.id));
      if (last?.id !== id) throw new CliError('another check has begun meanwhile; see `textwright health history`');
      if (last.outcome !== null) return tellOutcome(last, { json, shell });
      if (stop.aborted) throw new CliError('interrupted; the check ends by itself, see `textwright health history`');
      await deps.clock.sleep(LOOK_AGAIN_MS, stop);
    }
  });
}

async function tellOutcome(
  check: HealthCheck,
  { json, shell }: { readonly json: true | undefined; readonly shell: Shell },
): Promise<void> {
  const { isFailure } = await import('../health/health-check.ts');
  if (json) await shell.out.json(await shown(check));
  else await shell.out.lines(`${check.outcome}${check.detail === null ? '' : `: ${check.detail}`}`);
  if (check.outcome !== null && isFailure(check.outcome)) throw new CliError('the check failed');
}

async function shown(check: HealthCheck) {
  const { showCheck } = await import('../http/routes/health-routes.ts');
  const { UNMASKED } = await import('../webhooks/mask-event.ts');
  return showCheck(check, UNMASKED);
}

const history = (reference: string, { limit, json }: Json & { readonly limit: number }, shell: Shell): Promise<void> =>
  withAccounts(shell, async (deps) => {
    const { listHealthChecks } = await import('../health/show-health.ts');
    const { granted } = await import('./open-services.ts');
    const account = await named(reference, deps);
    const { data } = granted(await listHealthChecks(deps.db, { accountId: account.id, limit, cursor: undefined }));
    if (json) return shell.out.json(...(await Promise.all(data.map(shown))));
    if (data.length === 0) return shell.tell(`"${account.name}" has not been checked yet`);
    const lines = data.map(({ startedAt, cause, outcome, detail }) => [
      startedAt.toString(),
      outcome ?? 'under way',
      cause,
      detail ?? '',
    ]);
    await shell.out.lines(...table([['BEGUN', 'OUTCOME', 'BY', ''], ...lines]));
  });

const settings = (reference: string, options: SettingsOptions, shell: Shell): Promise<void> =>
  withAccounts(shell, async (deps) => {
    const { changeHealthSettings } = await import('../health/health-settings.ts');
    const { showHealth } = await import('../health/show-health.ts');
    const { showReport } = await import('../http/routes/health-routes.ts');
    const { UNMASKED } = await import('../webhooks/mask-event.ts');
    const { findLane } = await import('./find-lane.ts');
    const { actor, granted } = await import('./open-services.ts');
    const account = await named(reference, deps);
    const lanes = (await deps.accounts()).flatMap((one) => one.lanes);
    const [from, to] = [findLane(lanes, options.from), findLane(lanes, options.to)];
    const chosen = {
      enabled: options.off !== true,
      fromLaneId: from.id,
      toLaneId: to.id,
      intervalMinutes: options.every,
    };
    granted(await changeHealthSettings(deps, { accountId: account.id, settings: chosen, actor: actor().actor }));
    if (options.json) return shell.out.json(showReport(granted(await showHealth(deps, account.id)), UNMASKED));
    const how = chosen.enabled
      ? `every ${options.every} minutes, ${Math.round(1_440 / options.every)} texts a day`
      : 'off';
    await shell.out.lines(`${account.name}: from ${from.phone} to ${to.phone}, ${how}`);
  });

async function named(reference: string, deps: Deps): Promise<AccountOverview> {
  const { parseId } = await import('../platform/ids.ts');
  return findAccount(await deps.accounts(), { reference, id: parseId('account', reference) });
}
