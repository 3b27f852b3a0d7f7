import { hostname } from 'node:os';
import type { AccountRow, LaneRow } from '../gateways/account.ts';
import { webhookUrl } from '../gateways/connect-account.ts';
import type { Config } from '../platform/config.ts';
import { findAccount } from './find-account.ts';
import { requireLocalUrl } from './local-address.ts';
import type { AddressServices } from './server-address.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { type FakeEvent, fakeEvent } from './webhook-fake-event.ts';
import type { FakeOptions } from './webhook-fake-options.ts';

/** Which events were asked for, by whatever name. */
export interface FakeOrder {
  readonly type: string;
  readonly options: FakeOptions;
}

/** What is made up, and where it goes. */
export interface FakeTarget {
  readonly event: FakeEvent;
  readonly url: string;
  /** A signature may be over the address: this is the one under which the provider would call it. */
  readonly signedUrl: string;
  readonly secret: string;
  /** Our number that they are about, where it is known. */
  readonly lane: Pick<LaneRow, 'phone' | 'gatewayRef'> | undefined;
  /** Of Twilio. */
  readonly accountSid: string;
}

const MADE_ACCOUNT_SID = 'ACfake0001';

/** From the options, and for what they leave open from the account of this installation. */
export async function fakeTarget(order: FakeOrder, shell: Shell): Promise<FakeTarget> {
  const { url, secret, account, anywhere, gateway } = order.options;
  const parsed = url === undefined ? undefined : parsedUrl(url);
  // Refused before anything is opened; what the account says is always this machine.
  if (parsed !== undefined && anywhere !== true) await requireLocalUrl(parsed);
  if (parsed === undefined || secret === undefined || account !== undefined) return accountTarget(order, parsed, shell);
  const event = fakeEvent(gateway ?? 'quo', order.type, order.options);
  return { event, url: parsed.href, signedUrl: parsed.href, secret, lane: undefined, accountSid: MADE_ACCOUNT_SID };
}

function parsedUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw new UsageError(`--url: expected an address starting with http:// or https://, got "${url}"`);
}

async function accountTarget({ type, options }: FakeOrder, url: URL | undefined, shell: Shell): Promise<FakeTarget> {
  const { withServices } = await import('./open-services.ts');
  const { listAccountRows, listLaneRows } = await import('../gateways/account-store.ts');
  return withServices(shell, async (services) => {
    const {
      config,
      database: { db },
    } = services;
    const account = chooseAccount(await listAccountRows(db), options);
    const event = fakeEvent(account.kind, type, options);
    if (url === undefined) await confirmLive(account, options, shell);
    const lanes = (await listLaneRows(db)).filter(({ accountId }) => accountId === account.id);
    return {
      event,
      ...(await addressesOf(services, account, url)),
      secret: options.secret ?? (await newestSecret(config, account)),
      lane: laneOf(lanes, options),
      accountSid: await accountSidOf(config, account),
    };
  });
}

/** A gateway that is named leaves the accounts of the others out. */
function chooseAccount(accounts: readonly AccountRow[], { account, gateway }: FakeOptions): AccountRow {
  const candidates = accounts.filter(({ kind }) => gateway === undefined || kind === gateway);
  if (candidates.length > 0 || accounts.length === 0) return findAccount(candidates, account);
  throw new CliError(`--gateway: no account of ${gateway} is connected here; connect one under Settings, Numbers`);
}

async function accountSidOf(config: Config, account: AccountRow): Promise<string> {
  if (account.kind !== 'twilio') return MADE_ACCOUNT_SID;
  const { openSecrets } = await import('./open-secrets.ts');
  const { parseTwilioKey } = await import('../gateways/twilio/twilio-http.ts');
  return parseTwilioKey((await openSecrets(config)).open(account.apiKeySealed))?.accountSid ?? MADE_ACCOUNT_SID;
}

/** What is made up becomes a part of real conversations, and a made-up STOP silences a real person. */
async function confirmLive(account: AccountRow, { yes }: FakeOptions, shell: Shell): Promise<void> {
  if (account.environment !== 'live') return;
  const { confirmByTyping } = await import('./confirm.ts');
  shell.tell(`"${account.name}" is live: made-up events become part of its conversations, calls and opt-outs`);
  await confirmByTyping(shell, { expected: account.name, what: "the account's name", yes: yes === true });
}

/** Without `url` the server of this installation, on this machine: it checks a signature over the address that the provider knows. */
async function addressesOf(services: AddressServices, account: AccountRow, url: URL | undefined) {
  if (url !== undefined) return { url: url.href, signedUrl: url.href };
  const { getLocalAddress } = await import('../business/local-address.ts');
  if ((await getLocalAddress(services.database.db, hostname())) === undefined)
    throw new CliError(
      'the server of this installation was not started on this machine: textwright serve starts it, --url names another address',
    );
  const { serverAddress } = await import('./server-address.ts');
  const { publicUrl, localUrl } = await serverAddress(services);
  return {
    url: webhookUrl({ publicUrl: localUrl, localUrl }, account),
    signedUrl: webhookUrl({ publicUrl, localUrl }, account),
  };
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
