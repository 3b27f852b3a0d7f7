import { Readable } from 'node:stream';
import type { z } from '@hono/zod-openapi';
import { DIFFERENCE_SENTENCES, differenceOf, type ProviderOptOut } from '../../compliance/provider-differences.ts';
import { readProviderOptOuts } from '../../compliance/read-provider-opt-outs.ts';
import { importOptOuts, previewOptOuts } from '../../contacts/import-opt-outs.ts';
import { recordOptOut } from '../../contacts/record-opt-out.ts';
import { showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import {
  listOptOutDifferences,
  type OptOutComparison,
  type OptOutDifferenceView,
  readOptOutComparisons,
} from '../../reconciliation/list-opt-outs.ts';
import type { Services } from '../../services.ts';
import type { Api } from '../api.ts';
import * as contract from '../contract/opt-outs.ts';
import { showHolder } from '../number-holder.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';
import { phoneOf } from './dnc-routes.ts';

export function registerOptOutRoutes(api: Api, services: Pick<Services, 'database' | 'clock' | 'newUuid'>): void {
  const { db } = services.database;
  api.effect(contract.recordOptOut, {
    effect: async (tx, { body, caller }) => {
      const phone = phoneOf(body.phone);
      if (!phone.ok) return phone;
      const { reason, note } = body;
      const saidAt = body.saidAt === undefined ? undefined : instant(body.saidAt);
      const recorded = await recordOptOut(tx, services, { phone: phone.value, reason, note, saidAt, by: caller });
      if (!recorded.ok) return recorded;
      const { already, since } = recorded.value;
      return ok({ phone: phone.value, already, since: isoText(since) });
    },
  });
  api.handle(contract.listProviderOptOuts, async ({ query: { unheard, ...page } }) => {
    const found = await readProviderOptOuts(db, {
      ...page,
      unheard: unheard === undefined ? undefined : unheard === 'true',
    });
    return found.ok ? ok({ ...found.value, data: found.value.data.map(showProviderOptOut) }) : found;
  });
  api.handle(contract.listOptOutDifferences, async ({ query }) => {
    const page = await listOptOutDifferences(db, query);
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showOptOutDifference) }) : page;
  });
  api.handle(contract.readOptOutComparisons, async () =>
    ok({ accounts: (await readOptOutComparisons(db)).map(showOptOutComparison) }),
  );
  api.handle(contract.importOptOuts, ({ query, request, caller }) =>
    importOptOuts({ ...services, db }, { ...listOf(query, request), by: caller }),
  );
  api.handle(contract.previewOptOuts, ({ query, request }) => previewOptOuts(db, listOf(query, request)));
}

const listOf = ({ fileName, column }: z.output<typeof contract.importOptOutsQuery>, request: Request) => ({
  ...{ fileName, column },
  chunks: request.body ?? Readable.from([]),
});

export const showProviderOptOut = (one: ProviderOptOut) => {
  const difference = differenceOf(one);
  return {
    id: showId('suppression', one.id),
    phone: one.phone,
    contact: showHolder(one),
    accountId: one.account,
    accountName: one.accountName,
    code: one.code,
    refusedAt: isoText(one.refusedAt),
    difference,
    sentence: DIFFERENCE_SENTENCES[difference],
    knownSince: isoTextOrNull(one.knownSince),
    optedInAt: isoTextOrNull(one.optedInAt),
    lastSaid: one.lastSaid,
    lastSaidAt: isoTextOrNull(one.lastSaidAt),
    liftedAt: isoTextOrNull(one.liftedAt),
  };
};

export const showOptOutDifference = ({ id, accountId, runId, laneId, eventId, ...one }: OptOutDifferenceView) => ({
  ...one,
  eventId: eventId === null ? null : showId('event', eventId),
  id: showId('optOutDifference', id),
  accountId: showId('account', accountId),
  reconciliationId: showId('reconciliation', runId),
  laneId: laneId === null ? null : showId('lane', laneId),
  at: isoText(one.at),
  foundAt: isoText(one.foundAt),
  knownSince: isoTextOrNull(one.knownSince),
  optedInAt: isoTextOrNull(one.optedInAt),
  optedOutAgainAt: isoTextOrNull(one.optedOutAgainAt),
});

export function showOptOutComparison({ accountId, accountName, last }: OptOutComparison) {
  const account = { accountId: showId('account', accountId), accountName };
  if (last === null) return { ...account, last };
  const { runId, since, until, comparedAt, ...counts } = last;
  const times = { since: isoText(since), until: isoText(until), comparedAt: isoText(comparedAt) };
  return { ...account, last: { reconciliationId: showId('reconciliation', runId), ...times, ...counts } };
}
