import { z } from '@hono/zod-openapi';
import { type DatabaseRole, roleSentence } from '../../compliance/audit-guard.ts';
import type { ListedAudit } from '../../compliance/audit-read-store.ts';
import { listAuditActions } from '../../compliance/audit-read-store.ts';
import { verdictSentence } from '../../compliance/audit-words.ts';
import { exportAudit, listAudit, readAudit, readChainState } from '../../compliance/list-audit.ts';
import { verifyAndNote } from '../../compliance/note-verification.ts';
import type { AuditBreak, AuditVerdict } from '../../compliance/verify-audit.ts';
import { parsePhone } from '../../contacts/phone.ts';
import { showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/audit.ts';
import { ndjsonResponse } from '../ndjson.ts';
import { isoText, isoTextOrNull, rawRoute } from '../route-types.ts';

export function registerAuditRoutes(api: Api, services: Pick<Services, 'database' | 'clock' | 'newUuid'>): void {
  const { clock, newUuid } = services;
  const { db } = services.database;
  api.handle(contract.listAudit, async ({ query: { cursor, limit, phone, from, until, ...same } }) => {
    const filter = {
      ...same,
      phone: phone === undefined ? undefined : storedPhone(phone),
      from: from === undefined ? undefined : instant(from),
      until: until === undefined ? undefined : instant(until),
    };
    const page = await listAudit(db, { filter, cursor, limit });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showAudit) }) : page;
  });
  api.handle(contract.getAuditChain, async () => {
    const [chain, actions] = await Promise.all([readChainState(db, clock), listAuditActions(db)]);
    const { head, waiting, overdue, databaseRole } = chain;
    const { seq, hash, sealedAt } = head;
    return ok({
      ...{ head: { seq, hash }, sealedAt: isoTextOrNull(sealedAt), waiting, overdue, actions },
      databaseRole: showRole(databaseRole),
    });
  });
  api.handle(contract.verifyAudit, async ({ body, caller, request }) => {
    const order = { expect: body.expect, actor: caller.actor, signal: request.signal };
    return ok(showVerdict(await verifyAndNote({ db, clock, newUuid }, order)));
  });
  api.raw(exportRoute, async ({ query, caller, request }) =>
    ok(
      ndjsonResponse(
        'audit.jsonl',
        await exportAudit({ db, clock, newUuid }, { after: query.after, actor: caller.actor, signal: request.signal }),
      ),
    ),
  );
  // Behind the export, whose address would be taken for an id.
  api.handle(contract.getAuditEntry, async ({ params }) => {
    const entry = await readAudit(db, uuidOf('audit', params.id));
    return entry.ok ? ok(showAudit(entry.value)) : entry;
  });
}

/** In whatever way it is written; what is no number is found nowhere. */
export const storedPhone = (text: string): string => {
  const phone = parsePhone(text);
  return phone.ok ? phone.value : text;
};

const exportRoute = rawRoute({
  method: 'get',
  path: '/v1/audit-entries/export',
  access: 'owner',
  tag: 'Audit log',
  summary:
    'Every sealed entry in the order of the chain, one JSON object on a line each, so that it can be verified without this program',
  request: {
    query: z.object({
      after: z.coerce
        .number()
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .default(0)
        .openapi({ description: 'Only those behind this place in the chain' }),
    }),
  },
  produces: 'application/x-ndjson',
});

export const showAudit = ({ id, at, actor, actorName, action, subject, phone, detail, seq, hash }: ListedAudit) => ({
  id: showId('audit', id),
  at: isoText(at),
  actor,
  actorName,
  action,
  subject,
  phone,
  detail: { ...detail },
  seal: seq === null || hash === null ? null : { seq, hash },
});

export const showVerdict = (verdict: AuditVerdict) => ({
  ...verdict,
  sentence: verdictSentence(verdict),
  databaseRole: showRole(verdict.databaseRole),
  broken: verdict.broken === null ? null : showBreak(verdict.broken),
});

const showRole = (role: DatabaseRole) => ({ ...role, sentence: roleSentence(role) });

const showBreak = (broken: AuditBreak) => ({
  kind: broken.kind,
  seq: 'seq' in broken ? broken.seq : null,
  entryId:
    'entry' in broken ? showId('audit', broken.entry.id) : 'entryId' in broken ? showId('audit', broken.entryId) : null,
});
