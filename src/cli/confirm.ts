import { CliError, type Shell, UsageError } from './shell.ts';

/** Asks a person to type something that only who has read the screen knows. Throws unless it was typed, or `yes` says it all. */
export async function confirmByTyping(
  shell: Shell,
  question: { readonly expected: string; readonly what: string; readonly yes: boolean },
): Promise<void> {
  const { expected, what, yes } = question;
  if (yes) return;
  if (!shell.canAsk)
    throw new UsageError('nobody can be asked here, and nothing was done: add --yes to go on without a question');
  const { isCancel, text } = await import('@clack/prompts');
  const typed = await text({
    message: `Type ${what} to go on (${expected}):`,
    output: process.stderr,
    signal: shell.interruption(),
  });
  if (isCancel(typed)) throw new CliError('nothing was done');
  if (typed.trim() !== expected) throw new CliError(`nothing was done: expected ${what} "${expected}", got "${typed}"`);
}
