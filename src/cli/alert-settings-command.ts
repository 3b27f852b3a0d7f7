import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import type { Severity } from '../alerts/alert.ts';
import type { AlertSettings, AlertSettingsInput } from '../alerts/alert-settings.ts';
import type { ShownAlertSettings } from '../alerts/change-alert-settings.ts';
import { repeatable, withExamples } from './options.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { table } from './words.ts';

export interface AlertFlags {
  readonly recipient: readonly string[];
  readonly owners?: true;
  readonly minimumSeverity?: Severity;
  readonly quietHours?: string;
  readonly allHours?: true;
  readonly pagerdutyKey?: true;
  readonly removePagerdutyKey?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright alert settings', 'shows them'],
    ['textwright alert settings --recipient dana@example.com --recipient max@example.com', 'these two, nobody else'],
    ['textwright alert settings --quiet-hours 22:00-07:00', 'mail below critical waits for the morning'],
    ['textwright alert settings --pagerduty-key < key.txt', 'the first line is the key; asks for it on a terminal'],
  ])
    .description('Who is told, and when; changes what is named and leaves the rest')
    .option(
      '--recipient <address>',
      'who gets the mail, in place of those before; may be given several times',
      repeatable,
      [],
    )
    .option('--owners', 'all owners get the mail')
    .addOption(
      new Option('--minimum-severity <severity>', 'less urgent alerts are shown and sent to nobody').choices([
        'info',
        'warning',
        'error',
        'critical',
      ]),
    )
    .option('--quiet-hours <hours>', 'in the zone of the business, like 22:00-07:00')
    .option('--all-hours', 'mail never waits')
    .option('--pagerduty-key', 'take the integration key of PagerDuty (Events API v2) from standard input')
    .option('--remove-pagerduty-key', 'tell PagerDuty no more')
    .option('--json', 'print the settings as JSON')
    .action((options: AlertFlags & { readonly json?: true }) => settings(options, shell));
}

async function settings({ json, ...flags }: AlertFlags & { readonly json?: true }, shell: Shell): Promise<void> {
  checkFlags(flags);
  const key = flags.pagerdutyKey === undefined ? undefined : await readKey(shell);
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { changeAlertSettings, showAlertSettings } = await import('../alerts/change-alert-settings.ts');
  const { openSecrets } = await import('./open-secrets.ts');
  const shown = await withServices(shell, async (services) => {
    const { db } = services.database;
    if (isChange(flags)) {
      const deps = { ...services, db, secrets: await openSecrets(services.config) };
      const change = (before: AlertSettings): AlertSettingsInput => changed(before, flags, key);
      granted(await changeAlertSettings(deps, { change, actor: actor().actor }));
    }
    return showAlertSettings(db, services.config);
  });
  if (json) await shell.out.json(shown);
  else await shell.out.lines(...table(rowsOf(shown)));
}

const isChange = ({ recipient, ...others }: AlertFlags): boolean =>
  recipient.length > 0 || Object.keys(others).length > 0;

function checkFlags({ recipient, owners, quietHours, allHours, pagerdutyKey, removePagerdutyKey }: AlertFlags): void {
  if (owners && recipient.length > 0) throw new UsageError('--owners: goes without --recipient; name one of the two');
  if (allHours && quietHours !== undefined)
    throw new UsageError('--all-hours: goes without --quiet-hours; name one of the two');
  if (pagerdutyKey && removePagerdutyKey)
    throw new UsageError('--remove-pagerduty-key: goes without --pagerduty-key; name one of the two');
}

function changed(before: AlertSettings, flags: AlertFlags, key: string | undefined): AlertSettingsInput {
  const { recipient, owners, minimumSeverity, quietHours, allHours, removePagerdutyKey } = flags;
  return {
    recipients: owners ? [] : recipient.length > 0 ? recipient : before.recipients,
    minimumSeverity: minimumSeverity ?? before.minimumSeverity,
    quietHours: allHours ? null : quietHours === undefined ? before.quietHours : hoursOf(quietHours),
    ...(removePagerdutyKey ? { pagerDutyKey: null } : key === undefined ? {} : { pagerDutyKey: key }),
  };
}

function hoursOf(words: string): NonNullable<AlertSettings['quietHours']> {
  const match = /^(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/.exec(words.trim());
  const [startHour = 0, startMinute = 0, endHour = 0, endMinute = 0] = (match ?? []).slice(1).map(Number);
  if (match === null || startMinute > 59 || endMinute > 59)
    throw new UsageError(`--quiet-hours: expected two times like 22:00-07:00, got "${words}"`);
  return { startMinute: startHour * 60 + startMinute, endMinute: endHour * 60 + endMinute };
}

/** Secrets are never in flags: from the person at the terminal, else the first line of standard input. */
async function readKey(shell: Shell): Promise<string> {
  const key =
    shell.askSecretly === undefined
      ? (await text(shell.stdin())).split(/\r?\n/)[0]
      : await shell.askSecretly('PagerDuty integration key: ');
  if (key === undefined || key.trim() === '') throw new CliError('no key was given; nothing was changed');
  return key.trim();
}

function rowsOf(shown: ShownAlertSettings): readonly (readonly string[])[] {
  const { recipients, owners, mailFrom, minimumSeverity, quietHours, pagerDutyKeySet } = shown;
  const who = recipients.length > 0 ? recipients.join(', ') : `all owners: ${owners.join(', ') || 'none yet'}`;
  return [
    ['Mail', mailFrom === null ? 'not set up: start with SMTP_URL and MAIL_FROM' : `from ${mailFrom} to ${who}`],
    ['PagerDuty', pagerDutyKeySet ? 'key set' : 'no key'],
    ['Least severity', minimumSeverity],
    [
      'Quiet hours',
      quietHours === null
        ? 'none'
        : `${clock(quietHours.startMinute)} to ${clock(quietHours.endMinute)}, but for critical`,
    ],
  ];
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
