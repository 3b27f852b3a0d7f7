import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SendingPolicy } from '../business/sending-policy.ts';
import { defineDefaultConsent } from './default-consent.ts';
import { defineOptOutWording } from './opt-out-wording.ts';
import { repeatable, withExamples } from './options.ts';
import type { PolicyFlags } from './policy-flags.ts';
import { type Shell, UsageError } from './shell.ts';
import { table } from './words.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright settings sending-policy show', 'when and how often campaigns may text'],
    ['textwright settings sending-policy set --preset strict', 'narrower hours for all campaigns'],
  ]).description('What an owner sets for all campaigns');
  const policy = withExamples(command.command('sending-policy').helpCommand(false), [
    ['textwright settings sending-policy show --json', 'as the API gives it'],
    ['textwright settings sending-policy set --texts-per-person 2', 'campaign texts to one person in 24 hours'],
  ]).description('When and how often campaigns may text, beside the law');
  policy
    .command('show')
    .description('The policy in force')
    .option('--json', 'print it as JSON')
    .action((options: { readonly json?: true }) => show(options, shell));
  defineSet(policy.command('set'), shell);
  defineOptOutWording(command.command('opt-out-wording'), shell);
  defineDefaultConsent(command.command('default-consent'), shell);
}

function defineSet(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright settings sending-policy set --business-hours "Mon-Fri 09:00-17:00"', 'only while somebody is there'],
    ['textwright settings sending-policy set --blackout "TX 2026-12-24..2026-12-26 Ice storm"', 'nothing to Texas'],
    ['textwright settings sending-policy set --end-blackout "TX 2026-12-24"', 'takes that blackout away'],
  ])
    .description('Change what is named, leave the rest; running campaigns obey from their next turn on')
    .addOption(
      new Option('--preset <preset>', 'hours before the law of a state narrows them').choices([
        'standard',
        'strict',
        'federal_state',
      ]),
    )
    .option('--texts-per-person <n>', 'campaign texts to one person in any 24 hours, 1 to 20', wholeNumber)
    .option(
      '--business-hours <hours>',
      'days and hours in which campaigns may text; may be given several times',
      repeatable,
      [],
    )
    .option('--zone <zone>', 'of the business hours; the zone of the business when there were none')
    .option('--all-hours', 'take the business hours away')
    .option('--blackout <days>', 'state, days and reason; may be given several times', repeatable, [])
    .option(
      '--end-blackout <day>',
      'state and first day of one to take away; may be given several times',
      repeatable,
      [],
    )
    .option('--json', 'print the new policy as JSON')
    .action((options: PolicyFlags & { readonly json?: true }) => set(options, shell));
}

function wholeNumber(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

async function show({ json }: { readonly json?: true }, shell: Shell): Promise<void> {
  const { withServices } = await import('./open-services.ts');
  const { getSendingPolicy } = await import('../business/business-store.ts');
  const { policy, now } = await withServices(shell, async ({ database, clock }) => ({
    policy: await getSendingPolicy(database.db),
    now: clock.now(),
  }));
  const { showPolicy } = await import('../http/routes/sending-policy-routes.ts');
  await tell(showPolicy(policy, now), json, shell);
}

async function set({ json, ...flags }: PolicyFlags & { readonly json?: true }, shell: Shell): Promise<void> {
  const named = Object.values(flags).some((value) => !Array.isArray(value) || value.length > 0);
  if (!named) throw new UsageError('nothing to change: name at least one of the options');
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { changeSendingPolicy } = await import('../business/change-sending-policy.ts');
  const { changedPolicy } = await import('./policy-flags.ts');
  const { showPolicy } = await import('../http/routes/sending-policy-routes.ts');
  const shown = await withServices(shell, async (services) => {
    const { db } = services.database;
    const { zone } = await getBusiness(db);
    const order = { change: (before: SendingPolicy) => changedPolicy(before, flags, zone), actor: actor().actor };
    const policy = granted(await changeSendingPolicy({ ...services, db }, order));
    return showPolicy(policy, services.clock.now());
  });
  await tell(shown, json, shell);
}

type ShownPolicy = ReturnType<typeof import('../http/routes/sending-policy-routes.ts')['showPolicy']>;

async function tell(policy: ShownPolicy, json: true | undefined, shell: Shell): Promise<void> {
  for (const warning of policy.warnings) shell.tell(`Warning: ${warning}`);
  if (json) return shell.out.json(policy);
  const { businessHoursWords } = await import('../business/check-sending-policy.ts');
  const { businessHours, blackouts, messagesPerDay, preset, presets, tableVersion } = policy;
  const hours = presets.find((known) => known.preset === preset);
  const days = [
    ['weekdays', hours?.weekday],
    ['Saturday', hours?.saturday],
    ['Sunday', hours?.sunday],
  ] as const;
  await shell.out.lines(
    ...table([
      ['Preset', `${preset}: ${days.map(([day, open]) => `${day} ${open ?? 'closed'}`).join(', ')}`],
      [
        'Business hours',
        businessHours === null
          ? 'none: all hours that the law allows'
          : `${businessHoursWords(businessHours)} (${businessHours.zone})`,
      ],
      ['Texts per person', `${messagesPerDay} in any 24 hours; some states allow fewer`],
      ...blackouts.map(({ state, firstDay, lastDay, reason }) => [
        'Blackout',
        `${state} ${firstDay} to ${lastDay}: ${reason}`,
      ]),
      ['State rules', `version ${tableVersion}`],
    ]),
  );
}
