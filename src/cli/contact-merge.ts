import { FIELD_WORDS } from '../contacts/contact.ts';
import { type Merge, mergeContacts, rehearseMerge } from '../contacts/merge-contacts.ts';
import { showMerge } from '../http/routes/contact-routes.ts';
import { runTx } from '../platform/database.ts';
import { confirmByTyping } from './confirm.ts';
import { findContact } from './find-contact.ts';
import { actor, granted, withServices } from './open-services.ts';
import type { Shell } from './shell.ts';
import { count, printable } from './words.ts';

export interface MergeFlags {
  readonly from: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

export async function mergeCommand(reference: string, flags: MergeFlags, shell: Shell): Promise<void> {
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const [into, from] = [await findContact(db, reference), await findContact(db, flags.from)];
    const request = { into: into.id, from: from.id, by: actor() };
    const rehearsed = granted(await rehearseMerge(db, services, request));
    if (flags.dryRun) {
      if (flags.json) await shell.out.json(showMerge(rehearsed));
      else await shell.out.lines(...mergeLines(rehearsed));
      shell.tell('Nothing was changed.');
      return;
    }
    if (!flags.json) shell.tell(mergeLines(rehearsed).join('\n'));
    await confirmByTyping(shell, { expected: from.phone, what: 'the number that ends', yes: flags.yes === true });
    const merged = granted(await runTx(db, (tx) => mergeContacts(tx, services, request)));
    if (flags.json) await shell.out.json(showMerge(merged));
    else shell.tell(`Merged into ${merged.contact.phone}.`);
  });
}

/** Attributes are called what they are called. */
const fieldWords = (name: string): string => Object.entries(FIELD_WORDS).find(([field]) => field === name)?.[1] ?? name;

const mergeLines = (merge: Merge): readonly string[] => [
  `${merge.contact.phone} stays and keeps its number; the contact ${merge.ended.phone} ends.`,
  `  filled in: ${merge.filled.length === 0 ? 'nothing' : printable(merge.filled.map(fieldWords).join(', '))}`,
  `  tags added: ${merge.addedTags.length === 0 ? 'none' : printable(merge.addedTags.join(', '))}`,
  `  taken over: ${[count(merge.conversations, 'conversation'), count(merge.texts, 'text'), count(merge.calls, 'call')].join(', ')}`,
  ...(merge.waitingEnded === 0
    ? []
    : [`  ${count(merge.waitingEnded, 'part')} in campaigns that waited will not be texted`]),
  ...(merge.optedOut.length === 0
    ? []
    : [`  opted out too, for the other number is: ${merge.optedOut.join(', ')}. Only the person can undo that`]),
  '  an opt-out later on, at either number, holds at both; START brings back only the number that it is texted from',
];
