import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CampaignState } from '../campaigns/campaign.ts';
import type { ControlOptions } from './campaign-control.ts';
import type { CreateOptions } from './campaign-create.ts';
import type { LaunchOptions } from './campaign-launch.ts';
import type { ListOptions, ShowOptions } from './campaign-read.ts';
import { countOption, repeatable, withExamples } from './options.ts';
import type { Shell } from './shell.ts';

const STATES = ['draft', 'running', 'paused', 'completed', 'cancelled'] as const satisfies readonly CampaignState[];
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
  defineCreate(command.command('create'), shell);
  defineLaunch(command.command('launch'), shell);
  defineControls(command, shell);
}

function defineReads(command: Command, shell: Shell): void {
  withExamples(command.command('list'), [
    ['textwright campaign list --state running', 'what is going out'],
    ['textwright campaign list --json', 'all campaigns, one JSON object per line'],
  ])
    .description('Campaigns, the newest first')
    .addOption(new Option('--state <state>', 'in this state').choices(STATES))
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

function defineCreate(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright campaign create --name "Spring" --text "Hi {first_name|there}!" --tag estimate', 'one text'],
    ['textwright campaign create --name "Test" --text "A=Hi!" --text "B=Hello!" --state MA', 'two variants'],
    ['textwright campaign create --name "News" --text "Hi {first_name|there}!" --all', 'to every contact'],
  ])
    .description('Make a draft; nothing is sent before its launch')
    .requiredOption('--name <name>', 'name of the campaign', campaignName)
    .requiredOption('--text <[label=]template>', 'text of a variant (repeatable)', repeatable, [])
    .option('--all', 'to every contact; without it give at least one of the conditions below')
    .option('--tag <tag>', 'to contacts with this tag (repeatable: any of them)', repeatable, [])
    .option('--state <state>', 'to contacts in this state (repeatable: any of them)', repeatable, [])
    .option('--city <city>', 'to contacts in this city (repeatable: any of them)', repeatable, [])
    .option('--not-contacted-days <n>', 'to contacts without a campaign text within these days', countOption)
    .option(
      '--lane <lane>',
      'from this number: id, number or name (repeatable; default: every active one)',
      repeatable,
      [],
    )
    .option('--json', 'print the draft as one JSON object')
    .action(async (options: CreateOptions) => (await import('./campaign-create.ts')).createCommand(options, shell));
}

function defineLaunch(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright campaign launch "Spring" --dry-run', 'show who gets it, what it costs and when it ends'],
    ['textwright campaign launch "Spring"', 'the same, then ask for the name and start'],
    ['textwright campaign launch "Spring" --yes', 'start without a question, for scripts'],
  ])
    .description('Freeze the texts, enroll the audience and start sending')
    .argument('<campaign>', REFERENCE)
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
