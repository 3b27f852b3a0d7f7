import type { Command } from 'commander';
import type { AccountRow } from '../gateways/account.ts';
import type { Db } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import type { Finding, RunView } from '../reconciliation/list-runs.ts';
import type { CliServices } from './open-services.ts';
import { countOption, withExamples } from './options.ts';
import { CliError, type Shell, UsageError } from './shell.ts';

interface RunOptions {
  readonly account?: string;
  readonly since: string;
  readonly until?: string;
  readonly wait?: true;
  readonly json?: true;
}

interface ListOptions {
  readonly account?: string;
  readonly limit?: number;
  readonly json?: true;
}

const RUN = 'rec_0193f6c2a1b47c3d8e5f60718293a4b5';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright reconcile run --since 3d', 'compare the last three days with the records of the gateway'],
    ['textwright reconcile status', 'what is under way, and when it will be over'],
    [`textwright reconcile history ${RUN}`, 'what one comparison found'],
  ]).description('Compare our books with those of the gateways; every night at two this happens by itself');

  withExamples(command.command('run'), [
    ['textwright reconcile run --since 2026-11-16 --until 2026-11-17', 'one day'],
    ['textwright reconcile run --account Office --since 12h --wait', 'until it is over'],
  ])
    .description('Compare a range of time; the server that sends for the account does it with requests it can spare')
    .option('--account <account>', 'name or id; needed when there are several')
    .option('--since <when>', '3d, 12h, 30m, a day or an instant', '3d')
    .option('--until <when>', 'the same; two minutes ago when left out')
    .option('--wait', 'come back when it is over; fails when it failed')
    .option('--json', 'print the comparison as one JSON object')
    .action((options: RunOptions) => run(options, shell));

  withExamples(command.command('status'), [['textwright reconcile status --json', 'one JSON object per line']])
    .description('Comparisons that wait or run, and the newest one of every other account')
    .option('--json', 'one JSON object per line')
    .action((options: { readonly json?: true }) => status(options, shell));

  withExamples(command.command('history'), [
    ['textwright reconcile history --limit 30', 'the newest comparisons'],
    [`textwright reconcile history ${RUN} --json`, 'what one of them found, one JSON object per line'],
  ])
    .description('Comparisons, the newest first; or what one of them found')
    .argument('[run]', 'id, as "reconcile history" prints it')
    .option('--account <account>', 'only those of this account, by name or id')
    .option('--limit <n>', 'at most this many', countOption)
    .option('--json', 'one JSON object per line')
    .action((reference: string | undefined, options: ListOptions) =>
      reference === undefined ? history(options, shell) : findings(reference, options, shell),
    );
}

async function run(options: RunOptions, shell: Shell): Promise<void> {
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { runTx } = await import('../platform/database.ts');
  const { startRun } = await import('../reconciliation/start-run.ts');
  const { parseWhen } = await import('./reconcile-range.ts');
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const now = services.clock.now();
    const { zone } = await getBusiness(db);
    const asked = {
      accountId: (await accountNamed(db, options.account)).id,
      kind: 'manual',
      since: parseWhen(options.since, { now, zone }),
      until: options.until === undefined ? now : parseWhen(options.until, { now, zone }),
      actor: actor().actor,
    } as const;
    const id = granted(await runTx(db, (tx) => startRun(tx, services, asked)));
    const ended = options.wait ? await waitFor(services, id, shell) : await viewed(services, id);
    await printRuns([ended], { json: options.json, zone }, shell);
    if (ended.state === 'failed' || ended.state === 'cancelled')
      throw new CliError(ended.error ?? `the comparison was ${ended.state}`);
    if (!options.wait)
      shell.tell('It begins as soon as the server that sends for this account has a request to spare.');
  });
}

async function viewed({ database, clock }: CliServices, id: string): Promise<RunView> {
  const { granted } = await import('./open-services.ts');
  const { getRunView } = await import('../reconciliation/list-runs.ts');
  return granted(await getRunView(database.db, id, clock.now()));
}

const LOOK_EVERY_MS = 1_000;

async function waitFor(services: CliServices, id: string, shell: Shell): Promise<RunView> {
  let told = -1;
  for (;;) {
    const current = await viewed(services, id);
    if (current.finishedAt !== null) return current;
    const percent = Math.floor(current.progress * 100);
    if (percent !== told) shell.tell(`${percent}%${leftWords(current)}`);
    told = percent;
    await services.clock.sleep(LOOK_EVERY_MS);
  }
}

async function status({ json }: { readonly json?: true }, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { listAccountRows } = await import('../gateways/account-store.ts');
  const { listRuns } = await import('../reconciliation/list-runs.ts');
  await withServices(shell, async ({ database: { db }, clock }) => {
    const runs: RunView[] = [];
    for (const { id } of await listAccountRows(db))
      runs.push(...granted(await listRuns(db, { accountId: id, cursor: undefined, limit: 1, now: clock.now() })).data);
    await printRuns(runs, { json, zone: (await getBusiness(db)).zone }, shell);
  });
}

