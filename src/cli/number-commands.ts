import { type Command, Option } from 'commander';
import type { Uuid } from '../platform/ids.ts';
import type { ValidationBatch } from '../validation/batch-store.ts';
import { ITEM_OUTCOMES } from '../validation/decide-offline.ts';
import type { ValidationStatus } from '../validation/read-validation.ts';
import type { OutcomeFilter } from '../validation/validated-number-store.ts';
import { countOption, withExamples } from './options.ts';
import { type Shell, UsageError } from './shell.ts';
import { count, printable, table } from './words.ts';

const BATCH = 'val_0193f6c2a1b47c3d8e5f60718293a4b5';
const BATCHES_SHOWN = 10;

interface ValidateOptions {
  readonly all?: true;
  readonly import?: string;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright number status', 'quotas, who is left out, and what is under way'],
    ['textwright number validate --all', 'ask about every contact of whom no answer is known'],
    [`textwright number export ${BATCH} --outcome landline`, 'which of its numbers are landlines'],
    [`textwright number cancel ${BATCH}`, 'ask about no more numbers of this batch'],
  ]).description('Ask services what kind of numbers the contacts have: mobile, landline, VoIP, not in use');

  command
    .command('status')
    .description('The services with their quotas, the policy, and the newest batches')
    .option('--limit <n>', 'at most this many batches', countOption)
    .option('--json', 'one JSON object: "status" and "batches"')
    .action((options: { readonly limit?: number; readonly json?: true }) => status(options, shell));

  withExamples(command.command('validate'), [
    ['textwright number validate --all', 'every contact without an answer that is new enough'],
    ['textwright number validate --import imp_0193f6c2a1b47c3d8e5f60718293a4b5', 'the contacts of one import'],
  ])
    .description('Begin a batch; the server works on it, at the rate and within the quota of the settings')
    .option('--all', 'every contact of whom no answer is known')
    .option('--import <id>', 'the contacts that one import has made')
    .option('--json', 'print the batch as one JSON object')
    .action((options: ValidateOptions) => validate(options, shell));

  command
    .command('export')
    .description('The numbers of a batch as CSV, with what became of each')
    .argument('<batch>', 'id, as "number status" prints it')
    .addOption(new Option('--outcome <outcome>', 'only these').choices([...ITEM_OUTCOMES, 'waiting']))
    .action((reference: string, { outcome }: { readonly outcome?: OutcomeFilter }) =>
      exportNumbers(reference, outcome, shell),
    );

  command
    .command('cancel')
    .description('End a batch; what was answered stays known')
    .argument('<batch>', 'id, as "number status" prints it')
    .option('--json', 'print the batch as one JSON object')
    .action((reference: string, options: { readonly json?: true }) => cancel(reference, options, shell));
}

async function status(
  { limit = BATCHES_SHOWN, json }: { readonly limit?: number; readonly json?: true },
  shell: Shell,
): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { listValidations, readValidation } = await import('../validation/read-validation.ts');
  const { showStatus, showValidation } = await import('../http/routes/number-validation-routes.ts');
  await withServices(shell, async ({ database: { db }, clock }) => {
    const found = await readValidation(db, clock.now());
    const batches = granted(await listValidations(db, { importId: undefined, cursor: undefined, limit })).data;
    if (json) return shell.out.json({ status: showStatus(found), batches: batches.map(showValidation) });
    await shell.out.lines(...table(statusRows(found)));
    await printBatches(batches, shell);
  });
}

