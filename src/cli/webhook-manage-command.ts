import { type Command, Option } from 'commander';
import type { AccountOverview } from '../gateways/account-overview-store.ts';
import type { Outcome } from '../platform/refusal.ts';
import type { WebhookKeyShown, WebhookReport } from '../webhooks/manage-webhooks.ts';
import { type Deps, findAccount, readKey, withAccounts } from './account-commands.ts';
import { withExamples } from './options.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { count, table } from './words.ts';

interface RepairOptions {
  readonly newest?: true;
  readonly json?: true;
}

interface RotateOptions {
  readonly retire?: true;
  readonly stdin?: true;
  readonly json?: true;
}

/** How the events of an account are asked for at its gateway. */
export function defineManage(command: Command, shell: Shell): void {
  withExamples(command.command('check'), [
    ['textwright webhook check', 'looks at every account; exit code 1 when one is wrong'],
  ])
    .description('Look at the gateway whether all events are asked for, and point here')
    .argument('[account]', 'name or id; all accounts when absent')
    .option('--json', 'one JSON object per account')
    .action((reference: string | undefined, options: { readonly json?: true }) => check(reference, options, shell));
  withExamples(command.command('repair'), [
    ['textwright webhook repair Office', 'makes, turns and removes ours until all is as it should be'],
    [
      'textwright webhook repair Office --newest',
      'moves an older account to the events that tell of failed texts, too',
    ],
  ])
    .description('Mend the webhooks of an account; those of other programs are left alone')
    .argument('<account>', 'name or id')
    .addOption(new Option('--newest', "use the newest generation of the gateway's events"))
    .option('--json', 'print what is registered now as JSON')
    .action((reference: string, options: RepairOptions) => repair(reference, options, shell));
  withExamples(command.command('rotate'), [
    ['textwright webhook rotate Office', 'another key for each; the old ones stay good for 28 hours'],
    ['textwright webhook rotate Office --retire', 'ends the old ones whose successors have signed events'],
    ['textwright webhook rotate Twilio', 'says what to do in its console, and asks for the secondary Auth Token'],
  ])
    .description('Change the keys that events are signed with, without losing one')
    .argument('<account>', 'name or id')
    .option('--retire', 'do not change keys: end the old ones that are not needed any more')
    .option('--stdin', 'read the secondary Auth Token from standard input, for an account at Twilio')
    .option('--json', 'print the keys as JSON')
    .action((reference: string, options: RotateOptions) => rotate(reference, options, shell));
}

async function check(reference: string | undefined, { json }: { readonly json?: true }, shell: Shell): Promise<void> {
  const { inspectWebhooks } = await import('../webhooks/manage-webhooks.ts');
  await withAccounts(shell, async (deps) => {
    const all = await deps.accounts();
    const accounts = reference === undefined ? all : [await named(reference, deps)];
    let wrong = 0;
    for (const account of accounts) {
      const outcome = await inspectWebhooks(deps, account.id);
      if (!outcome.ok || (outcome.value.look?.findings.length ?? 0) > 0) wrong += 1;
      if (outcome.ok) await tell(account, outcome.value, { json, shell });
      else shell.tell(`${account.name}: ${outcome.error.message}`);
    }
    if (accounts.length === 0) shell.tell('No account is connected; see `textwright account connect --help`');
    if (wrong > 0) throw new CliError(`${count(wrong, 'account')} of ${accounts.length} not as it should be`);
  });
}

async function repair(reference: string, { newest, json }: RepairOptions, shell: Shell): Promise<void> {
  const { repairWebhooks } = await import('../webhooks/manage-webhooks.ts');
  const to = newest === true ? ({ generation: 'newest' } as const) : {};
  await change(reference, { json, shell }, (deps, order) => repairWebhooks(deps, { ...order, ...to }));
}

async function rotate(reference: string, options: RotateOptions, shell: Shell): Promise<void> {
  const { retireKeys, rotateKeys } = await import('../webhooks/manage-webhooks.ts');
  const telling = { json: options.json, shell };
  if (options.retire === true) return change(reference, telling, retireKeys);
  await change(reference, telling, async (deps, order) => {
    const account = (await deps.accounts()).find(({ id }) => id === order.id);
    if (account?.kind === 'twilio') return giveToken(deps, order, { options, shell });
    if (options.stdin === true)
      throw new UsageError('--stdin is for accounts at Twilio: the keys of this one are made at its gateway');
    return rotateKeys(deps, order);
  });
}

