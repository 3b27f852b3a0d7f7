import { runTx } from '../../platform/database.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import { type Finding, getRunView, listFindings, listRuns, type RunView } from '../../reconciliation/list-runs.ts';
import { cancelRun, startRun } from '../../reconciliation/start-run.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/reconciliations.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

export function registerReconciliationRoutes(
  api: Api,
  services: Pick<Services, 'database' | 'clock' | 'newUuid'>,
): void {
  const { clock } = services;
  const { db } = services.database;
  const shown = async (outcome: Outcome<RunView>) => (outcome.ok ? ok(showRun(outcome.value)) : outcome);

  api.handle(contract.listReconciliations, async ({ query }) => {
    const { accountId, cursor, limit } = query;
    const page = await listRuns(db, {
      accountId: accountId === undefined ? undefined : uuidOf('account', accountId),
      cursor,
      limit,
      now: clock.now(),
    });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showRun) }) : page;
  });
  api.handle(contract.getReconciliation, async ({ params }) =>
    shown(await getRunView(db, uuidOf('reconciliation', params.id), clock.now())),
  );
  api.handle(contract.listFindings, async ({ params, query }) => {
    const { settled, cursor, limit } = query;
    const page = await listFindings(db, {
      runId: uuidOf('reconciliation', params.id),
      settled: settled === undefined ? undefined : settled === 'yes',
      cursor,
      limit,
    });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showFinding) }) : page;
  });
  api.effect(contract.startReconciliation, {
    effect: async (tx, { body, caller }) => {
      const started = await startRun(tx, services, {
        accountId: uuidOf('account', body.accountId),
        kind: 'manual',
        since: instant(body.since),
        until: body.until === undefined ? clock.now() : instant(body.until),
        actor: caller.actor,
      });
      return started.ok ? shown(await getRunView(tx, started.value, clock.now())) : started;
    },
  });
  api.handle(contract.cancelReconciliation, async ({ params, caller }) => {
    const id: Uuid = uuidOf('reconciliation', params.id);
    const cancelled = await runTx(db, (tx) => cancelRun(tx, services, { id, actor: caller.actor }));
    return cancelled.ok ? shown(await getRunView(db, id, clock.now())) : cancelled;
  });
}

export const showRun = (run: RunView) => ({
  ...run,
  id: showId('reconciliation', run.id),
  accountId: showId('account', run.accountId),
  since: isoText(run.since),
  until: isoText(run.until),
  retryAt: isoTextOrNull(run.retryAt),
  createdAt: isoText(run.createdAt),
  startedAt: isoTextOrNull(run.startedAt),
  finishedAt: isoTextOrNull(run.finishedAt),
});

export const showFinding = ({ laneId: _, ...finding }: Finding) => ({
  ...finding,
  at: isoText(finding.at),
  conversationId: finding.conversationId === null ? null : showId('conversation', finding.conversationId),
});
