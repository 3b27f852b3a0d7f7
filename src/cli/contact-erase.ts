import { parsePhone } from '../contacts/phone.ts';
import { erasePerson, rehearseErasure } from '../evidence/erase-person.ts';
import { BEYOND_REACH, type Erasure } from '../evidence/erasure.ts';
import { showErasure } from '../http/routes/erasure-routes.ts';
import { runTx } from '../platform/database.ts';
import { confirmByTyping } from './confirm.ts';
import { actor, granted, withServices } from './open-services.ts';
import { type Shell, UsageError } from './shell.ts';
import { count, table } from './words.ts';

export interface EraseFlags {
  readonly reason: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** By number: also somebody who is no contact. */
export async function eraseCommand(number: string, flags: EraseFlags, shell: Shell): Promise<void> {
  const phone = parsePhone(number);
  if (!phone.ok) throw new UsageError(`"${number}" is not a US number such as (617) 555-0123`);
  const { reason, json } = flags;
  if (reason.trim().length < 3 || reason.length > 500) throw new UsageError('--reason: expected 3 to 500 characters');
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const request = { phone: phone.value, reason, by: actor() };
    const show = async (erasure: Erasure, id: string | null): Promise<void> => {
      if (json) await shell.out.json({ ...showErasure(erasure), id });
      else await shell.out.lines(...erasureLines(erasure));
    };
    const rehearsed = granted(await rehearseErasure(db, services, request));
    if (flags.dryRun) {
      await show(rehearsed, null);
      shell.tell('Nothing was changed.');
      return;
    }
    if (!json) shell.tell(erasureLines(rehearsed).join('\n'));
    await confirmByTyping(shell, { expected: phone.value, what: 'the number', yes: flags.yes === true });
    const erased = granted(await runTx(db, (tx) => erasePerson(tx, services, request)));
    if (json) await show(erased, showErasure(erased).id);
    else shell.tell(`Erased (${showErasure(erased).id}). The number stays opted out.`);
  });
}

function erasureLines({ removed, kept }: Erasure): readonly string[] {
  return [
    'Goes for good:',
    ...[
      count(removed.contacts, 'contact', 'contacts'),
      count(removed.conversations, 'conversation', 'conversations'),
      `the words and pictures of ${count(removed.texts, 'text', 'texts')}`,
      `${count(removed.calls, 'call', 'calls')} with ${count(removed.recordings, 'recording', 'recordings')}`,
      count(removed.events, 'raw event of the gateway', 'raw events of the gateway'),
      count(removed.validations, 'validation', 'validations'),
      `the content of ${count(removed.auditEntries, 'entry', 'entries')} of the audit log`,
    ].map((line) => `  ${line}`),
    'Stays without number, name and words:',
    ...table(
      kept.map(({ record, rows, reason, keepUntil }) => [
        `  ${record}`,
        String(rows),
        keepUntil === null ? 'as long as we text' : `until ${keepUntil.toString().slice(0, 10)}`,
        reason,
      ]),
    ),
    'Has to be removed elsewhere:',
    ...BEYOND_REACH.map((line) => `  ${line}`),
  ];
}
