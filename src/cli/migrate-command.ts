import { type Command, InvalidArgumentError } from 'commander';
import { sql } from 'kysely';
import { ROLE_NAME, readAppRights } from '../app-rights.ts';
import { systemClock } from '../platform/clock.ts';
import { type Db, errorCode } from '../platform/database.ts';
import { type Migration, migrateDown, migrateUp, type SchemaPlan } from '../platform/migrate.ts';
import { confirmByTyping } from './confirm.ts';
import { commandConfig, withDatabase } from './open-services.ts';
import { withExamples } from './options.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { count, table } from './words.ts';

interface MigrateOptions {
  readonly downTo?: number;
  readonly appRole?: string;
  readonly status?: true;
  readonly yes?: true;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright migrate', 'bring the schema to the newest version'],
    [
      'textwright migrate --app-role textwright_app',
      'and let the role that the program runs as do its work, and no more',
    ],
    ['textwright migrate --status', 'which migrations are applied'],
    ['textwright migrate --down-to 1', 'take the schema back; what is dropped is lost'],
  ])
    .description('Bring the database schema up to date')
    .option(
      '--app-role <name>',
      'give this role the rights of the program: it can then not change what was recorded',
      roleName,
    )
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

function roleName(text: string): string {
  if (!ROLE_NAME.test(text)) throw new InvalidArgumentError('Expected lower-case letters, digits and underscores.');
  return text;
}

interface MigrateReport {
  readonly version: number;
  readonly newest: number;
  readonly applied: readonly string[];
  readonly reverted: readonly string[];
}

async function migrate(options: MigrateOptions, shell: Shell): Promise<void> {
  const { downTo, appRole, status, json } = options;
  if (status && (downTo !== undefined || appRole !== undefined))
    throw new UsageError(
      `--status changes nothing and ${appRole === undefined ? '--down-to' : '--app-role'} does: choose one`,
    );
  const config = commandConfig(shell);
  if (appRole !== undefined && config.databaseUrl === undefined)
    throw new UsageError(
      '--app-role: the embedded database has its role already; this is for one that DATABASE_URL names',
    );
  await withDatabase({ shell, config }, ({ migrations, asOwner }) =>
    asOwner(async (db, plan) => {
      const report = status ? NOTHING_DONE : await change(db, { plan: await planFor(plan, appRole), options, shell });
      const version = await schemaVersion(db);
      if (json) await shell.out.json({ version, newest: migrations.length, ...report } satisfies MigrateReport);
      else await shell.out.lines(...(status ? statusLines(migrations, version) : doneLines(report, version)));
    }),
  ).catch((error: unknown) => {
    throw appRole === undefined ? error : explainRole(error, appRole);
  });
}

function explainRole(error: unknown, appRole: string): unknown {
  const code = errorCode(error);
  if (code === NO_SUCH_ROLE)
    return new CliError(`there is no role ${appRole}: make it first, as docs/guides/database-roles.md says`);
  return code === RAISED && error instanceof Error ? new CliError(error.message) : error;
}

const NO_SUCH_ROLE = '42704';
/** What migrations/app-role.sql itself refuses. */
const RAISED = 'P0001';

const planFor = async (plan: SchemaPlan, appRole: string | undefined): Promise<SchemaPlan> =>
  appRole === undefined ? plan : { ...plan, rights: await readAppRights(appRole) };

type Change = Pick<MigrateReport, 'applied' | 'reverted'>;
const NOTHING_DONE: Change = { applied: [], reverted: [] };

async function change(
  db: Db,
  input: { readonly plan: SchemaPlan; readonly options: MigrateOptions; readonly shell: Shell },
): Promise<Change> {
  const { plan, shell, options } = input;
  const { migrations } = plan;
  const { downTo } = options;
  if (downTo === undefined) {
    const applied = await migrateUp(db, { ...plan, now: systemClock.now() });
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
  const reverted = await migrateDown(db, { ...plan, toVersion: downTo });
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
