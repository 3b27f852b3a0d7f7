import { type Command, InvalidArgumentError, Option } from 'commander';
import { CAMPAIGN_STATES, ENROLLMENT_STATES } from '../campaigns/campaign.ts';
import { WAIT_REASONS } from '../campaigns/forecast.ts';
import type { ControlOptions } from './campaign-control.ts';
import type { CreateOptions } from './campaign-create.ts';
import type { EditOptions } from './campaign-edit.ts';
import type { LaunchOptions } from './campaign-launch.ts';
import type { AddPeopleOptions } from './campaign-people.ts';
import type { ListOptions, ShowOptions } from './campaign-read.ts';
import type { RecipientsOptions } from './campaign-recipients.ts';
import { countOption, repeatable, withExamples } from './options.ts';
import { withSendingFlags } from './sending-flags.ts';
import { withSettleFlags } from './settle-flags.ts';
import type { SettleOptions } from './settle-text.ts';
import type { Shell } from './shell.ts';

function campaignName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 200) throw new InvalidArgumentError('Expected 1 to 200 characters.');
  return name;
}

const REFERENCE = 'id, or name when only one campaign is called that';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright campaign create --name "Spring" --text "Hi {first_name|there}!" --tag estimate', 'make a draft'],
    ['textwright campaign launch "Spring" --dry-run', 'who would get it, at what cost'],
    ['textwright campaign pause "Spring"', 'hand nothing new over'],
  ]).description('Create, launch and control campaigns');
  defineReads(command, shell);
  definePeople(command.command('people'), shell);
  defineCreate(command.command('create'), shell);
  defineEdit(command.command('edit'), shell);
  defineLaunch(command.command('launch'), shell);
  defineControls(command, shell);
  defineAddPeople(command.command('add-people'), shell);
  defineSettle(command.command('settle'), shell);
}

function defineReads(command: Command, shell: Shell): void {
  withExamples(command.command('list'), [
    ['textwright campaign list --state running', 'what is going out'],
    ['textwright campaign list --json', 'all campaigns, one JSON object per line'],
  ])
    .description('Campaigns, the newest first')
    .addOption(new Option('--state <state>', 'in this state').choices(CAMPAIGN_STATES))
    .option('--search <text>', 'a part of the name')
    .option('--limit <n>', 'at most this many', countOption)
    .option('--json', 'one JSON object per line')
    .action(async (options: ListOptions) => (await import('./campaign-read.ts')).listCommand(options, shell));

  withExamples(command.command('show'), [['textwright campaign show "Spring"', 'how it is going']])
    .description('One campaign: progress, what it waits for, failures')
    .argument('<campaign>', REFERENCE)
    .option('--json', 'print one JSON object')
    .action(async (reference: string, options: ShowOptions) =>
      (await import('./campaign-read.ts')).showCommand(reference, options, shell),
    );
}

function definePeople(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright campaign people "Spring" --state failed', 'whom it could not text, with the reason'],
    ['textwright campaign people "Spring" --waits quiet_hours --json', 'who waits for their morning'],
  ])
    .description('The people of a campaign, each with why')
    .argument('<campaign>', REFERENCE)
    .addOption(new Option('--state <state>', 'in this state').choices(ENROLLMENT_STATES))
    .addOption(
      new Option('--waits <reason>', 'who waits for this; turn, cap and pace are the same people').choices(
        WAIT_REASONS,
      ),
    )
    .option('--limit <n>', 'at most this many', countOption)
    .option('--json', 'one JSON object per line')
    .action(async (reference: string, options: RecipientsOptions) =>
      (await import('./campaign-recipients.ts')).recipientsCommand(reference, options, shell),
    );
}

function defineCreate(command: Command, shell: Shell): void {
  const create = withExamples(command, [
    ['textwright campaign create --name "Spring" --text "Hi {first_name|there}!" --tag estimate', 'one text'],
    ['textwright campaign create --name "Test" --text "A=Hi!" --text "B=Hello!" --state MA', 'two variants'],
    ['textwright campaign create --name "News" --text "Hi {first_name|there}!" --all', 'to every contact'],
  ])
    .description('Make a draft; nothing is sent before its launch')
    .requiredOption('--name <name>', 'name of the campaign', campaignName)
    .requiredOption('--text <[label=]template>', 'text of a variant (repeatable)', repeatable, [])
    .option('--all', 'to every contact; without it give at least one of the conditions below');
  withSendingFlags(
    withConditions(create),
    'from this number: id, number or name (repeatable; default: every active one)',
  )
    .option('--json', 'print the draft as one JSON object')
    .action(async (options: CreateOptions) => (await import('./campaign-create.ts')).createCommand(options, shell));
}

