import { sql } from 'kysely';
import { decideReview } from '../../src/conversations/settle-review.ts';
import { type Db, runTx } from '../../src/platform/database.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import { type Instant, MINUTE_MS, msBetween } from '../../src/platform/time.ts';
import type { PeopleChecks } from './check-people.ts';
import type { Plan } from './plan.ts';
import type { Product } from './product.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

/** A reply that may be an opt-out. */
export interface OpenReview {
  readonly id: Uuid;
  readonly phone: string;
  readonly saidAt: Instant;
  readonly dueAt: Instant;
}

/** Who reads replies that may be opt-outs: a person decides on the first of them, as the plan says, and nobody on the others. */
export function createReviewers(run: {
  readonly world: World;
  readonly db: Db;
  readonly plan: Plan;
  readonly product: Product;
  readonly tally: Tally;
  readonly checks: PeopleChecks;
}): { readonly look: () => Promise<void> } {
  const { world, db, plan, product, tally, checks } = run;
  const seen = new Set<Uuid>();

  const decide = ({ id, phone, dueAt }: OpenReview, { decision }: Plan['reviews']['decisions'][number]): void =>
    product.ask('decide on a reply', async (asked) => {
      // Too late changes nothing.
      if (decision === 'not_opt_out' && msBetween(world.now(), dueAt) > 0) checks.mayLetGo(phone);
      const decided = await runTx(asked.db, (tx) =>
        decideReview(tx, asked, { id, decision, by: { actor: 'operator', name: 'Operator' } }),
      );
      tally.count(decided.ok ? 'reply decided on' : 'reply decided on too late');
    });

  const whenOverdue = async ({ id }: OpenReview): Promise<void> => {
    const { rows } = await sql`select from opt_out_review where id = ${id} and decided_at is null`.execute(db);
    if (rows.length === 0) return;
    tally.count('reply that nobody decides on');
    product.everyMinute('reviews that nobody decided on');
  };

  return {
    async look() {
      const { rows } = await sql<OpenReview>`
        select id, phone, said_at, due_at from opt_out_review where decided_at is null order by id`.execute(db);
      for (const review of rows.filter(({ id }) => !seen.has(id))) {
        const planned = plan.reviews.decisions[seen.size];
        seen.add(review.id);
        checks.held(review);
        if (planned !== undefined)
          world.after(planned.afterMs, 'somebody decides on a reply', () => decide(review, planned));
        const untilDueMs = msBetween(world.now(), review.dueAt);
        world.after(untilDueMs + world.random.int(1, MINUTE_MS), 'the time to decide is over', () =>
          whenOverdue(review),
        );
      }
    },
  };
}
