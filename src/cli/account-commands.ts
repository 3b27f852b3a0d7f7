import { text } from 'node:stream/consumers';
import { type Command, InvalidArgumentError } from 'commander';
import type { AccountOverview } from '../gateways/account-overview-store.ts';
import type { ConnectDeps } from '../gateways/connect-account.ts';
import type { Services } from '../services.ts';
import { withExamples } from './options.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { count, table } from './words.ts';

interface ConnectOptions {
  readonly name: string;
  readonly accountSid?: string;
  readonly baseUrl?: string;
  readonly rate?: number;
  readonly historyDays?: number;
  readonly stdin?: true;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright account list', 'accounts, their numbers and whether they send'],
    ['textwright account connect twilio --account-sid AC...', 'asks for the Auth Token, then reads the numbers'],
  ]).description('The accounts at gateways that texts go out through');
  command
    .command('list')
    .description('All accounts')
    .option('--json', 'one JSON object per line')
    .action((options: { readonly json?: true }) => list(options, shell));
  const connect = withExamples(command.command('connect').helpCommand(false), [
    ['textwright account connect quo --name Office', 'asks for the API key'],
    ['textwright account connect twilio --account-sid AC... --stdin < token.txt', 'the first line is the Auth Token'],
  ]).description('Connect an account: its key is tried, its numbers are read, replies and receipts are asked for');
  defineConnect(connect.command('quo'), 'Quo').action((options: ConnectOptions) =>
    connectAccount({ kind: 'quo', keyName: 'API key' }, options, shell),
  );
  defineConnect(connect.command('twilio'), 'Twilio')
    .requiredOption('--account-sid <sid>', 'AC..., from the first page of the console', accountSid)
    .action((options: ConnectOptions) => connectAccount({ kind: 'twilio', keyName: 'Auth Token' }, options, shell));
  command
    .command('refresh')
    .description('Read the numbers of an account again, and ask again for its replies and receipts')
    .argument('<account>', 'name or id')
    .option('--json', 'print the account as JSON')
    .action((reference: string, options: { readonly json?: true }) => refresh(reference, options, shell));
  command
    .command('set-key')
    .description('Go on with a new API key or Auth Token; the one before still signs what is on its way')
    .argument('<account>', 'name or id')
    .option('--stdin', 'read the key from standard input')
    .option('--json', 'print the account as JSON')
    .action((reference: string, options: { readonly stdin?: true; readonly json?: true }) =>
      refresh(reference, { ...options, keyName: 'New key' }, shell),
    );
}

const defineConnect = (command: Command, provider: string): Command =>
  command
    .description(`An account at ${provider}`)
    .option('--name <name>', 'of the account here', provider)
    .option('--base-url <url>', 'another address of the API')
    .option('--rate <n>', 'texts a second that it may send', rate)
    .option('--history-days <n>', 'how far back texts and calls from before are brought in; default 90', historyDays)
    .option('--stdin', 'read the key from standard input')
    .option('--json', 'print the account as JSON');

/** As far back as a comparison may begin (reconciliation/run.ts). */
const HISTORY_DAYS_MAX = 360;

function historyDays(value: string): number {
  if (!/^\d{1,3}$/.test(value) || Number(value) > HISTORY_DAYS_MAX)
    throw new InvalidArgumentError(`Expected 0 to ${HISTORY_DAYS_MAX} days.`);
  return Number(value);
}

function rate(value: string): number {
  const number = Number(value);
  if (!(number >= 0.1 && number <= 10_000)) throw new InvalidArgumentError('Expected 0.1 to 10,000.');
  return number;
}

function accountSid(value: string): string {
  if (!/^AC\w{2,62}$/.test(value)) throw new InvalidArgumentError('Expected AC and the rest of the Account SID.');
  return value;
}

export type Deps = ConnectDeps &
  Pick<Services, 'config' | 'random' | 'jobs'> & { readonly accounts: () => Promise<readonly AccountOverview[]> };

/** The server's own looks, each minute, find what would have been told to it. */
const NO_JOBS: Services['jobs'] = { enqueue: async () => {}, close: async () => {} };

export async function withAccounts(shell: Shell, work: (deps: Deps) => Promise<void>): Promise<void> {
  const { withServices } = await import('./open-services.ts');
  const { gatewayOpener } = await import('../gateways/adapters.ts');
  const { listAccountOverviews } = await import('../gateways/account-overview-store.ts');
  const { systemRandom: random } = await import('../platform/random.ts');
  const { installationKey, secretsWithKey } = await import('../platform/secrets.ts');
  const { serverAddress } = await import('./server-address.ts');
  await withServices(shell, async ({ config, database, clock, newUuid }) => {
    const { db } = database;
    const { dataDir, secretKey: configured } = config;
    const secrets = secretsWithKey(await installationKey({ configured, dataDir, random }), random);
    const openGateway = gatewayOpener(clock, random);
    const accounts = () => listAccountOverviews(db, clock.now());
    const base = { db, clock, newUuid, secrets, openGateway, ...(await serverAddress({ config, database })), accounts };
    await work({ ...base, config, random, jobs: NO_JOBS });
  });
}

