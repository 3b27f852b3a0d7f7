import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import type { EventFilter } from './event-filter.ts';
import type { EventContent, ListedEvent } from './event-read-store.ts';
import { exportEvents } from './list-events.ts';

/**
 * Events with whole numbers and payloads leave the house: the audit log has who asked for which before the first of them does, and how
 * many they were when it is over, also when the reader left in the middle.
 */
export async function* exportEventsFor(
  services: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  query: {
    readonly filter: EventFilter;
    readonly limit: number | undefined;
    readonly signal: AbortSignal;
    readonly actor: string;
  },
): AsyncGenerator<readonly (ListedEvent & EventContent)[]> {
  const { db, clock, newUuid } = services;
  const { actor, filter, limit } = query;
  const exportId: Uuid = newUuid();
  const note = (action: string, detail: object): Promise<void> =>
    runTx(db, (tx) =>
      recordAudit(tx, { id: newUuid(), at: clock.now(), actor, action, subject: showId('audit', exportId), detail }),
    );
  await note('events.export_started', { filter, limit: limit ?? null });
  let rows = 0;
  try {
    for await (const page of exportEvents(db, query)) {
      rows += page.length;
      yield page;
    }
  } finally {
    await note('events.exported', { rows });
  }
}