async function validate({ all, import: reference, json }: ValidateOptions, shell: Shell): Promise<void> {
  if ((all === undefined) === (reference === undefined))
    throw new UsageError('say which numbers: --all, or --import with the id of an import');
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { parseId } = await import('../platform/ids.ts');
  const { runTx } = await import('../platform/database.ts');
  const { getImport } = await import('../contacts/import-files.ts');
  const { getBatch } = await import('../validation/batch-store.ts');
  const { startContactsBatch, startImportBatch } = await import('../validation/start-batch.ts');
  const importId = reference === undefined ? undefined : parseId('import', reference);
  if (reference !== undefined && importId === undefined) throw new UsageError(`"${reference}" is no id of an import`);
  await withServices(shell, async (services) => {
    const { db } = services.database;
    if (importId !== undefined) granted(await getImport(db, importId));
    const by = actor().actor;
    const id = granted(
      await runTx(db, (tx) =>
        importId === undefined
          ? startContactsBatch(tx, services, by)
          : startImportBatch(tx, services, { importId, actor: by }),
      ),
    );
    const batch = await getBatch(db, id);
    if (batch !== undefined) await printBatches([batch], shell, json);
    shell.tell('A server that runs takes it up within a minute.');
  });
}

async function cancel(reference: string, { json }: { readonly json?: true }, shell: Shell): Promise<void> {
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { parseId } = await import('../platform/ids.ts');
  const { runTx } = await import('../platform/database.ts');
  const { cancelBatch } = await import('../validation/start-batch.ts');
  const id = parsedBatch(parseId('validation', reference), reference);
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const batch = granted(await runTx(db, (tx) => cancelBatch(tx, services, { id, actor: actor().actor })));
    await printBatches([batch], shell, json);
  });
}

function parsedBatch(id: Uuid | undefined, reference: string): Uuid {
  if (id === undefined) throw new UsageError(`"${reference}" is no id like ${BATCH}`);
  return id;
}

async function exportNumbers(reference: string, outcome: OutcomeFilter | undefined, shell: Shell): Promise<void> {
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { parseId } = await import('../platform/ids.ts');
  const { exportValidatedNumbers } = await import('../validation/list-numbers.ts');
  const batchId = parsedBatch(parseId('validation', reference), reference);
  await withServices(shell, async (services) => {
    const deps = { ...services, db: services.database.db };
    const pieces = granted(await exportValidatedNumbers(deps, { batchId, outcome, actor: actor().actor }));
    for await (const piece of pieces) if (piece !== '') await shell.out.lines(piece.replace(/\r\n$/, ''));
  });
}

async function printBatches(batches: readonly ValidationBatch[], shell: Shell, json?: true): Promise<void> {
  const { showValidation } = await import('../http/routes/number-validation-routes.ts');
  const shown = batches.map(showValidation);
  if (json) return shell.out.json(...shown);
  for (const { id, source, state, done, total, outcomes, wait } of shown) {
    const told = Object.entries(outcomes).filter(([, many]) => many > 0);
    await shell.out.lines(
      printable(`${id}  ${source}, ${state}, ${done} of ${count(total, 'number')}`),
      ...(told.length === 0 ? [] : [`  ${told.map(([kind, many]) => `${many} ${kind.replace('_', '-')}`).join(', ')}`]),
      ...(wait === null ? [] : [printable(`  waits until ${wait.until}: ${wait.message}`)]),
    );
  }
}

const statusRows = (found: ValidationStatus): readonly (readonly string[])[] => [
  ...found.validators.map(({ name, keySet, askedThisMonth, monthlyQuota, requestsPerSecond, block }) => [
    name,
    keySet ? `${askedThisMonth} of ${monthlyQuota} requests this month, ${requestsPerSecond} a second` : 'no key',
    block === null ? '' : printable(`not asked until ${block.until.toString()}: ${block.message}`),
  ]),
  ['imports', found.importMode, ''],
  ['left out', excluded(found).join(', ') || 'nobody', ''],
  ['contacts', `${found.unverifiedContacts} of ${found.contacts} unverified`, ''],
];

const excluded = ({ excludes }: ValidationStatus): readonly string[] =>
  Object.entries(excludes).flatMap(([what, out]) => (out ? [what === 'tollFree' ? 'toll-free' : what] : []));
