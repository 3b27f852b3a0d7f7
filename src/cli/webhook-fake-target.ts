import type { AccountRow, LaneRow } from '../gateways/account.ts';
import type { Config } from '../platform/config.ts';
import { showId } from '../platform/ids.ts';
import { findAccount } from './find-account.ts';
import { requireLocalUrl } from './local-address.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import type { FakeOptions } from './webhook-fake-options.ts';

/** Where made-up events go. */
export interface FakeTarget {
  readonly url: string;
  readonly secret: string;
  /** Our number that they are about, where it is known. */
  readonly lane: Pick<LaneRow, 'phone' | 'gatewayRef'> | undefined;
}

/** From the options, and for what they leave open from the account of this installation. */
export async function fakeTarget(options: FakeOptions, shell: Shell): Promise<FakeTarget> {
  const { url, secret, account, anywhere } = options;
  const parsed = url === undefined ? undefined : parsedUrl(url);
  // Refused before anything is opened; what the account says is always this machine.
  if (parsed !== undefined && anywhere !== true) await requireLocalUrl(parsed);
  if (parsed !== undefined && secret !== undefined && account === undefined)
    return { url: parsed.href, secret, lane: undefined };
  return accountTarget(options, parsed, shell);
}

function parsedUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw new UsageError(`--url: expected an address starting with http:// or https://, got "${url}"`);
}

async function accountTarget(options: FakeOptions, url: URL | undefined, shell: Shell): Promise<FakeTarget> {
  const { withServices } = await import('./open-services.ts');
  const { listAccountRows, listLaneRows } = await import('../gateways/account-store.ts');
  return withServices(shell, async ({ config, database: { db } }) => {
    const account = findAccount(await listAccountRows(db), options.account);
    if (url === undefined) await confirmLive(account, options, shell);
    const lanes = (await listLaneRows(db)).filter(({ accountId }) => accountId === account.id);
    return {
      url: url?.href ?? localWebhookUrl(config, account),
      secret: options.secret ?? (await newestSecret(config, account)),
      lane: laneOf(lanes, options),
    };
  });
}

/** What is made up becomes a part of real conversations, and a made-up STOP silences a real person. */
async function confirmLive(account: AccountRow, { yes }: FakeOptions, shell: Shell): Promise<void> {
  if (account.environment !== 'live') return;
  const { confirmByTyping } = await import('./confirm.ts');
  shell.tell(`"${account.name}" is live: made-up events become part of its conversations, calls and opt-outs`);
  await confirmByTyping(shell, { expected: account.name, what: "the account's name", yes: yes === true });
}

/** The server of this installation, on this machine. */
function localWebhookUrl({ host, port }: Config, account: AccountRow): string {
  const everyAddress = host === '0.0.0.0' || host === '::';
  const name = everyAddress ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}/webhooks/${account.kind}/${showId('account', account.id)}`;
}

async function newestSecret(config: Config, account: AccountRow): Promise<string> {
  const [sealed] = account.webhookSecretsSealed;
  if (sealed === undefined)
    throw new CliError(
      `account "${account.name}" has no webhook secret yet: register its webhook under Settings, Numbers, or give --secret`,
    );
  const { openSecrets } = await import('./open-secrets.ts');
  return (await openSecrets(config)).open(sealed);
}

/** The one that was named as either end, else the first. */
const laneOf = (lanes: readonly LaneRow[], { from, to }: FakeOptions): LaneRow | undefined =>
  lanes.find(({ phone }) => phone === from || to?.split(',').includes(phone)) ?? lanes[0];
