import type { z } from '@hono/zod-openapi';
import type { LedgerFilter, LedgerRow } from '../../compliance/consent-ledger-store.ts';
import { eventSentence } from '../../compliance/consent-words.ts';
import { exportConsents, listConsents, readConsent } from '../../compliance/list-consents.ts';
import { csvLine } from '../../platform/csv-cell.ts';
import { showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/consent-ledger.ts';
import { csvAnswer } from '../csv-answer.ts';
import { showHolder } from '../number-holder.ts';
import { rawRoute } from '../route-types.ts';
import { storedPhone } from './audit-routes.ts';
import { showConsentEvent, shownEvidence } from './consent-routes.ts';

const exportRoute = rawRoute({
  method: 'get',
  path: '/v1/consents/export',
  access: 'manager',
  tag: 'Consents',
  summary: 'All that match as a file, with the words and the evidence of each; the audit log says who took it',
  request: { query: contract.ledgerFilter },
  produces: 'text/csv',
});

export function registerConsentLedgerRoutes(
  api: Api,
  services: Pick<Services, 'database' | 'clock' | 'newUuid'>,
): void {
  const deps = { ...services, db: services.database.db };
  api.handle(contract.listLedger, async ({ query: { cursor, limit, ...filter } }) => {
    const page = await listConsents(deps, { filter: filterOf(filter), cursor, limit });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showLedgerRow) }) : page;
  });
  api.raw(exportRoute, async ({ query, caller, request }) => {
    const pages = await exportConsents(deps, {
      filter: filterOf(query),
      actor: caller.actor,
      signal: request.signal,
    });
    return ok(csvAnswer({ name: 'consents.csv', plainName: 'consents.csv' }, ledgerCsv(pages)));
  });
  api.handle(contract.getLedgerEntry, async ({ params }) => {
    const found = await readConsent(deps.db, uuidOf('consent', params.id));
    return found.ok ? ok(showLedgerRow(found.value)) : found;
  });
}

/** What the API and the command line take. */
export const filterOf = ({ phone, from, until, ...same }: z.infer<typeof contract.ledgerFilter>): LedgerFilter => ({
  ...same,
  phone: phone === undefined ? undefined : storedPhone(phone),
  from: from === undefined ? undefined : instant(from),
  until: until === undefined ? undefined : instant(until),
});

export function showLedgerRow({ contactId, firstName, lastName, company, phone, ...event }: LedgerRow) {
  const contact = showHolder({ contactId, firstName, lastName, company, phone });
  return { ...showConsentEvent(event), phone, contact };
}

const COLUMNS: Readonly<Record<string, (row: LedgerRow) => string | null>> = {
  recorded_at: ({ recordedAt }) => recordedAt.toString(),
  happened_at: ({ occurredAt }) => occurredAt.toString(),
  phone: ({ phone }) => phone,
  action: ({ action }) => action,
  purpose: ({ purpose }) => purpose,
  kind: ({ kind }) => kind,
  source: ({ source }) => source,
  documented: ({ documented }) => String(documented),
  to: ({ seller }) => seller,
  wording_version: ({ wordingVersion }) => wordingVersion,
  language: ({ language }) => language,
  wording: ({ wording }) => wording,
  valid_until: ({ validUntil }) => validUntil?.toString() ?? null,
  recorded_by: ({ recordedBy }) => recordedBy,
  evidence: ({ evidence }) => JSON.stringify(shownEvidence(evidence)),
  sentence: (row) => eventSentence(row),
  id: ({ id }) => showId('consent', id),
};

export async function* ledgerCsv(pages: AsyncIterable<readonly LedgerRow[]>): AsyncGenerator<string> {
  yield csvLine(Object.keys(COLUMNS));
  const cells = Object.values(COLUMNS);
  for await (const page of pages) yield page.map((row) => csvLine(cells.map((cell) => cell(row) ?? ''))).join('');
}
