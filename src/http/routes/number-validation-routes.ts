import type { z } from '@hono/zod-openapi';
import { getImport } from '../../contacts/import-files.ts';
import { runTx, type Tx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import type { ValidationBatch } from '../../validation/batch-store.ts';
import { changeValidationSettings } from '../../validation/change-validation-settings.ts';
import { exportValidatedNumbers, listValidatedNumbers } from '../../validation/list-numbers.ts';
import {
  getValidation,
  listValidations,
  previewNumberPolicy,
  readValidation,
  type ValidationStatus,
} from '../../validation/read-validation.ts';
import { cancelBatch, startContactsBatch, startImportBatch } from '../../validation/start-batch.ts';
import type { ValidatedNumber } from '../../validation/validated-number-store.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/number-validation.ts';
import { csvAnswer } from '../csv-answer.ts';
import { showHolder } from '../number-holder.ts';
import { isoText, isoTextOrNull, rawRoute } from '../route-types.ts';

const exportRoute = rawRoute({
  method: 'get',
  path: '/v1/number-validation/batches/{id}/export',
  access: 'manager',
  tag: 'Number validation',
  summary: 'All numbers of one batch that match as a file; the audit log says who took it',
  request: { params: contract.validationParams, query: contract.numbersFilter },
  produces: 'text/csv',
});

type ValidationServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'secrets' | 'jobs'>;

export function registerNumberValidationRoutes(api: Api, services: ValidationServices): void {
  registerSettings(api, services);
  registerBatches(api, services);
}

function registerSettings(api: Api, services: ValidationServices): void {
  const { clock } = services;
  const { db } = services.database;
  const status = async () => ok(showStatus(await readValidation(db, clock.now())));

  api.handle(contract.getNumberValidation, status);
  api.handle(contract.putNumberValidation, async ({ body, caller }) => {
    const changed = await changeValidationSettings({ db, ...services }, { change: () => body, actor: caller.actor });
    return changed.ok ? status() : changed;
  });
  api.handle(contract.previewNumberValidation, async ({ body }) =>
    ok(await previewNumberPolicy(db, body, clock.now())),
  );
}

function registerBatches(api: Api, services: ValidationServices): void {
  const { db } = services.database;

  api.handle(contract.listValidations, async ({ query }) => {
    const { importId, cursor, limit } = query;
    const page = await listValidations(db, {
      importId: importId === undefined ? undefined : uuidOf('import', importId),
      cursor,
      limit,
    });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showValidation) }) : page;
  });
  api.handle(contract.getValidation, async ({ params }) =>
    shown(await getValidation(db, uuidOf('validation', params.id))),
  );
  api.handle(contract.listValidatedNumbers, async ({ params, query }) => {
    const page = await listValidatedNumbers(db, { ...query, ...numbersOf(params, query) });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showValidatedNumber) }) : page;
  });
  api.raw(exportRoute, async ({ params, query, caller: { actor }, request: { signal } }) => {
    const pieces = await exportValidatedNumbers({ ...services, db }, { ...numbersOf(params, query), actor, signal });
    if (!pieces.ok) return pieces;
    const name = 'validated-numbers.csv';
    return ok(csvAnswer({ name, plainName: name }, pieces.value));
  });
  api.effect(contract.startValidation, {
    effect: async (tx, { body, caller }) => {
      const started = await begin(tx, services, { importId: body.importId, actor: caller.actor });
      return started.ok ? shown(await getValidation(tx, started.value)) : started;
    },
  });
  api.handle(contract.cancelValidation, async ({ params, caller }) =>
    shown(
      await runTx(db, (tx) => cancelBatch(tx, services, { id: uuidOf('validation', params.id), actor: caller.actor })),
    ),
  );
}

const numbersOf = (
  { id }: z.output<typeof contract.validationParams>,
  { outcome }: z.output<typeof contract.numbersFilter>,
) => ({ batchId: uuidOf('validation', id), outcome });

async function begin(
  tx: Tx,
  services: ValidationServices,
  { importId, actor }: { readonly importId: string | undefined; readonly actor: string },
): Promise<Outcome<string>> {
  if (importId === undefined) return startContactsBatch(tx, services, actor);
  const run = await getImport(tx, uuidOf('import', importId));
  return run.ok ? startImportBatch(tx, services, { importId: run.value.id, actor }) : run;
}

export const showStatus = ({ validators, ...status }: ValidationStatus) => ({
  ...status,
  validators: validators.map(({ block, ...validator }) => ({
    ...validator,
    block: block === null ? null : { ...block, until: isoText(block.until) },
  })),
});

const shown = (outcome: Outcome<ValidationBatch>) => (outcome.ok ? ok(showValidation(outcome.value)) : outcome);

const NO_OUTCOMES = { mobile: 0, landline: 0, voip: 0, toll_free: 0, other: 0, invalid: 0, unverified: 0 };

export function showValidation({ wait, outcomes, ...batch }: ValidationBatch) {
  return {
    ...batch,
    id: showId('validation', batch.id),
    importId: batch.importId === null ? null : showId('import', batch.importId),
    outcomes: { ...NO_OUTCOMES, ...outcomes },
    done: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    wait: wait === null ? null : { ...wait, until: isoText(wait.until) },
    createdAt: isoText(batch.createdAt),
    finishedAt: isoTextOrNull(batch.finishedAt),
  };
}

export function showValidatedNumber(one: ValidatedNumber) {
  const { phone, outcome, knownBy, lineType, carrier, country, validator, checkedAt } = one;
  const answer =
    lineType === null || validator === null || checkedAt === null
      ? null
      : { lineType, carrier, country, validator, checkedAt: isoText(checkedAt) };
  return { phone, contact: showHolder(one), outcome, knownBy, answer };
}
