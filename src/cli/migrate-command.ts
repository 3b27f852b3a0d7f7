import { type Command, InvalidArgumentError } from 'commander';
import { sql } from 'kysely';
import { systemClock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { type Migration, migrateDown, migrateUp } from '../platform/migrate.ts';
import { confirmByTyping } from './confirm.ts';
import { commandConfig, withDatabase } from './open-services.ts';
import { withExamples } from './options.ts';
import { type Shell, UsageError } from './shell.ts';
import { count, table } from './words.ts';

interface MigrateOptions {
  readonly downTo?: number;
  readonly status?: true;
  readonly yes?: true;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright migrate', 'bring the schema to the newest version'],
    ['textwright migrate --status', 'which migrations are applied'],
    ['textwright migrate --down-to 1', 'take the schema back; what is dropped is lost'],
  ])
    .description('Bring the database schema up to date')
    .option('--status', 'only show which migrations are applied')
    .option('--down-to <version>', 'take the schema back to this version (0: empty)', wholeNumber)
    .option('--yes', 'do not ask before data is dropped')
    .option('--json', 'print {"version","newest","applied","reverted"}')
    .action((options: MigrateOptions) => migrate(options, shell));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('Expected a version such as 3.');
  return Number(text);
}

interface MigrateReport {
  readonly version: number;
  readonly newest: number;
  readonly applied: readonly string[];
  readonly reverted: readonly string[];
}

async function migrate(options: MigrateOptions, shell: Shell): Promise<void> {
  const { downTo, status, json } = options;
  if (status && downTo !== undefined) throw new UsageError('--status changes nothing and --down-to does: choose one');
  await withDatabase({ shell, config: commandConfig(shell) }, async ({ database: { db }, migrations }) => {
    const report = status ? NOTHING_DONE : await change(db, { migrations, options, shell });
    const version = await schemaVersion(db);
    if (json) await shell.out.json({ version, newest: migrations.length, ...report } satisfies MigrateReport);
    else await shell.out.lines(...(status ? statusLines(migrations, version) : doneLines(report, version)));
  });
}

type Change = Pick<MigrateReport, 'applied' | 'reverted'>;
const NOTHING_DONE: Change = { applied: [], reverted: [] };

async function change(
  db: Db,
  input: { readonly migrations: readonly Migration[]; readonly options: MigrateOptions; readonly shell: Shell },
): Promise<Change> {
  const { migrations, shell, options } = input;
  const { downTo } = options;
  if (downTo === undefined) {
    const applied = await migrateUp(db, { migrations, now: systemClock.now() });
    return { applied: applied.map(title), reverted: [] };
  }
  if (downTo > migrations.length)
    throw new UsageError(`--down-to ${downTo}: this program knows the versions 0 to ${migrations.length}`);
  const leaving = migrations.slice(downTo, await schemaVersion(db));
  if (leaving.length === 0) return NOTHING_DONE;
  shell.tell(`This reverts ${leaving.map(title).reverse().join(', ')}; what their tables hold is lost`);
  await confirmByTyping(shell, {
    expected: String(downTo),
    what: 'the version to go back to',
    yes: options.yes === true,
  });
  const reverted = await migrateDown(db, { migrations, toVersion: downTo });
  return { applied: [], reverted: reverted.map(title) };
}

const title = ({ version, name }: Migration): string => `${String(version).padStart(4, '0')}_${name}`;

/** 0 for a database that nothing was done to yet. */
async function schemaVersion(db: Db): Promise<number> {
  const { rows } = await sql<{ known: boolean }>`select to_regclass('schema_migration') is not null as known`.execute(
    db,
  );
  if (rows[0]?.known !== true) return 0;
  const applied = await sql<{ version: number }>`select count(*) as version from schema_migration`.execute(db);
  return applied.rows[0]?.version ?? 0;
}

const statusLines = (migrations: readonly Migration[], version: number): readonly string[] => [
  ...table(migrations.map((migration) => [title(migration), migration.version <= version ? 'applied' : 'not applied'])),
  version === migrations.length
    ? `The schema is up to date (version ${version}).`
    : `The schema is at version ${version} of ${migrations.length}: run \`textwright migrate\`.`,
];

function doneLines({ applied, reverted }: Change, version: number): readonly string[] {
  const moved = [...applied.map((name) => `applied ${name}`), ...reverted.map((name) => `reverted ${name}`)];
  return [
    ...moved,
    moved.length === 0
      ? `Nothing to do: the schema is at version ${version}.`
      : `${count(moved.length, 'migration')} done; the schema is at version ${version}.`,
  ];
}
