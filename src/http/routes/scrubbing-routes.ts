import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import { readScrubbing, type ScrubStatus } from '../../scrubbing/read-scrubbing.ts';
import { listScrubBatches, type ScrubBatch } from '../../scrubbing/scrub-batch-store.ts';
import { changeScrubSettings } from '../../scrubbing/scrub-settings.ts';
import { cancelScrub, startScrub } from '../../scrubbing/start-scrub.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/scrubbing.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

type ScrubbingServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'secrets' | 'jobs'>;

export function registerScrubbingRoutes(api: Api, services: ScrubbingServices): void {
  const { clock } = services;
  const { db } = services.database;
  const status = async () => ok(showScrubbing(await readScrubbing(db, clock.now())));

  api.handle(contract.getScrubbing, status);
  api.handle(contract.putScrubbing, async ({ body, caller }) => {
    const { monthlyQuota, requestsPerSecond, ...rest } = body;
    const input = { ...rest, allowance: { monthlyQuota, requestsPerSecond } };
    const changed = await changeScrubSettings({ ...services, db }, { input, actor: caller.actor });
    return changed.ok ? status() : changed;
  });
  api.handle(contract.listScrubBatches, async ({ query }) =>
    ok({ data: (await listScrubBatches(db, query.limit)).map(showScrubBatch) }),
  );
  api.effect(contract.startScrubbing, {
    effect: async (tx, { body, caller }) => shown(await startScrub(tx, services, { ...body, by: caller })),
  });
  api.handle(contract.cancelScrubbing, async ({ params, caller }) =>
    shown(await runTx(db, (tx) => cancelScrub(tx, services, { id: uuidOf('scrub', params.id), actor: caller.actor }))),
  );
}

const shown = (outcome: Outcome<ScrubBatch>) => (outcome.ok ? ok(showScrubBatch(outcome.value)) : outcome);

export const showScrubbing = ({ allowance, block, ...status }: ScrubStatus) => ({
  ...status,
  ...allowance,
  block: block === null ? null : { ...block, until: isoText(block.until) },
});

export const showScrubBatch = ({ counts, wait, ...batch }: ScrubBatch) => ({
  ...batch,
  ...counts,
  id: showId('scrub', batch.id),
  wait: wait === null ? null : { ...wait, until: isoText(wait.until) },
  createdAt: isoText(batch.createdAt),
  finishedAt: isoTextOrNull(batch.finishedAt),
});
