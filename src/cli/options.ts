import { type Command, InvalidArgumentError } from 'commander';

/** Puts examples in front of a command's help, each with what it does. */
export function withExamples(command: Command, examples: readonly (readonly [call: string, does: string])[]): Command {
  const width = Math.max(...examples.map(([call]) => call.length));
  const lines = examples.map(([call, does]) => `  ${call.padEnd(width)}   ${does}`);
  return command.addHelpText('before', `Examples:\n${lines.join('\n')}\n`);
}

/** Parser of options that count something. */
export function countOption(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}

/** Parser of options that may be given several times. */
export const repeatable = (text: string, before: readonly string[]): readonly string[] => [...before, text];
