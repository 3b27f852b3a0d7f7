import { recordAudit } from '../compliance/audit-store.ts';
import { type NoteDeps, noteExport } from '../compliance/note-export.ts';
import { runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import type { EventFilter } from './event-filter.ts';
import type { EventContent, ListedEvent } from './event-read-store.ts';
import { exportEvents } from './list-events.ts';

interface EventsOrder {
  readonly filter: EventFilter;
  readonly limit: number | undefined;
  readonly signal: AbortSignal;
  readonly actor: string;
}

type EventPages = AsyncGenerator<readonly (ListedEvent & EventContent)[]>;

/**
 * Events with whole numbers and payloads leave the house: the audit log has who asked for which before the first of them does, and how
 * many they were when it is over, also when the reader left in the middle.
 */
export async function exportEventsFor(services: NoteDeps, order: EventsOrder): Promise<EventPages> {
  const { actor, filter, limit } = order;
  const subject = showId('audit', services.newUuid());
  await noteExport(services, { actor, action: 'events.exported', subject, detail: { filter, limit: limit ?? null } });
  return countedPages(services, order, subject);
}

async function* countedPages({ db, clock, newUuid }: NoteDeps, order: EventsOrder, subject: string): EventPages {
  let rows = 0;
  let isWhole = false;
  try {
    for await (const page of exportEvents(db, order)) {
      rows += page.length;
      yield page;
    }
    isWhole = !order.signal.aborted;
  } finally {
    const detail = { rows, isWhole };
    const act = { id: newUuid(), at: clock.now(), actor: order.actor, subject, detail };
    await runTx(db, (tx) => recordAudit(tx, { ...act, action: 'events.export_ended' }));
  }
}
