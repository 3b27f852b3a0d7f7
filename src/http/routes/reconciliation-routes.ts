import { runTx } from '../../platform/database.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import { type Finding, getRunView, listFindings, listRuns, type RunView } from '../../reconciliation/list-runs.ts';
import { cancelRun, startRun } from '../../reconciliation/start-run.ts';
import type { Services } from '../../services.ts';
import { type EventMask, UNMASKED } from '../../webhooks/mask-event.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/reconciliations.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';
import { maskFor } from './webhook-event-routes.ts';

export function registerReconciliationRoutes(
  api: Api,
  services: Pick<Services, 'database' | 'clock' | 'newUuid'>,
): void {
  const { clock } = services;
  const { db } = services.database;
  const shown = async (outcome: Outcome<RunView>, mask: EventMask) =>
    outcome.ok ? ok(showRun(outcome.value, mask)) : outcome;

  api.handle(contract.listReconciliations, async ({ query, caller }) => {
    const { accountId, cursor, limit } = query;
    const page = await listRuns(db, {
      accountId: accountId === undefined ? undefined : uuidOf('account', accountId),
      cursor,
      limit,
      now: clock.now(),
    });
    return page.ok ? ok({ ...page.value, data: page.value.data.map((run) => showRun(run, maskFor(caller))) }) : page;
  });
  api.handle(contract.getReconciliation, async ({ params, caller }) =>
    shown(await getRunView(db, uuidOf('reconciliation', params.id), clock.now()), maskFor(caller)),
  );
  api.handle(contract.listFindings, async ({ params, query, caller }) => {
    const { settled, cursor, limit } = query;
    const page = await listFindings(db, {
      runId: uuidOf('reconciliation', params.id),
      settled: settled === undefined ? undefined : settled === 'yes',
      cursor,
      limit,
    });
    return page.ok
      ? ok({ ...page.value, data: page.value.data.map((found) => showFinding(found, maskFor(caller))) })
      : page;
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
      return started.ok ? shown(await getRunView(tx, started.value, clock.now()), UNMASKED) : started;
    },
  });
  api.handle(contract.cancelReconciliation, async ({ params, caller }) => {
    const id: Uuid = uuidOf('reconciliation', params.id);
    const cancelled = await runTx(db, (tx) => cancelRun(tx, services, { id, actor: caller.actor }));
    return cancelled.ok ? shown(await getRunView(db, id, clock.now()), UNMASKED) : cancelled;
  });
}

export const showRun = (run: RunView, mask: EventMask) => ({
  ...run,
  error: run.error === null ? null : mask.text(run.error, null),
  id: showId('reconciliation', run.id),
  accountId: showId('account', run.accountId),
  since: isoText(run.since),
  until: isoText(run.until),
  retryAt: isoTextOrNull(run.retryAt),
  createdAt: isoText(run.createdAt),
  startedAt: isoTextOrNull(run.startedAt),
  finishedAt: isoTextOrNull(run.finishedAt),
});

export function showFinding({ laneId: _, ...finding }: Finding, mask: EventMask) {
  const { phone } = finding;
  const text = (one: string): string => mask.text(one, phone);
  const textOrNull = (one: string | null): string | null => (one === null ? null : text(one));
  return {
    ...finding,
    sentence: text(finding.sentence),
    gatewayId: text(finding.gatewayId),
    phone: mask.phone(phone),
    // Who has no name is called by the number.
    name: finding.name === phone ? mask.phone(phone) : textOrNull(finding.name),
    here: textOrNull(finding.here),
    there: textOrNull(finding.there),
    at: isoText(finding.at),
    conversationId: finding.conversationId === null ? null : showId('conversation', finding.conversationId),
  };
}
