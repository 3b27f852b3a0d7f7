import type { ListedAudit } from '../compliance/audit-read-store.ts';
import { instant } from '../platform/time.ts';
import { momentOf } from './campaign-sending.ts';
import { actor, granted, withServices } from './open-services.ts';
import { CliError, type Shell } from './shell.ts';
import { count, printable } from './words.ts';

export interface ListFlags {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly phone?: string;
  readonly from?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly json?: true;
}

const PAGE_ROWS = 200;

export async function listCommand(flags: ListFlags, shell: Shell): Promise<void> {
  const { listAudit } = await import('../compliance/list-audit.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { showAudit, storedPhone } = await import('../http/routes/audit-routes.ts');
  const { limit = Number.POSITIVE_INFINITY, json, phone, from, until, actor, action, subject } = flags;
  await withServices(shell, async ({ database: { db } }) => {
    const { zone } = await getBusiness(db);
    const filter = {
      ...{ actor, action, subject },
      phone: phone === undefined ? undefined : storedPhone(phone),
      from: from === undefined ? undefined : instant(momentOf('--from', from, zone)),
      until: until === undefined ? undefined : instant(momentOf('--until', until, zone)),
    };
    const row = (entry: ListedAudit): string =>
      printable(
        [
          String(entry.seq ?? 'unsealed').padEnd(8),
          // With its year: the log goes back for good.
          entry.at.toString({ smallestUnit: 'second' }).padEnd(20),
          entry.action.padEnd(26),
          entry.subject.padEnd(36),
          entry.actorName ?? entry.actor,
        ].join('  '),
      );
    let left = limit;
    let cursor: string | undefined;
    do {
      const page = granted(await listAudit(db, { filter, cursor, limit: Math.min(left, PAGE_ROWS) }));
      if (json) await shell.out.json(...page.data.map(showAudit));
      else if (page.data.length > 0) await shell.out.lines(...page.data.map(row));
      left -= page.data.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && left > 0);
  });
}

export interface VerifyFlags {
  readonly expect?: { readonly seq: number; readonly hash: string };
  readonly json?: true;
}

export async function verifyCommand({ expect, json }: VerifyFlags, shell: Shell): Promise<void> {
  const { verifyAndNote } = await import('../compliance/note-verification.ts');
  const { roleSentence } = await import('../compliance/audit-guard.ts');
  const { verdictSentence } = await import('../compliance/audit-words.ts');
  const { showVerdict } = await import('../http/routes/audit-routes.ts');
  await withServices(shell, async ({ database: { db }, clock, newUuid }) => {
    const progress = (checked: number): void => shell.progress(`${count(checked, 'entry', 'entries')} checked`);
    const order = { expect, progress, actor: actor().actor, signal: shell.interruption() };
    const verdict = await verifyAndNote({ db, clock, newUuid }, order);
    shell.progress('');
    const { head, state } = verdict;
    if (json) await shell.out.json(showVerdict(verdict));
    else if (head.seq > 0) await shell.out.lines(`${head.seq}:${head.hash}`);
    if (state !== 'whole') throw new CliError(`the audit log is ${state}. ${verdictSentence(verdict)}`);
    shell.tell(`${verdictSentence(verdict)} ${roleSentence(verdict.databaseRole)}`);
    if (head.seq > 0) shell.tell('Note the head elsewhere: --expect holds the log against it later.');
  });
}

export interface ExportFlags {
  readonly after?: number;
}

export async function exportCommand({ after = 0 }: ExportFlags, shell: Shell): Promise<void> {
  const { exportAudit } = await import('../compliance/list-audit.ts');
  await withServices(shell, async ({ database: { db }, clock, newUuid }) => {
    const signal = shell.interruption();
    let done = 0;
    for await (const page of await exportAudit({ db, clock, newUuid }, { after, actor: actor().actor, signal })) {
      await shell.out.json(...page);
      done += page.length;
      shell.progress(count(done, 'entry', 'entries'));
    }
    shell.progress('');
    if (signal.aborted) throw new CliError(`interrupted after ${count(done, 'entry', 'entries')}`);
  });
}
