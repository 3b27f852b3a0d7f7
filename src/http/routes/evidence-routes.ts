import { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import { exportCampaignReport } from '../../evidence/campaign-report.ts';
import { decideEvidenceDocument } from '../../evidence/decide-evidence-document.ts';
import { decideReportDocument } from '../../evidence/decide-report-document.ts';
import { decideTimeline } from '../../evidence/decide-timeline.ts';
import type { PrintedDocument } from '../../evidence/document.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { exportEvidence } from '../../evidence/read-evidence.ts';
import { renderPdf } from '../../evidence/render-pdf.ts';
import { jsonPieces } from '../../platform/json-pieces.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { VERSION } from '../../version.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/evidence.ts';
import { idOf, phoneText } from '../contract/shared.ts';
import { isoText, rawRoute } from '../route-types.ts';
import { phoneOf } from './erasure-routes.ts';

export function registerEvidenceRoutes(
  api: Api,
  { database: { db }, clock, newUuid }: Pick<Services, 'database' | 'clock' | 'newUuid'>,
): void {
  const services = { db, clock, newUuid };
  api.handle(contract.readEvidenceTimeline, async ({ query, caller }) => {
    const phone = phoneOf(query.phone, '/phone');
    if (!phone.ok) return phone;
    const request = { phone: phone.value, version: VERSION, format: 'page', actor: caller.actor } as const;
    return ok(showTimeline(await exportEvidence(services, request)));
  });
  api.raw(exportRoute, async ({ query, caller }) => {
    const phone = phoneOf(query.phone, '/phone');
    if (!phone.ok) return phone;
    const request = { phone: phone.value, version: VERSION, format: query.format, actor: caller.actor };
    const evidence = await exportEvidence(services, request);
    const name = `evidence-${phone.value.slice(1)}`;
    return ok(query.format === 'json' ? jsonFile(name, evidence) : pdfFile(name, decideEvidenceDocument(evidence)));
  });
  api.raw(reportRoute, async ({ params, query, caller }) => {
    const campaignId = uuidOf('campaign', params.id);
    const { format } = query;
    const report = await exportCampaignReport(services, { campaignId, version: VERSION, format, actor: caller.actor });
    if (!report.ok) return report;
    const name = `compliance-${params.id}`;
    return ok(format === 'json' ? jsonFile(name, report.value) : pdfFile(name, decideReportDocument(report.value)));
  });
}

const reportRoute = rawRoute({
  method: 'get',
  path: '/v1/campaigns/{id}/compliance-report',
  access: 'manager',
  tag: contract.tag,
  summary:
    'By which rules a campaign was sent, who was left out by which, its opt-outs with their latency, and the proof of its acts; names nobody',
  request: { params: z.object({ id: idOf('campaign') }), query: z.object(contract.exportQuery) },
  produces: 'application/json',
});

const exportRoute = rawRoute({
  method: 'get',
  path: '/v1/evidence/export',
  access: 'manager',
  tag: contract.tag,
  summary:
    'Everything that is known of one number as a file: for a court, or for the person who asks. JSON can be verified without this program',
  request: { query: z.object({ phone: phoneText.max(40), ...contract.exportQuery }) },
  produces: 'application/json',
});

/** Written record by record, and no faster than it is read: a long life is some hundred megabytes as one text. */
export const jsonFile = (name: string, document: object): Response =>
  new Response(ReadableStream.from(chunksOf(jsonPieces(document))), {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.json"`,
      'cache-control': 'no-store',
    },
  });

const CHUNK_LENGTH = 65_536;

async function* chunksOf(pieces: Iterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield encoder.encode(chunk);
    chunk = '';
  }
  yield encoder.encode(`${chunk}\n`);
}

export const pdfFile = (name: string, document: PrintedDocument): Response =>
  new Response(ReadableStream.from(Readable.from(renderPdf(document))), {
    headers: {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="${name}.pdf"`,
      'cache-control': 'no-store',
    },
  });

function showTimeline(evidence: Evidence) {
  const { number, contact, erasures, complete, findings, proof, digest } = evidence;
  return {
    phone: number,
    name: contact === null ? null : [contact.firstName, contact.lastName].filter(Boolean).join(' '),
    erased: contact === null && erasures.length > 0,
    complete,
    findings,
    entries: decideTimeline(evidence).map((entry) => ({ ...entry, at: isoText(entry.at) })),
    head: proof.head,
    provenEntries: proof.entries.length,
    digest,
  };
}
