import { Readable } from 'node:stream';
import {
  getImport,
  importBlobs,
  receiveSample,
  receiveUpload,
  tooLarge,
  uploadTooLarge,
} from '../../contacts/import-files.ts';
import { importMappingSchema } from '../../contacts/import-mapping-schema.ts';
import type { ImportRun } from '../../contacts/import-run-store.ts';
import { exportRefusals } from '../../contacts/refusals-csv.ts';
import { listImportRefusals, listImports, previewUpload, startImport } from '../../contacts/start-import.ts';
import { showId } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/contacts.ts';
import { csvAnswer } from '../csv-answer.ts';
import { isoText, isoTextOrNull, rawRoute } from '../route-types.ts';

type ImportServices = Pick<Services, 'config' | 'database' | 'clock' | 'newUuid' | 'jobs'>;

export function registerImportRoutes(api: Api, services: ImportServices): void {
  registerUploads(api, services);
  registerReads(api, services);
  registerSteps(api, services);
}

function registerUploads(api: Api, { config, database: { db }, clock, newUuid }: ImportServices): void {
  const deps = { db, blobs: importBlobs(config), clock, newUuid };
  api.handle(contract.uploadImport, async ({ query, request, caller }) => {
    if (uploadTooLarge(Number(request.headers.get('content-length') ?? 0))) return tooLarge();
    const chunks = request.body ?? Readable.from([]);
    return shown(await receiveUpload(deps, { fileName: query.fileName, chunks, by: caller }));
  });
  api.handle(contract.uploadSampleImport, async ({ caller }) => shown(await receiveSample(deps, caller)));
}

function registerReads(api: Api, services: ImportServices): void {
  const { db } = services.database;
  api.handle(contract.listImports, async ({ query }) => {
    const page = await listImports(db, { cursor: query.cursor, limit: query.limit });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showImport) }) : page;
  });
  api.handle(contract.getImport, async ({ params }) => shown(await getImport(db, uuidOf('import', params.id))));
  api.handle(contract.importRefusals, ({ params, query }) =>
    listImportRefusals(db, { id: uuidOf('import', params.id), cursor: query.cursor, limit: query.limit }),
  );
  api.raw(refusalsFile, async ({ params, caller }) => {
    const run = await getImport(db, uuidOf('import', params.id));
    if (!run.ok) return run;
    const refusals = await exportRefusals({ ...services, db }, run.value, caller.actor);
    return ok(csvAnswer(refusalsName(run.value.fileName), refusals));
  });
}

function registerSteps(api: Api, { config, database, jobs }: ImportServices): void {
  const blobs = importBlobs(config);
  api.handle(contract.previewImport, async ({ params, body, request }) =>
    shown(
      await previewUpload(
        { database, blobs },
        { id: uuidOf('import', params.id), mapping: mappingOf(body.mapping), signal: request.signal },
      ),
    ),
  );
  api.effect(contract.commitImport, {
    effect: async (tx, { params, body, caller }) =>
      shown(
        await startImport(
          tx,
          { jobs },
          {
            id: uuidOf('import', params.id),
            mapping: mappingOf(body.mapping),
            addTags: body.addTags,
            validate: body.validateNumbers,
            by: caller,
          },
        ),
      ),
  });
}

const mappingOf = (mapping: Readonly<Record<string, string>> | undefined) =>
  mapping === undefined ? undefined : importMappingSchema.parse(mapping);

const refusalsFile = rawRoute({
  method: 'get',
  path: '/v1/imports/{id}/refusals.csv',
  access: 'viewer',
  tag: 'Imports',
  summary: 'Refused rows as a file: line, value, reason and what to do; the audit log says who took it',
  request: { params: contract.importRefusals.request.params },
  produces: 'text/csv',
});

const refusalsName = (fileName: string) => ({
  name: `refused rows of ${fileName.replace(/\.csv$/i, '')}.csv`,
  plainName: 'refused.csv',
});

const shown = (outcome: Outcome<ImportRun>) => (outcome.ok ? ok(showImport(outcome.value)) : outcome);

const showImport = (run: ImportRun) => ({
  id: showId('import', run.id),
  fileName: run.fileName,
  fileBytes: run.fileBytes,
  state: run.state,
  preview: run.preview,
  progress: { rows: run.progressRows, bytes: run.progressBytes },
  result:
    run.state === 'completed'
      ? {
          rows: run.rows ?? 0,
          created: run.createdContacts ?? 0,
          updated: run.updatedContacts ?? 0,
          unchanged: run.unchangedContacts ?? 0,
          merged: run.mergedRows ?? 0,
          refused: run.refusedRows ?? 0,
          erased: run.erasedContacts ?? 0,
          consents: run.consentReadings,
        }
      : null,
  error: run.error,
  createdAt: isoText(run.createdAt),
  finishedAt: isoTextOrNull(run.finishedAt),
});
