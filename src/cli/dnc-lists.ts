import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { getBusiness } from '../business/business-store.ts';
import { checkNumber, recordExemption } from '../compliance/dnc-exemptions.ts';
import {
  createDncList,
  type DncListShown,
  readDncLists,
  readDncVersions,
  retireList,
} from '../compliance/dnc-lists.ts';
import type { DncVersion } from '../compliance/dnc-store.ts';
import { exportDncList, exportOurDoNotCall } from '../compliance/export-dnc.ts';
import { uploadDnc } from '../compliance/upload-dnc.ts';
import { createDncList as createContract, uploadQuery } from '../http/contract/dnc-lists.ts';
import {
  phoneOf,
  showDncList,
  showDncVersion,
  showExemption,
  showStanding,
  uploadOptions,
} from '../http/routes/dnc-routes.ts';
import { runTx } from '../platform/database.ts';
import { parseId, showId } from '../platform/ids.ts';
import { instant } from '../platform/time.ts';
import { momentOf } from './campaign-sending.ts';
import { confirmByTyping } from './confirm.ts';
import { actor, type CliServices, granted, withServices } from './open-services.ts';
import { parsed } from './parsed.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { sizeOf } from './source-file.ts';
import { count, printable, table } from './words.ts';

export interface Json {
  readonly json?: true;
}
export interface CreateFlags extends Json {
  readonly kind: string;
  readonly state?: string;
}
export interface UploadFlags extends Json {
  readonly asOf: string;
  readonly format: string;
  readonly column?: string;
  readonly columns?: string;
  readonly refusedMax: number;
  readonly mayBeSmaller?: true;
}
export interface ExemptFlags extends Json {
  readonly reason: string;
  readonly purchase?: string;
  readonly inquiry?: string;
  readonly until?: string;
}

export async function createCommand(name: string, { kind, state, json }: CreateFlags, shell: Shell): Promise<void> {
  const body = createContract.request.body.content['application/json'].schema;
  const input = parsed(body.safeParse({ kind, name, ...(state === undefined ? {} : { state }) }));
  await withServices(shell, async (services) => {
    const by = actor();
    const list = granted(
      await runTx(services.database.db, (tx) =>
        createDncList(tx, services, { ...input, state: input.state ?? null, by }),
      ),
    );
    if (json) await shell.out.json(showDncList(list));
    else await shell.out.lines(...listLines([list]));
  });
}

export async function uploadCommand(
  named: { readonly list: string; readonly file: string },
  { json, mayBeSmaller, ...flags }: UploadFlags,
  shell: Shell,
): Promise<void> {
  const path = resolve(shell.workingDir, named.file);
  const sizeBytes = await sizeOf(path, named.file);
  const query = { ...flags, fileName: basename(path), maySmaller: mayBeSmaller === true ? 'true' : 'false' };
  const options = granted(uploadOptions(parsed(uploadQuery.safeParse(query))));
  await withServices(shell, async (services) => {
    const list = await findList(services, named.list);
    const chunks = createReadStream(path, { highWaterMark: 1024 ** 2, signal: shell.interruption() });
    const version = granted(
      await uploadDnc(
        { ...services, db: services.database.db },
        {
          ...options,
          listId: list.id,
          chunks,
          by: actor(),
          onProgress: ({ lines }) =>
            shell.progress(
              `${count(lines, 'line')}, ${Math.floor((chunks.bytesRead / Math.max(1, sizeBytes)) * 100)}%`,
            ),
        },
      ),
    );
    shell.progress('');
    if (json) return shell.out.json(showDncVersion(version));
    await shell.out.lines(
      `"${list.name}" has ${count(version.numbers ?? 0, 'number')} of ${version.asOf.toString().slice(0, 10)} now (${count(version.lines, 'line')} read, ${version.refused} refused)`,
    );
  });
}

export async function statusCommand({ json }: Json, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database: { db }, clock }) => {
    const lists = await readDncLists(db, clock.now());
    if (json) for (const list of lists) await shell.out.json(showDncList(list));
    else if (lists.length === 0)
      await shell.out.lines(
        'There is no do-not-call list; textwright dnc create makes one, and nobody is checked without',
      );
    else await shell.out.lines(...listLines(lists));
    const bad = lists.filter(({ age, retiredAt }) => retiredAt === null && age === 'stale');
    if (bad.length > 0) throw new CliError(`too old: ${bad.map(({ name }) => name).join(', ')}`);
  });
}