const HISTORY_ROWS = 20;

async function history({ account, limit = HISTORY_ROWS, json }: ListOptions, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { listRuns } = await import('../reconciliation/list-runs.ts');
  await withServices(shell, async ({ database: { db }, clock }) => {
    const accountId = account === undefined ? undefined : (await accountNamed(db, account)).id;
    const page = granted(await listRuns(db, { accountId, cursor: undefined, limit, now: clock.now() }));
    await printRuns(page.data, { json, zone: (await getBusiness(db)).zone }, shell);
  });
}

const PAGE_ROWS = 200;

async function findings(reference: string, options: ListOptions, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { parseId } = await import('../platform/ids.ts');
  const { listFindings } = await import('../reconciliation/list-runs.ts');
  const { showFinding } = await import('../http/routes/reconciliation-routes.ts');
  const { UNMASKED } = await import('../webhooks/mask-event.ts');
  const runId = parseId('reconciliation', reference);
  if (runId === undefined) throw new UsageError(`"${reference}" is no id like ${RUN}`);
  const { limit = Number.POSITIVE_INFINITY, json } = options;
  await withServices(shell, async ({ database: { db } }) => {
    const row = await findingRow((await getBusiness(db)).zone);
    let left = limit;
    let cursor: string | undefined;
    do {
      const page = granted(await listFindings(db, { runId, cursor, limit: Math.min(left, PAGE_ROWS) }));
      if (json) await shell.out.json(...page.data.map((found) => showFinding(found, UNMASKED)));
      else if (page.data.length > 0) await shell.out.lines(...page.data.map(row));
      left -= page.data.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && left > 0);
  });
}

async function findingRow(zone: string): Promise<(finding: Finding) => string> {
  const { localTime } = await import('../platform/calendar.ts');
  const { printable } = await import('./words.ts');
  return ({ at, name, phone, laneName, sentence }) => {
    const who = phone === null ? 'number not known' : name === phone ? phone : `${name} ${phone}`;
    return printable([localTime(at, zone).padEnd(24), who.padEnd(32), laneName ?? '', sentence].join('  '));
  };
}

async function accountNamed(db: Db, reference: string | undefined): Promise<AccountRow> {
  const { listAccountRows } = await import('../gateways/account-store.ts');
  const { parseId } = await import('../platform/ids.ts');
  const accounts = await listAccountRows(db);
  const id = reference === undefined ? undefined : parseId('account', reference);
  const meant = (account: AccountRow): boolean =>
    reference === undefined || account.id === id || account.name.toLowerCase() === reference.toLowerCase();
  const [only, ...others] = accounts.filter(meant);
  if (only !== undefined && others.length === 0) return only;
  const known = accounts.map(({ name }) => name).join(', ') || 'none; connect one in Settings';
  throw new CliError(
    reference === undefined
      ? `say which account with --account; there are ${known}`
      : `${only === undefined ? 'no account' : 'more than one account'} is called "${reference}"; there are ${known}`,
  );
}

async function printRuns(
  runs: readonly RunView[],
  { json, zone }: { readonly json: true | undefined; readonly zone: string },
  shell: Shell,
): Promise<void> {
  const { showRun } = await import('../http/routes/reconciliation-routes.ts');
  const { UNMASKED } = await import('../webhooks/mask-event.ts');
  const { localTime } = await import('../platform/calendar.ts');
  const { showId } = await import('../platform/ids.ts');
  const { printable } = await import('./words.ts');
  if (json) return shell.out.json(...runs.map((run) => showRun(run, UNMASKED)));
  const time = (at: Instant): string => localTime(at, zone);
  for (const one of runs)
    await shell.out.lines(
      printable(`${showId('reconciliation', one.id)}  ${one.accountName}, ${one.kind}, ${stateWords(one)}`),
      printable(`  ${time(one.since)} to ${time(one.until)}: ${foundWords(one)}`),
      ...(one.error === null ? [] : [printable(`  ${one.error}`)]),
    );
}

const stateWords = (run: RunView): string =>
  run.state === 'running' ? `running, ${Math.floor(run.progress * 100)}%${leftWords(run)}` : run.state;

function leftWords({ remainingSeconds }: RunView): string {
  if (remainingSeconds === null) return '';
  return remainingSeconds < 60 ? ', less than a minute left' : `, about ${Math.ceil(remainingSeconds / 60)} min left`;
}

const foundWords = (run: RunView): string =>
  [
    `${run.seenTexts} texts and ${run.seenCalls} calls read`,
    `${run.missingHere} missing here`,
    `${run.staleHere} stale here`,
    `${run.missingThere} without a record at the gateway`,
    ...(run.differs === 0 ? [] : [`${run.differs} that contradict each other`]),
    ...(run.unreadable === 0 ? [] : [`${run.unreadable} that cannot be read`]),
  ].join(', ');