/** The gateway signs with what a person promotes in its console: this takes the token that will be, beside the one that is. */
async function giveToken(
  deps: Deps,
  order: { readonly id: string; readonly actor: string },
  { options, shell }: { readonly options: RotateOptions; readonly shell: Shell },
): Promise<Outcome<WebhookReport>> {
  const { refreshAccount } = await import('../gateways/connect-account.ts');
  const { showWebhooks } = await import('../webhooks/manage-webhooks.ts');
  shell.tell("1. In Twilio's console, under API keys & tokens, make a secondary Auth Token; the primary one goes on.");
  shell.tell('2. Give it here; it is tried at once, and both are taken from then on.');
  const newKey = await readKey('Secondary Auth Token', options, shell);
  const given = await refreshAccount(deps, { ...order, newKey });
  if (!given.ok) return given;
  shell.tell('3. Both are taken now. Promote the new one in the console: events are then signed with it.');
  shell.tell('4. When an event has come, end the old one with --retire, or leave it: it ends by itself a day later.');
  return showWebhooks(deps, order.id);
}

interface Telling {
  readonly json: true | undefined;
  readonly shell: Shell;
}

async function change(
  reference: string,
  telling: Telling,
  act: (deps: Deps, order: { readonly id: string; readonly actor: string }) => Promise<Outcome<WebhookReport>>,
): Promise<void> {
  const { actor, granted } = await import('./open-services.ts');
  await withAccounts(telling.shell, async (deps) => {
    const account = await named(reference, deps);
    const report = granted(await act(deps, { id: account.id, actor: actor().actor }));
    await tell(account, report, telling);
  });
}

async function named(reference: string, deps: Deps): Promise<AccountOverview> {
  const { parseId } = await import('../platform/ids.ts');
  return findAccount(await deps.accounts(), { reference, id: parseId('account', reference) });
}

async function tell(account: AccountOverview, report: WebhookReport, { json, shell }: Telling): Promise<void> {
  const { showWebhookReport } = await import('../http/routes/health-routes.ts');
  const { UNMASKED } = await import('../webhooks/mask-event.ts');
  const { showId } = await import('../platform/ids.ts');
  if (json)
    return shell.out.json({
      account: showId('account', account.id),
      name: account.name,
      ...showWebhookReport(report, UNMASKED),
    });
  const findings = report.look?.findings ?? [];
  await shell.out.lines(
    `${account.name}: ${standing(report)}`,
    ...findings.map(({ sentence, remedy }) => `  ${sentence} Repair: ${remedy}.`),
    ...(report.inDoubtSince === null
      ? []
      : [
          `  A change of the keys was begun at ${report.inDoubtSince.toString()}, and how it ended is not known. Next: textwright webhook repair "${account.name}".`,
        ]),
    ...(report.partsRefused.length === 0
      ? []
      : [`  The plan at the gateway does not have: ${report.partsRefused.join(', ')}.`]),
    ...(report.fallback === null
      ? []
      : [`  The newest events were refused to this key (${report.fallback}); failed texts are found by asking.`]),
    ...table(
      report.keys.map(({ signer, part, retireAt, lastSeenAt, mayRetire }) => [
        `  key ${signer}`,
        part,
        stateOf({ retireAt, mayRetire }, report.rotates),
        lastSeenAt === null ? 'no event yet' : `last event ${lastSeenAt.toString()}`,
      ]),
    ),
  );
}

function standing({ look, inDoubtSince }: WebhookReport): string {
  const found = look?.findings.length ?? 0;
  if (found > 0) return `${count(found, 'thing')} to repair`;
  return inDoubtSince === null ? 'all events are asked for, and come here' : 'the keys are in doubt';
}

/** Where a person promotes tokens, an old one ends only once the new one has signed. */
function stateOf(
  { retireAt, mayRetire }: Pick<WebhookKeyShown, 'retireAt' | 'mayRetire'>,
  rotates: WebhookReport['rotates'],
): string {
  if (retireAt === null) return 'signs';
  return rotates === 'here' || mayRetire ? `ends ${retireAt.toString()}` : 'taken until the new one signs';
}