const list = ({ json }: { readonly json?: true }, shell: Shell): Promise<void> =>
  withAccounts(shell, async (deps) => {
    const accounts = await deps.accounts();
    if (accounts.length === 0 && !json) shell.tell('No account is connected; see `textwright account connect --help`');
    else await show(accounts, { deps, json, shell });
  });

async function connectAccount(
  { kind, keyName }: { readonly kind: AccountOverview['kind']; readonly keyName: string },
  options: ConnectOptions,
  shell: Shell,
): Promise<void> {
  const key = await readKey(keyName, options, shell);
  const { actor, granted } = await import('./open-services.ts');
  const { runTx } = await import('../platform/database.ts');
  const use = await import('../gateways/connect-account.ts');
  const { accountSid: sid, name, baseUrl, rate: ratePerSecond, historyDays } = options;
  const apiKey = sid === undefined ? key : use.twilioKey({ accountSid: sid, authToken: key });
  await withAccounts(shell, async (deps) => {
    const input = { kind, name, apiKey, baseUrl, ratePerSecond, historyDays };
    const connection = granted(await use.prepareConnection(deps, input));
    const order = { ...input, actor: actor().actor, connection };
    const id = granted(await runTx(deps.db, (tx) => use.connectAccount(tx, deps, order)));
    await showOne(id, { deps, json: options.json, shell });
  });
}

async function refresh(
  reference: string,
  options: { readonly stdin?: true; readonly json?: true; readonly keyName?: string },
  shell: Shell,
): Promise<void> {
  const newKey = options.keyName === undefined ? undefined : await readKey(options.keyName, options, shell);
  const { actor, granted } = await import('./open-services.ts');
  const { refreshAccount } = await import('../gateways/connect-account.ts');
  const { parseId } = await import('../platform/ids.ts');
  await withAccounts(shell, async (deps) => {
    const account = findAccount(await deps.accounts(), { reference, id: parseId('account', reference) });
    const order = { id: account.id, actor: actor().actor, ...(newKey === undefined ? {} : { newKey }) };
    const id = granted(await refreshAccount(deps, order));
    await showOne(id, { deps, json: options.json, shell });
  });
}

/** Keys are never options: those are seen by everybody on the machine. */
export async function readKey(what: string, { stdin }: { readonly stdin?: true }, shell: Shell): Promise<string> {
  if (stdin !== true && shell.askSecretly === undefined)
    throw new UsageError('nobody can be asked here: add --stdin and give the key on standard input');
  const given = stdin ? (await text(shell.stdin())).split(/\r?\n/)[0] : await shell.askSecretly?.(`${what}: `);
  const key = given?.trim() ?? '';
  if (key === '') throw new CliError(`${what}: expected the whole of it, got nothing; nothing was changed`);
  return key;
}

export function findAccount(
  accounts: readonly AccountOverview[],
  { reference, id }: { readonly reference: string; readonly id: string | undefined },
): AccountOverview {
  const named = (account: AccountOverview): boolean => account.name.toLowerCase() === reference.toLowerCase();
  const [only, ...others] = accounts.filter((account) => account.id === id || named(account));
  if (only !== undefined && others.length === 0) return only;
  const known = accounts.map((account) => account.name).join(', ') || 'none; connect one first';
  throw new CliError(
    `${only === undefined ? 'no account' : 'more than one account'} is called "${reference}"; there are ${known}`,
  );
}

interface Showing {
  readonly deps: Deps;
  readonly json: true | undefined;
  readonly shell: Shell;
}

const showOne = async (id: string, showing: Showing): Promise<void> =>
  show(
    (await showing.deps.accounts()).filter((account) => account.id === id),
    showing,
  );

async function show(accounts: readonly AccountOverview[], { deps, json, shell }: Showing): Promise<void> {
  const { showAccount } = await import('../http/routes/account-routes.ts');
  if (json) return shell.out.json(...accounts.map((account) => showAccount(account, deps)));
  await shell.out.lines(...table([['NAME', 'AT', 'NUMBERS', 'RATE', 'STATE'], ...accounts.map(accountLine)]));
}

const accountLine = ({ name, kind, environment, lanes, ratePerSecond, state, stateReason }: AccountOverview) => [
  name,
  environment === 'sandbox' ? `${kind} (sandbox)` : kind,
  count(lanes.length, 'number'),
  `${ratePerSecond} texts/s`,
  stateReason === null ? state : `${state}: ${stateReason}`,
];
