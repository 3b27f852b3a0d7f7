import { sql } from 'kysely';
import type { Db } from '../../src/platform/database.ts';
import { instantFromMs } from '../../src/platform/time.ts';

/** Two contacts became one: its number, and that of the one that is no more. */
export interface MergedNumbers {
  readonly stays: string;
  readonly ends: string;
}

interface Leads {
  readonly to: string;
  readonly sinceMs: number;
}

/** Who is one person by the merges that people were told of, until a number is a contact of its own again or either is erased. */
export function createSamePerson(db: Db): {
  merge(numbers: MergedNumbers, atMs: number): void;
  /** This one among them; alone where nobody was merged. */
  numbersOf(phone: string): Promise<readonly string[]>;
} {
  const leads = new Map<string, Leads>();
  const groupOf = (phone: string): readonly string[] => {
    const main = leads.get(phone)?.to ?? phone;
    return [main, ...[...leads].filter(([, { to }]) => to === main).map(([other]) => other)];
  };

  const forgetEnded = async (numbers: readonly string[]): Promise<void> => {
    for (const phone of numbers) {
      const lead = leads.get(phone);
      if (lead === undefined) continue;
      const { rows } = await sql`
        select from contact where phone = ${phone}
        union all select from erasure where number_key in (number_key(${phone}), number_key(${lead.to}))
          and erased_at >= ${instantFromMs(lead.sinceMs)}`.execute(db);
      if (rows.length > 0) leads.delete(phone);
    }
  };

  return {
    merge({ stays, ends }, atMs) {
      for (const [phone, { to }] of leads) if (to === ends) leads.set(phone, { to: stays, sinceMs: atMs });
      leads.set(ends, { to: stays, sinceMs: atMs });
      leads.delete(stays);
    },
    async numbersOf(phone) {
      const numbers = groupOf(phone);
      if (numbers.length === 1) return numbers;
      await forgetEnded(numbers);
      return groupOf(phone);
    },
  };
}
