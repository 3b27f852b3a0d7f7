import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { PASSWORD_MAX, PASSWORD_MIN } from '../team/team.ts';
import { withExamples } from './options.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { count } from './words.ts';

interface SetPasswordOptions {
  readonly stdin?: true;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright user set-password olivia@example.com', 'when the only owner cannot sign in any more'],
  ]).description('People who sign in; they are added and changed on the web pages, under Settings, Team');

  withExamples(command.command('set-password'), [
    ['textwright user set-password olivia@example.com', 'asks for it twice'],
    ['textwright user set-password olivia@example.com --stdin < password.txt', 'the first line is the password'],
  ])
    .description('Give a person a new password and end all their sessions')
    .argument('<email>', 'the e-mail address with which the person signs in')
    .option('--stdin', 'read the password from standard input')
    .option('--json', 'print {"email","role","active","endedSessions"}')
    .action((email: string, options: SetPasswordOptions) => setPasswordOf(email, options, shell));
}

async function setPasswordOf(email: string, { stdin, json }: SetPasswordOptions, shell: Shell): Promise<void> {
  const password = stdin ? firstLine(await text(shell.stdin())) : await askTwice(shell);
  if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX)
    throw new CliError(
      `the password: expected ${PASSWORD_MIN} to ${PASSWORD_MAX} characters, got ${password.length}; nothing was changed`,
    );
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { runTx } = await import('../platform/database.ts');
  const { hashNewPassword } = await import('../team/manage-members.ts');
  const { findMemberByEmail, listMembers } = await import('../team/member-store.ts');
  const { setPassword } = await import('../team/set-password.ts');
  const { member, endedSessions } = await withServices(shell, async ({ database: { db }, clock, newUuid }) => {
    const found = await findMemberByEmail(db, email);
    if (found === undefined) throw nobody(email, await listMembers(db));
    const passwordHash = await hashNewPassword(password);
    const change = { id: found.id, passwordHash, actor: actor().actor };
    return granted(await runTx(db, (tx) => setPassword(tx, { clock, newUuid }, change)));
  });
  const { role, active } = member;
  if (!active) shell.tell(`Note: ${member.email} was switched off; an owner must switch it on under Settings, Team`);
  if (json) await shell.out.json({ email: member.email, role, active, endedSessions });
  else
    await shell.out.lines(
      `${member.name} (${member.email}) has a new password; ${count(endedSessions, 'session')} ended.`,
    );
}

async function askTwice(shell: Shell): Promise<string> {
  if (shell.askSecretly === undefined)
    throw new UsageError('nobody can be asked here: add --stdin and give the password on standard input');
  const first = await shell.askSecretly('New password: ');
  const second = first === undefined ? undefined : await shell.askSecretly('Once more: ');
  if (first === undefined || second === undefined) throw new CliError('nothing was changed');
  if (first !== second) throw new CliError('nothing was changed: the two passwords differ; start again');
  return first;
}

const firstLine = (input: string): string => input.split(/\r?\n/)[0] ?? '';

function nobody(email: string, members: readonly { readonly email: string }[]): CliError {
  const known = members.map((member) => member.email).slice(0, SHOWN);
  return new CliError(
    known.length === 0
      ? `nobody signs in with ${email}, and nobody else does: open the web page to make the owner account`
      : `nobody signs in with ${email}; there are ${known.join(', ')}${members.length > SHOWN ? ' and others' : ''}`,
  );
}

const SHOWN = 10;
