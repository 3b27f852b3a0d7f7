/** `textwright import`: a CSV file into the contacts, or with `--dry-run` only what would come of it. */
import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { ImportRequest } from '../contacts/import-contacts.ts';
import type { ImportMapping } from '../contacts/import-mapping.ts';
import { type ImportTarget, isImportTarget, NAMED_TARGETS } from '../contacts/import-target.ts';
import { importReport, importSummary } from './import-summary.ts';
import { withExamples } from './options.ts';
import { CliError, type Shell } from './shell.ts';
import { sizeOf } from './source-file.ts';
import { count } from './words.ts';

interface ImportCommandOptions {
  readonly dryRun?: true;
  readonly map: ImportMapping;
  readonly tag: readonly string[];
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright import contacts.csv --dry-run', 'say what would happen, change nothing'],
    ['textwright import contacts.csv --tag "home show"', 'import, and tag everyone in the file'],
    ['textwright import leads.csv --map "Mobile Phone=phone" --map "Src=attribute:source"', 'say what columns are'],
  ])
    .description('Import contacts from a CSV file: all of it, or on an error nothing')
    .argument('<file>', 'comma, semicolon or tab separated; encoding and columns are found out')
    .option('--dry-run', 'read and check everything, write nothing')
    .option(
      '--map <column=field>',
      `a column, by header or number from 0, and its field: ${NAMED_TARGETS.join(', ')} or attribute:NAME (repeatable)`,
      addMapping,
      {},
    )
    .option('--tag <tag>', 'give this tag to every contact of the file (repeatable)', addTag, [])
    .option(
      '--json',
      'print {"rows","contacts","mergedRows","refusedRows","refusedByReason","refused":[{"line","value","reason"}]}',
    )
    .action((file: string, options: ImportCommandOptions) => importFile(file, options, shell));
}

/** The header may hold an equals sign, the field does not. */
function addMapping(text: string, before: ImportMapping): ImportMapping {
  const at = text.lastIndexOf('=');
  const column = text.slice(0, at).trim();
  const target = targetNamed(text.slice(at + 1).trim());
  if (at < 1 || column === '') throw new InvalidArgumentError('Expected COLUMN=FIELD, as in "Mobile Phone=phone".');
  if (target === undefined)
    throw new InvalidArgumentError(`No field is called that; expected ${NAMED_TARGETS.join(', ')} or attribute:NAME.`);
  return { ...before, [column]: target };
}

function targetNamed(text: string): ImportTarget | undefined {
  if (isImportTarget(text)) return text;
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');
  return NAMED_TARGETS.find((target) => plain(target) === plain(text));
}

const addTag = (text: string, before: readonly string[]): readonly string[] => {
  if (text.trim() === '' || text.length > 100) throw new InvalidArgumentError('Expected 1 to 100 characters.');
  return [...before, text];
};

async function importFile(file: string, options: ImportCommandOptions, shell: Shell): Promise<void> {
  const path = resolve(shell.workingDir, file);
  const sizeBytes = await sizeOf(path, file);
  const request: ImportRequest = {
    open: () => ({ chunks: createReadStream(path), sizeBytes }),
    mapping: options.map,
    addTags: options.tag,
    signal: shell.interruption(),
    onProgress: ({ rows, bytes }) =>
      shell.progress(`${count(rows, 'row')}, ${Math.floor((bytes / Math.max(1, sizeBytes)) * 100)}%`),
  };
  const { checkFile, refuseByHead, takeFile } = await import('./import-file.ts');
  const head = await refuseByHead(request);
  if (!head.ok) throw new CliError(`${file}: ${head.error.message}`);
  const done = options.dryRun
    ? await checkFile(shell, request)
    : await takeFile(shell, { ...request, fileName: basename(path), fileBytes: sizeBytes });
  shell.progress('');
  if (!done.ok) throw new CliError(`${file}: ${done.error.message}`);
  for (const warning of done.value.warnings) shell.tell(`Note: ${warning}`);
  if (options.json) await shell.out.json(importReport(done.value));
  else await shell.out.lines(...importSummary(done.value, { file, dryRun: options.dryRun === true }));
}
