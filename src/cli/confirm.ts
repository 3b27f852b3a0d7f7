import { CliError, type Shell, UsageError } from './shell.ts';

/** Asks a person to type something that only who has read the screen knows. Throws unless it was typed, or `yes` says it all. */
export async function confirmByTyping(
  shell: Pick<Shell, 'ask'>,
  question: { readonly expected: string; readonly what: string; readonly yes: boolean },
): Promise<void> {
  const { expected, what, yes } = question;
  if (yes) return;
  if (shell.ask === undefined)
    throw new UsageError('nobody can be asked here, and nothing was done: add --yes to go on without a question');
  const typed = await shell.ask(`Type ${what} (${expected}) to go on: `);
  if (typed === undefined) throw new CliError('nothing was done');
  if (typed.trim() !== expected) throw new CliError(`nothing was done: expected ${what} "${expected}", got "${typed}"`);
}
