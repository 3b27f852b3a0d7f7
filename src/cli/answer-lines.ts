import type { Result } from '../platform/result.ts';
import { type JsonObject, parseJsonLine, readLines } from './json-lines.ts';
import { CliError, type Shell } from './shell.ts';
import { count } from './words.ts';

type Answers = readonly Result<object, string>[];

/**
 * One line out for each line in, in order: `ask` is given what one chunk of the input held. A line that cannot be read is answered too,
 * and makes the exit code 1.
 */
export async function answerLines(
  shell: Shell,
  ask: (inputs: readonly JsonObject[]) => Answers | Promise<Answers>,
): Promise<void> {
  let line = 0;
  let unread = 0;
  for await (const batch of readLines(shell.stdin())) {
    const parsed = batch.map(parseJsonLine);
    const asked = (await ask(parsed.flatMap((each) => (each.ok ? [each.value] : [])))).values();
    let answers = '';
    for (const each of parsed) {
      line += 1;
      const answered = each.ok ? asked.next().value : each;
      if (answered === undefined) throw new Error(`line ${line}: was asked, and no answer came`);
      if (!answered.ok) unread += 1;
      answers += `${JSON.stringify(answered.ok ? answered.value : { error: { message: answered.error, line } })}\n`;
    }
    await shell.out.write(answers);
  }
  if (unread > 0) throw new CliError(`${count(unread, 'line')} of ${line} could not be read`);
}
