import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { importOptOuts, type OptOutsRead, previewOptOuts, REFUSALS_MAX } from '../contacts/import-opt-outs.ts';
import { recordOptOut } from '../contacts/record-opt-out.ts';
import { phoneOf } from '../http/routes/dnc-routes.ts';
import { runTx } from '../platform/database.ts';
import { actor, granted, withServices } from './open-services.ts';
import { CliError, type Shell } from './shell.ts';
import { sizeOf } from './source-file.ts';
import { count, printable } from './words.ts';

export interface ImportFlags {
  readonly column?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Ends with 1 when a row was refused: whoever stands in it is not opted out. */
export async function importCommand(file: string, { column, dryRun, json }: ImportFlags, shell: Shell): Promise<void> {
  const path = resolve(shell.workingDir, file);
  const sizeBytes = await sizeOf(path, file);
  await withServices(shell, async (services) => {
    const chunks = createReadStream(path, { signal: shell.interruption() });
    const onProgress = ({ rows }: OptOutsRead): void =>
      shell.progress(`${count(rows, 'row')}, ${Math.floor((chunks.bytesRead / Math.max(1, sizeBytes)) * 100)}%`);
    const list = { fileName: basename(path), column, chunks, by: actor(), onProgress };
    const { db } = services.database;
    const read = granted(await (dryRun ? previewOptOuts(db, list) : importOptOuts({ ...services, db }, list)));
    shell.progress('');
    if (json) await shell.out.json(read);
    else
      await shell.out.lines(
        `${count(read.optedOut, 'number')} ${dryRun ? 'would be ' : ''}opted out, ${read.already} had asked before (${count(read.rows, 'row')} read)`,
        ...read.refusals.map(({ line, text, reason }) => `line ${line}: ${printable(text)}: ${reason}`),
        ...(read.refused > REFUSALS_MAX ? [`and ${read.refused - REFUSALS_MAX} more`] : []),
      );
    if (read.refused > 0)
      throw new CliError(`${count(read.refused, 'row')} could not be read; nobody in them is opted out`);
  });
}

export interface AddFlags {
  readonly note: string;
  readonly wrongNumber?: true;
  readonly json?: true;
}

export async function addCommand(number: string, flags: AddFlags, shell: Shell): Promise<void> {
  const phone = granted(phoneOf(number));
  const reason = flags.wrongNumber === true ? 'wrong_number' : 'opt_out';
  const input = { phone, reason, note: flags.note, saidAt: undefined, by: actor() } as const;
  await withServices(shell, async (services) => {
    const { already, since } = granted(await runTx(services.database.db, (tx) => recordOptOut(tx, services, input)));
    if (flags.json) await shell.out.json({ phone, already, since: since.toString() });
    else await shell.out.lines(already ? `${phone} is opted out since ${since.toString()}` : `${phone} is opted out`);
  });
}
