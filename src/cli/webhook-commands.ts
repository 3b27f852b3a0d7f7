import type { Command } from 'commander';
import { withExamples } from './options.ts';
import type { Shell } from './shell.ts';
import { defineFake } from './webhook-fake-command.ts';
import { defineManage } from './webhook-manage-command.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright webhook fake message.received --text STOP', 'post one event to the server on this machine'],
    ['textwright webhook fake --list', 'every type of event, with the generations that have it'],
    ['textwright webhook check', 'whether all events are asked for, at every account'],
  ]).description('The events that gateways post to this server');
  defineFake(command.command('fake'), shell);
  defineManage(command, shell);
}
