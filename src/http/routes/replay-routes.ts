import { showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import type { EventFilter, EventSelection } from '../../webhooks/event-filter.ts';
import type { EventMask } from '../../webhooks/mask-event.ts';
import { UNMASKED } from '../../webhooks/mask-event.ts';
import {
  cancelReplay,
  getProgress,
  listReplays,
  previewReplay,
  type ReplayPreview,
  type ReplayProgress,
  startReplay,
} from '../../webhooks/replay-events.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/webhook-events.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';
import { maskFor, showListed, storedFilter } from './webhook-event-routes.ts';

export function registerReplayRoutes(
  api: Api,
  services: Pick<Services, 'database' | 'clock' | 'newUuid' | 'jobs'>,
): void {
  const { db } = services.database;
  api.handle(contract.previewReplay, async ({ body }) => ok(showPreview(await previewReplay(db, selectionOf(body)))));
  api.effect(contract.startReplay, {
    effect: async (tx, { body, caller }) => {
      const { reason, perSecond } = body;
      const started = await startReplay(tx, services, { selection: selectionOf(body), reason, perSecond, by: caller });
      return started.ok ? ok(showReplay(started.value, UNMASKED)) : started;
    },
  });
  api.handle(contract.listReplays, async ({ query, caller }) => {
    const page = await listReplays(db, { cursor: query.cursor, limit: query.limit });
    if (!page.ok) return page;
    return ok({ ...page.value, data: page.value.data.map((replay) => showReplay(replay, maskFor(caller))) });
  });
  api.handle(contract.getReplay, async ({ params, caller }) => {
    const found = await getProgress(db, uuidOf('replay', params.id));
    return found.ok ? ok(showReplay(found.value, maskFor(caller))) : found;
  });
  api.handle(contract.cancelReplay, async ({ params, caller }) => {
    const cancelled = await cancelReplay(db, services, { id: uuidOf('replay', params.id), by: caller });
    return cancelled.ok ? ok(showReplay(cancelled.value, UNMASKED)) : cancelled;
  });
}

interface SelectionBody {
  readonly eventIds?: readonly string[] | undefined;
  readonly filter?: EventFilter | undefined;
}

/** The body was checked: exactly one of the three is said, and without the other two it is all. */
export function selectionOf({ eventIds, filter = {} }: SelectionBody): EventSelection {
  if (eventIds !== undefined) return { kind: 'events', ids: eventIds.map((id) => uuidOf('event', id)) };
  return { kind: 'filter', filter: storedFilter(filter) };
}

export const showPreview = ({ sample, ...preview }: ReplayPreview) => ({
  ...preview,
  sample: sample.map((event) => showListed(event, UNMASKED)),
});

export const showReplay = (replay: ReplayProgress, mask: EventMask) => ({
  id: showId('replay', replay.id),
  eventIds: replay.selection.kind === 'events' ? replay.selection.ids.map((id) => showId('event', id)) : null,
  filter: replay.selection.kind === 'filter' ? shownFilter(replay.selection.filter, mask) : null,
  by: replay.actorName,
  reason: replay.reason === null ? null : mask.text(replay.reason, null),
  state: replay.state,
  perSecond: replay.perSecond,
  total: replay.total,
  totalIsLeast: replay.totalIsLeast,
  done: replay.done,
  waiting: replay.waiting,
  failed: replay.failed,
  createdAt: isoText(replay.createdAt),
  startedAt: isoTextOrNull(replay.startedAt),
  finishedAt: isoTextOrNull(replay.finishedAt),
});

const shownFilter = ({ accountId, phone, error, ...filter }: EventFilter, mask: EventMask) => ({
  ...filter,
  ...(accountId === undefined ? {} : { accountId: showId('account', accountId) }),
  ...(phone === undefined ? {} : { phone: mask.phone(phone) ?? '' }),
  ...(error === undefined ? {} : { error: mask.text(error, null) }),
});