const listLines = (lists: readonly DncListShown[]): readonly string[] =>
  table(
    lists.map(({ id, name, kind, state, numbers, asOf, sentence }) => [
      name,
      state === null ? kind : `${kind} ${state}`,
      count(numbers, 'number'),
      asOf === null ? 'no file' : `of ${asOf.toString().slice(0, 10)}`,
      sentence,
      showId('dncList', id),
    ]),
  );

export async function historyCommand(reference: string, { json }: Json, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const list = await findList(services, reference);
    const versions = granted(await readDncVersions(services.database.db, list.id, 50));
    if (json) for (const version of versions) await shell.out.json(showDncVersion(version));
    else await shell.out.lines(...table(versions.map(versionRow)));
  });
}

const versionRow = (version: DncVersion): readonly string[] => [
  version.createdAt.toString(),
  version.fileName,
  version.mode,
  version.state,
  `of ${version.asOf.toString().slice(0, 10)}`,
  version.error ?? count(version.numbers ?? 0, 'number'),
];

export async function exportCommand(reference: string | undefined, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const deps = { ...services, db: services.database.db };
    const by = actor();
    const pieces =
      reference === undefined
        ? await exportOurDoNotCall(deps, by)
        : granted(await exportDncList(deps, { id: (await findList(services, reference)).id, actor: by.actor }));
    for await (const piece of pieces) await shell.out.write(piece);
  });
}

export async function retireCommand(reference: string, { yes }: { readonly yes?: true }, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const list = await findList(services, reference);
    shell.tell(`Campaigns ask "${list.name}" (${count(list.numbers, 'number')}) no more`);
    await confirmByTyping(shell, { expected: list.name, what: 'its name', yes: yes === true });
    const by = actor();
    granted(await runTx(services.database.db, (tx) => retireList(tx, services, { id: list.id, by })));
    await shell.out.lines(`"${list.name}" is retired`);
  });
}

export async function checkCommand(text: string, { json }: Json, shell: Shell): Promise<void> {
  const phone = granted(phoneOf(text));
  await withServices(shell, async ({ database: { db } }) => {
    const standing = showStanding(phone, await checkNumber(db, phone));
    if (json) return shell.out.json(standing);
    await shell.out.lines(
      standing.listedOn.length === 0 ? `${phone} is on no list` : `${phone} is on:`,
      ...table(standing.listedOn.map(({ name, kind, asOf }) => [`  ${name}`, kind, `of ${asOf.slice(0, 10)}`])),
      ...standing.scrubbed.map(
        ({ service, checkedAt, codes }) =>
          `  ${service} said at ${checkedAt}: ${codes === '' ? 'on no list' : printable(codes)}`,
      ),
      ...standing.exemptions.map(
        ({ kind, reason, validUntil, endedAt, recordedBy }) =>
          `  exempt (${kind}) until ${endedAt ?? validUntil}: ${reason}, recorded by ${recordedBy}`,
      ),
    );
  });
}

export async function exemptCommand(text: string, flags: ExemptFlags, shell: Shell): Promise<void> {
  const phone = granted(phoneOf(text));
  const given = (['purchase', 'inquiry', 'until'] as const).filter((flag) => flags[flag] !== undefined);
  const [flag] = given;
  if (flag === undefined || given.length > 1) throw new UsageError('give one of --purchase, --inquiry and --until');
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const { zone } = await getBusiness(db);
    const at = instant(momentOf(`--${flag}`, flags[flag] ?? '', zone));
    const basis =
      flag === 'until' ? ({ kind: 'other', until: at } as const) : ({ kind: flag, happenedAt: at } as const);
    const by = actor();
    const made = granted(
      await runTx(db, (tx) => recordExemption(tx, services, { phone, reason: flags.reason, basis, by })),
    );
    if (flags.json) return shell.out.json(showExemption(made));
    await shell.out.lines(`${phone} is exempt from the registries until ${made.validUntil.toString()}`);
  });
}

async function findList({ database: { db }, clock }: CliServices, reference: string): Promise<DncListShown> {
  const lists = await readDncLists(db, clock.now());
  const id = parseId('dncList', reference);
  const found = lists.find((list) => list.id === id || list.name.toLowerCase() === reference.toLowerCase());
  if (found === undefined)
    throw new CliError(
      `no do-not-call list is called "${reference}"; there are ${lists.map(({ name }) => `"${name}"`).join(', ') || 'none'}`,
    );
  return found;
}
