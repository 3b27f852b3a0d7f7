import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { lockOpenEnrollments, readOpenTexts } from './guard-store.ts';
import { findByWords } from './our-words.ts';
import { sameWords } from './settle.ts';

/**
 * Whether a text to this number that the gateway lists, and whose id is not among ours, may all the same be one of ours: one whose
 * answer is not known, or one that still waits here and that somebody else has handed over. Both are settled by the holder of the
 * account (settle.ts, clone-guard.ts). The number is locked.
 */
export async function isOwnText(
  tx: Tx,
  listed: { readonly accountId: Uuid; readonly phone: string; readonly text: string },
): Promise<boolean> {
  const { accountId, phone, text } = listed;
  const open = await readOpenTexts(tx, accountId, [phone]);
  if (open.some(({ settles, body }) => settles || sameWords(body, text))) return true;
  return (await findByWords(tx, await lockOpenEnrollments(tx, phone), { to: [phone], text })) !== undefined;
}
