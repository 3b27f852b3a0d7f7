import type { Command } from 'commander';
import type { ProxyDelivery, ProxyTarget } from '../webhooks/proxy-target.ts';
import type { CliServices } from './open-services.ts';
import { countOption, repeatable, withExamples } from './options.ts';
import type { Shell } from './shell.ts';
import { table } from './words.ts';

interface AddOptions {
  readonly account?: string;
  readonly allow: readonly string[];
  readonly type: readonly string[];
  readonly json?: true;
}

interface LogOptions {
  readonly failed?: true;
  readonly limit: number;
  readonly json?: true;
}

const LOG_ROWS = 50;
const PAGE_ROWS = 200;

export function defineProxy(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright webhook proxy add http://127.0.0.1:3000/hook --allow 127.0.0.1', 'to a program on this machine'],
    ['textwright webhook proxy list', 'where events go, and how that goes'],
  ]).description('Forward the events of gateways to the programs of developers');

  withExamples(command.command('add'), [
    ['textwright webhook proxy add https://dev.example.com/hook', 'to a tunnel or a server on the internet'],
    ['textwright webhook proxy add http://10.0.0.7:3000/ --allow 10.0.0.0/24', 'into a private network that is named'],
    ['textwright webhook proxy add https://dev.example.com/hook --type message.received', 'replies only'],
  ])
    .description('Forward what comes in from now on, and print the token that comes along')
    .argument('<url>', 'https://, or http:// for an address of an allowed network')
    .option('--account <account>', 'id or name; without it, the only account')
    .option('--allow <network>', 'address or network that is no public one; may be given several times', repeatable, [])
    .option('--type <type>', 'only events of this type; may be given several times', repeatable, [])
    .option('--json', 'print target and token as one JSON object')
    .action((url: string, options: AddOptions) => add(url, options, shell));

  withExamples(command.command('list'), [['textwright webhook proxy list --json', 'one JSON object per line']])
    .description('All targets')
    .option('--json', 'one JSON object per line')
    .action((options: { readonly json?: true }) => list(options, shell));

  withExamples(command.command('remove'), [
    ['textwright webhook proxy remove https://dev.example.com/hook', 'by its address or id'],
  ])
    .description('Stop forwarding to a target, and forget its log')
    .argument('<target>', 'address or id')
    .action((reference: string) => remove(reference, shell));

  withExamples(command.command('log'), [
    ['textwright webhook proxy log ptg_0193f6c2a1b47c3d8e5f60718293a4b5', 'the newest events'],
    ['textwright webhook proxy log https://dev.example.com/hook --failed', 'what was not taken, and why'],
  ])
    .description('What became of the events of a target, the newest first')
    .argument('<target>', 'address or id')
    .option('--failed', 'only what was not taken')
    .option('--limit <n>', 'at most this many', countOption, LOG_ROWS)
    .option('--json', 'one JSON object per line')
    .action((reference: string, options: LogOptions) => log(reference, options, shell));
}

async function add(url: string, { account, allow, type, json }: AddOptions, shell: Shell): Promise<void> {
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { findAccount } = await import('./find-account.ts');
  const { openSecrets } = await import('./open-secrets.ts');
  const { listAccountRows } = await import('../gateways/account-store.ts');
  const { addProxyTarget } = await import('../webhooks/change-proxy.ts');
  const { systemRandom: random } = await import('../platform/random.ts');
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const { id: accountId, name, apiKeySealed } = findAccount(await listAccountRows(db), account);
    const secrets = await openSecrets(services.config);
    // What is sealed with another key than the server's is of no use to it, and the key of the account tells.
    secrets.open(apiKeySealed);
    const deps = { ...services, db, random, secrets };
    const input = { accountId, url, allowedCidrs: allow, eventTypes: type, actor: actor().actor };
    const { target, token } = granted(await addProxyTarget(deps, input));
    const { showProxyTarget } = await import('../http/routes/webhook-proxy-routes.ts');
    if (json) return shell.out.json({ target: showProxyTarget(target), token });
    shell.tell(
      `Events of "${name}" are forwarded to ${target.url} from now on. Each comes with x-textwright-token, which is not shown again:`,
    );
    await shell.out.lines(token);
  });
}

