import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type DiscardPreview, discardEvents, previewDiscard } from '../../webhooks/discard-events.ts';
import { UNMASKED } from '../../webhooks/mask-event.ts';
import type { Api } from '../api.ts';
import * as contract from '../contract/event-discards.ts';
import { selectionOf } from './replay-routes.ts';
import { showListed } from './webhook-event-routes.ts';

export function registerDiscardRoutes(api: Api, services: Pick<Services, 'database' | 'clock' | 'newUuid'>): void {
  const { db } = services.database;
  api.handle(contract.previewDiscard, async ({ body }) =>
    ok(showDiscardPreview(await previewDiscard(db, selectionOf(body)))),
  );
  api.effect(contract.discardEvents, {
    effect: (tx, { body, caller }) =>
      discardEvents(tx, services, { selection: selectionOf(body), reason: body.reason, by: caller }),
  });
}

export const showDiscardPreview = ({ sample, ...preview }: DiscardPreview) => ({
  ...preview,
  sample: sample.map((event) => showListed(event, UNMASKED)),
});
