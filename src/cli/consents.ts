import { getBusiness } from '../business/business-store.ts';
import { changeConsentValidity, changeDoubleOptIn } from '../compliance/change-consent-settings.ts';
import type { LedgerRow } from '../compliance/consent-ledger-store.ts';
import { type ConsentValidity, getConsentValidity } from '../compliance/consent-validity-store.ts';
import { eventSentence, KIND_WORDS } from '../compliance/consent-words.ts';
import { getDoubleOptIn } from '../compliance/double-opt-in-store.ts';
import { readValidityEffect, type ValidityEffect } from '../compliance/end-old-consents.ts';
import { exportConsents, listConsents } from '../compliance/list-consents.ts';
import { ledgerFilter } from '../http/contract/consent-ledger.ts';
import * as contract from '../http/contract/consents.ts';
import { filterOf, ledgerCsv, showLedgerRow } from '../http/routes/consent-ledger-routes.ts';
import { showId } from '../platform/ids.ts';
import { momentOf } from './campaign-sending.ts';
import { confirmByTyping } from './confirm.ts';
import { actor, type CliServices, granted, withServices } from './open-services.ts';
import { type Shell, UsageError } from './shell.ts';
import { count, printable, table } from './words.ts';

export interface Json {
  readonly json?: true;
}
export interface FilterFlags {
  readonly phone?: string;
  readonly action?: string;
  readonly kind?: string;
  readonly purpose?: string;
  readonly source?: string;
  readonly state?: string;
  readonly from?: string;
  readonly until?: string;
}
export interface LedgerFlags extends FilterFlags, Json {
  readonly limit: number;
}
export interface ValidityFlags extends Json {
  readonly express?: number | null;
  readonly expressWritten?: number | null;
  readonly alsoRecorded?: true;
  readonly onlyNew?: true;
  readonly dryRun?: true;
  readonly yes?: true;
}
export interface AskingFlags extends Json {
  readonly confirmWithin?: number;
  readonly askAgainAfter?: number;
}

const PAGE = 200;

export async function listCommand({ limit, json, ...filter }: LedgerFlags, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const query = await filterFrom(services, filter);
    const deps = { ...services, db: services.database.db };
    let cursor: string | undefined;
    for (let left = limit; left > 0; ) {
      const page = granted(await listConsents(deps, { filter: query, cursor, limit: Math.min(left, PAGE) }));
      if (json) for (const row of page.data) await shell.out.json(showLedgerRow(row));
      else await shell.out.lines(...page.data.map(rowLine));
      left -= page.data.length;
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
    }
    shell.tell(`Older events were left out: --limit ${limit * 2} shows more`);
  });
}

const rowLine = (row: LedgerRow): string =>
  `${row.recordedAt.toString()}  ${row.phone}  ${printable(eventSentence(row))}  ${showId('consent', row.id)}`;

export async function exportCommand(filter: FilterFlags, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const deps = { ...services, db: services.database.db };
    const pages = await exportConsents(deps, { filter: await filterFrom(services, filter), actor: actor().actor });
    for await (const piece of ledgerCsv(pages)) await shell.out.write(piece);
  });
}

/** Through the schema of the API, which says what each can be. */
async function filterFrom({ database }: CliServices, { from, until, ...same }: FilterFlags) {
  const { zone } = await getBusiness(database.db);
  const parsed = ledgerFilter.safeParse({
    ...same,
    ...(from === undefined ? {} : { from: momentOf('--from', from, zone) }),
    ...(until === undefined ? {} : { until: momentOf('--until', until, zone) }),
  });
  if (parsed.success) return filterOf(parsed.data);
  throw new UsageError(parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; '));
}

export async function validityCommand(flags: ValidityFlags, shell: Shell): Promise<void> {
  if (flags.alsoRecorded && flags.onlyNew) throw new UsageError('--also-recorded and --only-new say opposite things');
  const change = {
    express: flags.express,
    express_written: flags.expressWritten,
    alsoRecorded: flags.alsoRecorded === true ? true : flags.onlyNew === true ? false : undefined,
  };
  await withServices(shell, async (services) => {
    const { database, clock } = services;
    const before = await getConsentValidity(database.db);
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const wanted: ConsentValidity = { ...before, ...given };
    const effect = await readValidityEffect(database.db, wanted, clock.now());
    const changes = Object.keys(given).length > 0 && flags.dryRun !== true;
    if (!flags.json) await shell.out.lines(...validityLines(wanted, effect));
    const older = effect.express.older + effect.express_written.older;
    if (changes && wanted.alsoRecorded && older > 0)
      await confirmByTyping(shell, { expected: String(older), what: 'how many it excludes', yes: flags.yes === true });
    const now = changes
      ? await changeConsentValidity({ ...services, db: database.db }, { change, actor: actor().actor })
      : wanted;
    if (flags.json) await shell.out.json({ ...now, effect, changed: changes });
    else if (changes) shell.tell('Saved');
  });
}

const KINDS = ['express', 'express_written'] as const;

function validityLines(validity: ConsentValidity, effect: ValidityEffect): readonly string[] {
  const rows = KINDS.map((kind) => {
    const months = validity[kind];
    const { inForce, older } = effect[kind];
    return [
      KIND_WORDS[kind],
      months === null ? 'no end' : count(months, 'month'),
      `${older} of ${inForce} contacts are older`,
    ];
  });
  const older = effect.express.older + effect.express_written.older;
  return [
    ...table(rows),
    validity.alsoRecorded
      ? `Also for what was recorded before: this excludes ${count(older, 'contact')}, within minutes and for good`
      : 'What was recorded before keeps its end: this excludes nobody now',
  ];
}

export async function askingCommand({ confirmWithin, askAgainAfter, json }: AskingFlags, shell: Shell): Promise<void> {
  const { schema } = contract.changeDoubleOptIn.request.body.content['application/json'];
  const parsed = schema.safeParse({
    ...(confirmWithin === undefined ? {} : { confirmWithinDays: confirmWithin }),
    ...(askAgainAfter === undefined ? {} : { askAgainAfterDays: askAgainAfter }),
  });
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(({ message }) => message).join('; '));
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const settings =
      Object.keys(parsed.data).length === 0
        ? await getDoubleOptIn(db)
        : await changeDoubleOptIn({ ...services, db }, { change: parsed.data, actor: actor().actor });
    if (json) return shell.out.json(settings);
    await shell.out.lines(
      `An opt-in waits ${count(settings.confirmWithinDays, 'day')} for the YES`,
      `A number is asked once in ${count(settings.askAgainAfterDays, 'day')}`,
    );
  });
}
