import { type Command, Option } from 'commander';
import type { AlertWithNotices } from '../alerts/manage-alerts.ts';
import { define as defineSettings } from './alert-settings-command.ts';
import { withExamples } from './options.ts';
import { CliError, type Shell } from './shell.ts';
import { table } from './words.ts';

interface ListOptions {
  readonly state: 'open' | 'resolved' | 'all';
  readonly json?: true;
}

const SHOWN = 200;

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright alert list', 'what is wrong now, and who was told'],
    ['textwright alert settings --recipient dana@example.com', 'who is told by mail'],
    ['textwright alert test', 'whether it arrives'],
  ]).description('What is wrong, and who is told by mail and PagerDuty');

  withExamples(command.command('list'), [
    ['textwright alert list --state all', 'what is over too, newest first'],
    ['textwright alert list --json', 'one JSON object per line'],
  ])
    .description(`The newest ${SHOWN} alerts`)
    .addOption(new Option('--state <state>', 'which ones').choices(['open', 'resolved', 'all']).default('open'))
    .option('--json', 'one JSON object per line')
    .action((options: ListOptions) => list(options, shell));

  withExamples(command.command('test'), [['textwright alert test', 'one mail, one event for PagerDuty']])
    .description('Send a test through every channel that is set up; exit code 1 when one does not work')
    .option('--json', 'one JSON object per line')
    .action((options: { readonly json?: true }) => test(options, shell));

  defineSettings(command.command('settings'), shell);
}

async function list({ state, json }: ListOptions, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { listAlerts } = await import('../alerts/manage-alerts.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { data, zone } = await withServices(shell, async ({ database: { db } }) => ({
    ...granted(await listAlerts(db, { state, limit: SHOWN, cursor: undefined })),
    ...(await getBusiness(db)),
  }));
  const { showAlert } = await import('../http/routes/alert-routes.ts');
  const { localTime } = await import('../platform/calendar.ts');
  if (json) return shell.out.json(...data.map(showAlert));
  if (data.length === 0) return shell.tell(state === 'open' ? 'Nothing is wrong' : 'There are no such alerts');
  const lines = data.map((alert) => [
    alert.severity,
    localTime(alert.openedAt, zone),
    alert.resolvedAt === null ? openWords(alert) : `over ${localTime(alert.resolvedAt, zone)}`,
    alert.headline,
    toldWords(alert),
  ]);
  await shell.out.lines(...table([['SEVERITY', 'SINCE', 'STATE', 'ALERT', 'TOLD'], ...lines]));
}

const openWords = ({ acknowledgedBy }: AlertWithNotices): string =>
  acknowledgedBy === null ? 'open' : `open, ${acknowledgedBy} sees to it`;

/** "mail; pagerduty failed: PagerDuty answered 400". */
function toldWords({ deliveries }: AlertWithNotices): string {
  const openings = deliveries.filter(({ event, state }) => event === 'trigger' && state !== 'cancelled');
  const newest = new Map(openings.map((delivery) => [delivery.channel, delivery]));
  const words = [...newest.values()].map(({ channel, state, error }) =>
    state === 'sent' ? channel : `${channel} ${state}${error === null ? '' : `: ${error}`}`,
  );
  return words.length === 0 ? 'nobody' : words.join('; ');
}

async function test({ json }: { readonly json?: true }, shell: Shell): Promise<void> {
  const { actor, withServices } = await import('./open-services.ts');
  const { runTx } = await import('../platform/database.ts');
  const { auditTest, sendTestAlert } = await import('../alerts/test-alert.ts');
  const { openSecrets } = await import('./open-secrets.ts');
  const { serverAddress } = await import('./server-address.ts');
  const outcomes = await withServices(shell, async (services) => {
    const { database, config } = services;
    const { publicUrl } = await serverAddress(services);
    const deps = { ...services, db: database.db, secrets: await openSecrets(config), publicUrl };
    const sent = await sendTestAlert(deps, actor());
    await runTx(database.db, (tx) => auditTest(tx, services, { actor: actor().actor, outcomes: sent }));
    return sent;
  });
  if (outcomes.length === 0)
    throw new CliError(
      'no channel is set up: start with SMTP_URL and MAIL_FROM for mail, or give a key with `textwright alert settings --pagerduty-key`',
    );
  if (json) await shell.out.json(...outcomes);
  else
    await shell.out.lines(
      ...table(outcomes.map(({ channel, ok, detail }) => [channel, ok ? 'sent' : 'FAILED', detail])),
    );
  const failed = outcomes.filter(({ ok }) => !ok).map(({ channel }) => channel);
  if (failed.length > 0) throw new CliError(`the test did not go out by ${failed.join(' and ')}`);
}
