import { Readable } from 'node:stream';
import { importOptOuts } from '../../contacts/import-opt-outs.ts';
import { recordOptOut } from '../../contacts/record-opt-out.ts';
import { ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import type { Api } from '../api.ts';
import * as contract from '../contract/opt-outs.ts';
import { isoText } from '../route-types.ts';
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
  api.handle(contract.importOptOuts, ({ query, request, caller }) =>
    importOptOuts(
      { ...services, db },
      { fileName: query.fileName, column: query.column, chunks: request.body ?? Readable.from([]), by: caller },
    ),
  );
}
