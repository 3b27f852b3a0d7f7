import { type Command, InvalidArgumentError } from 'commander';
import { countOption, withExamples } from './options.ts';
import type { Shell } from './shell.ts';
import type { DiscardOptions } from './webhook-discard.ts';
import { type FilterOptions, type ListOptions, withFilterOptions } from './webhook-event-options.ts';
import { defineFake } from './webhook-fake-command.ts';
import { defineManage } from './webhook-manage-command.ts';
import { defineProxy } from './webhook-proxy-command.ts';
import type { ReplayOptions } from './webhook-replay.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright webhook list --state failed', 'events that could not be applied'],
    ['textwright webhook replay --state failed --yes', 'apply them once more'],
    ['textwright webhook discard --type unreadable', 'which of them could be given up'],
    ['textwright webhook fake message.received --text STOP', 'post one event to the server on this machine'],
    ['textwright webhook fake --list', 'every type of event, with the generations that have it'],
    ['textwright webhook check', 'whether all events are asked for, at every account'],
  ]).description('The events that gateways post to this server');
  defineList(command.command('list'), shell);
  defineShow(command.command('show'), shell);
  defineReplay(command.command('replay'), shell);
  defineDiscard(command.command('discard'), shell);
  defineExport(command.command('export'), shell);
  defineFake(command.command('fake'), shell);
  defineManage(command, shell);
  defineProxy(command.command('proxy').helpCommand(false), shell);
}

function defineList(command: Command, shell: Shell): void {
  withFilterOptions(
    withExamples(command, [
      ['textwright webhook list --phone "(617) 555-0123" --since 2d', 'what came in about one person'],
      ['textwright webhook list --state failed --error "no lane" --json', 'for a program, one JSON object per line'],
    ]),
  )
    .description('Events that match, the newest first')
    .option('--limit <n>', 'at most this many; 50 without it', countOption)
    .option('--json', 'one JSON object per line')
    .action(async (options: ListOptions) => (await import('./webhook-events.ts')).listCommand(options, shell));
}

function defineShow(command: Command, shell: Shell): void {
  withExamples(command, [['textwright webhook show evt_0193f6c2a1b47c3d8e5f60718293a4b5 --json', 'for a program']])
    .description('One event with its payload, headers, history, and what it did')
    .argument('<event>', 'id, as "webhook list" prints it')
    .option('--json', 'print the event as one JSON object')
    .action(async (reference: string, options: { readonly json?: true }) =>
      (await import('./webhook-events.ts')).showCommand(reference, options, shell),
    );
}

function defineReplay(command: Command, shell: Shell): void {
  withFilterOptions(
    withExamples(command, [
      ['textwright webhook replay evt_0193f6c2a1b47c3d8e5f60718293a4b5', 'one event, at once'],
      ['textwright webhook replay --state failed', 'how many would be replayed, and which'],
      ['textwright webhook replay --state failed --yes --rate 200', 'replay them, 200 a second'],
      ['textwright webhook replay --cancel rpl_0193f6c2a1b47c3d8e5f60718293a4b5', 'end one that is under way'],
    ]),
  )
    .description('Apply events once more; without --yes a filter only says how many and which')
    .argument('[event]', 'id of one event, instead of a filter')
    .option('--all', 'every event there is')
    .option('--reason <text>', 'why, for the history', reasonOption)
    .option('--rate <n>', 'events a second, at most 500; 50 without it', rateOption)
    .option('--yes', 'do it, not only say what would be done')
    .option('--detach', 'do not wait for its end')
    .option('--cancel <replay>', 'replay nothing more of this one')
    .option('--json', 'print what would be done, or the replay, as one JSON object')
    .action(async (reference: string | undefined, options: ReplayOptions) =>
      (await import('./webhook-replay.ts')).replayCommand(reference, options, shell),
    );
}

function defineDiscard(command: Command, shell: Shell): void {
  withFilterOptions(
    withExamples(command, [
      ['textwright webhook discard evt_0193f6c2a1b47c3d8e5f60718293a4b5 --reason "not JSON"', 'one event, at once'],
      ['textwright webhook discard --type unreadable', 'how many would be discarded, and which'],
      ['textwright webhook discard --type unreadable --reason "a test of the provider" --yes', 'discard them'],
    ]),
  )
    .description('Give up events that rest as failed; without --yes a filter only says how many and which')
    .argument('[event]', 'id of one event, instead of a filter')
    .option('--all', 'every event that rests as failed')
    .option('--reason <text>', 'why, for the history', reasonOption)
    .option('--yes', 'do it, not only say what would be done')
    .option('--json', 'print what would be done, or what was done, as one JSON object')
    .action(async (reference: string | undefined, options: DiscardOptions) =>
      (await import('./webhook-discard.ts')).discardCommand(reference, options, shell),
    );
}

const RATE_MAX = 500;

function rateOption(text: string): number {
  const rate = countOption(text);
  if (rate <= RATE_MAX) return rate;
  throw new InvalidArgumentError(`Expected events a second, from 1 to ${RATE_MAX}.`);
}

const REASON_LENGTH_MAX = 300;

function reasonOption(text: string): string {
  const reason = text.trim();
  if (reason.length > 0 && reason.length <= REASON_LENGTH_MAX) return reason;
  throw new InvalidArgumentError(`Expected 1 to ${REASON_LENGTH_MAX} characters.`);
}

function defineExport(command: Command, shell: Shell): void {
  withFilterOptions(
    withExamples(command, [
      ['textwright webhook export --since 7d > events.jsonl', 'a week, one JSON object per line, payloads and all'],
    ]),
  )
    .description(
      'Every event that matches, with payload and headers, as JSON lines, the newest first; whole numbers and all',
    )
    .option('--limit <n>', 'at most this many; all of them without it', countOption)
    .action(async (options: FilterOptions & { readonly limit?: number }) =>
      (await import('./webhook-events.ts')).exportCommand(options, shell),
    );
}