const withConditions = (command: Command): Command =>
  command
    .option('--tag <tag>', 'to contacts with this tag (repeatable: any of them)', repeatable, [])
    .option('--state <state>', 'to contacts in this state (repeatable: any of them)', repeatable, [])
    .option('--city <city>', 'to contacts in this city (repeatable: any of them)', repeatable, [])
    .option('--not-contacted-days <n>', 'to contacts without a campaign text within these days', countOption);

function defineEdit(command: Command, shell: Shell): void {
  const edit = withExamples(command, [
    ['textwright campaign edit "Spring" --window 09:00-18:00 --max-per-hour 200', 'gentler, and in office hours'],
    ['textwright campaign edit "Spring" --finish-by 2026-11-20T17:00', 'spread evenly until then'],
    ['textwright campaign edit "Spring" --max-per-hour none', 'as fast as the numbers allow'],
  ])
    .description('Change how a draft, a running or a paused campaign sends; what is left out stays as it is')
    .argument('<campaign>', REFERENCE);
  withSendingFlags(edit, 'from this number and no other: id, number or name (repeatable)')
    .option('--json', 'print the campaign as one JSON object')
    .action(async (reference: string, options: EditOptions) =>
      (await import('./campaign-edit.ts')).editCommand(reference, options, shell),
    );
}

function defineLaunch(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright campaign launch "Spring" --dry-run', 'show who gets it, what it costs and when it ends'],
    ['textwright campaign launch "Spring"', 'the same, then ask for the name and start'],
    ['textwright campaign launch "Spring" --yes', 'start without a question, for scripts'],
  ])
    .description('Freeze the texts, enroll the audience and start sending')
    .argument('<campaign>', REFERENCE)
    .option('--without-consent <reason>', 'also text those who have not agreed as the law asks; kept for good')
    .option('--acknowledge <reason>', 'launch first texts that do not say who sends them or how to stop; kept for good')
    .option('--dry-run', 'show the review only; exit code 1 when it could not be launched')
    .option('--yes', 'do not ask; needed where nobody can answer')
    .option('--json', 'print the campaign, with --dry-run the review, as one JSON object')
    .action(async (reference: string, options: LaunchOptions) =>
      (await import('./campaign-launch.ts')).launchCommand(reference, options, shell),
    );
}

function defineControls(command: Command, shell: Shell): void {
  const control = (verb: 'pause' | 'resume' | 'cancel', description: string): Command =>
    withExamples(command.command(verb), [[`textwright campaign ${verb} "Spring"`, description.toLowerCase()]])
      .description(description)
      .argument('<campaign>', REFERENCE)
      .option('--json', 'print the campaign as one JSON object')
      .action(async (reference: string, options: ControlOptions) =>
        (await import('./campaign-control.ts')).controlCommand({ verb, reference, options }, shell),
      );
  control('pause', 'Hand nothing new over').option('--reason <text>', 'why, for whoever sees it paused');
  control('resume', 'Go on where it was paused');
  control('cancel', 'End it for good: who was not texted yet is left out')
    .option('--reason <text>', 'why, for whoever sees it cancelled')
    .option('--dry-run', 'only say how many people would be left out')
    .option('--yes', 'do not ask; needed where nobody can answer');
}

function defineAddPeople(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright campaign add-people "Spring" --new-matches --dry-run', 'who matches its audience by now'],
    ['textwright campaign add-people "Spring" --tag referral', 'everyone with a tag'],
    ['textwright campaign add-people "Spring" --contact "(617) 555-0123" --yes', 'one person, without a question'],
  ])
    .description('Add people to a campaign that runs or is paused; who is in it already stays as they are')
    .argument('<campaign>', REFERENCE)
    .option('--contact <contact>', 'this contact: number or id (repeatable)', repeatable, [])
    .option('--new-matches', 'whoever matches its own audience by now')
    .option('--all', 'every contact');
  withConditions(command)
    .option('--dry-run', 'only say who would be added')
    .option('--yes', 'do not ask; needed where nobody can answer')
    .option('--json', 'print {"added","alreadyIn","leftOut"} as one JSON object')
    .action(async (reference: string, options: AddPeopleOptions) =>
      (await import('./campaign-people.ts')).addPeopleCommand(reference, options, shell),
    );
}

function defineSettle(command: Command, shell: Shell): void {
  const settle = withExamples(command, [
    [
      'textwright campaign settle "Spring" --contact +16175550123 --outcome sent --reason "seen on the phone"',
      'it was sent',
    ],
    [
      'textwright campaign settle "Spring" --contact +16175550123 --outcome drop --reason "not in the portal"',
      'it was not, and is not sent any more',
    ],
  ])
    .description('Say what became of a text whose answer was lost, when you know and the gateway does not answer')
    .argument('<campaign>', REFERENCE)
    .requiredOption('--contact <contact>', 'number or id');
  withSettleFlags(settle, '{"contactId","state"}').action(
    async (reference: string, options: SettleOptions & { readonly contact: string }) =>
      (await import('./settle-text.ts')).settleOfCampaign(reference, options, shell),
  );
}