async function list({ json }: { readonly json?: true }, shell: Shell): Promise<void> {
  const { withServices } = await import('./open-services.ts');
  const { listProxyTargets } = await import('../webhooks/proxy-target-store.ts');
  const { showProxyTarget } = await import('../http/routes/webhook-proxy-routes.ts');
  await withServices(shell, async ({ database: { db } }) => {
    const targets = await listProxyTargets(db);
    if (json) return shell.out.json(...targets.map(showProxyTarget));
    if (targets.length === 0)
      return shell.tell('Nothing is forwarded; add a target with "textwright webhook proxy add"');
    const { showId } = await import('../platform/ids.ts');
    const rows = targets.map((target) => [showId('proxyTarget', target.id), ...targetCells(target)]);
    await shell.out.lines(...table([['TARGET', 'ACCOUNT', 'ADDRESS', 'EVENTS', 'FORWARDED', 'STATE'], ...rows]));
  });
}

const targetCells = (target: ProxyTarget): readonly string[] => [
  target.accountName,
  target.url,
  target.eventTypes.length === 0 ? 'all' : target.eventTypes.join(', '),
  `${target.deliveredTotal}, ${target.waiting} waiting, ${target.failed} failed`,
  target.stateReason === null ? target.state : `${target.state}: ${target.stateReason}`,
];

async function remove(reference: string, shell: Shell): Promise<void> {
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { removeProxyTarget } = await import('../webhooks/change-proxy.ts');
  await withServices(shell, async (services) => {
    const { id } = await targetNamed(services, reference);
    const deps = { ...services, db: services.database.db };
    const { url } = granted(await removeProxyTarget(deps, { id, actor: actor().actor }));
    shell.tell(`Nothing is forwarded to ${url} any more`);
  });
}

async function targetNamed({ database: { db } }: CliServices, reference: string): Promise<ProxyTarget> {
  const { listProxyTargets } = await import('../webhooks/proxy-target-store.ts');
  const { parseId } = await import('../platform/ids.ts');
  const { CliError } = await import('./shell.ts');
  const targets = await listProxyTargets(db);
  const id = parseId('proxyTarget', reference);
  const url = URL.canParse(reference) ? new URL(reference).href : reference;
  const [only, ...others] = targets.filter((target) => target.id === id || target.url === url);
  if (only !== undefined && others.length === 0) return only;
  throw new CliError(
    only === undefined
      ? `no target is "${reference}"; "textwright webhook proxy list" names them`
      : `several accounts forward to "${reference}"; name the target by its id, as "textwright webhook proxy list" prints it`,
  );
}

async function log(reference: string, { failed, limit, json }: LogOptions, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { listProxyLog } = await import('../webhooks/read-proxy.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { showProxyDelivery } = await import('../http/routes/webhook-proxy-routes.ts');
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const { id: targetId } = await targetNamed(services, reference);
    const row = await rowMaker((await getBusiness(db)).zone);
    const state = failed ? 'failed' : undefined;
    let left = limit;
    let cursor: string | undefined;
    do {
      const page = granted(await listProxyLog(db, { targetId, state, cursor, limit: Math.min(left, PAGE_ROWS) }));
      if (json) await shell.out.json(...page.data.map(showProxyDelivery));
      else if (page.data.length > 0) await shell.out.lines(...page.data.map(row));
      left -= page.data.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && left > 0);
  });
}

async function rowMaker(zone: string): Promise<(delivery: ProxyDelivery) => string> {
  const { localTime } = await import('../platform/calendar.ts');
  const { showId } = await import('../platform/ids.ts');
  const { printable } = await import('./words.ts');
  return ({ eventId, eventType, receivedAt, state, attempts, lastStatus, error, ms }) =>
    printable(
      [
        showId('event', eventId),
        localTime(receivedAt, zone).padEnd(24),
        eventType.padEnd(26),
        state.padEnd(9),
        attempts === 0 ? 'not tried yet' : `${attempts === 1 ? '1 attempt' : `${attempts} attempts`}, ${ms ?? 0} ms`,
        error ?? (lastStatus === null ? '' : String(lastStatus)),
      ]
        .join('  ')
        .trimEnd(),
    );
}
