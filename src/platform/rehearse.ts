import { type Db, runTx, type Tx } from './database.ts';

/** Carried out and taken back: what it says is exactly what would happen. */
export async function rehearse<T>(db: Db, act: (tx: Tx) => Promise<T>): Promise<T> {
  let outcome: { readonly value: T } | undefined;
  try {
    await runTx(db, async (tx) => {
      outcome = { value: await act(tx) };
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  if (outcome === undefined) throw new Error('a rehearsal ended without an outcome');
  return outcome.value;
}

class TakenBack extends Error {}
