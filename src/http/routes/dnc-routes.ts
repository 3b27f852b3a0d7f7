import { Readable } from 'node:stream';
import type { z } from '@hono/zod-openapi';
import {
  checkNumber,
  type DncExemption,
  type DncStanding,
  endExemption,
  recordExemption,
} from '../../compliance/dnc-exemptions.ts';
import { type DncFormat, REGISTRY_CHANGE_COLUMNS } from '../../compliance/dnc-file.ts';
import {
  createDncList,
  type DncListShown,
  readDncLists,
  readDncVersions,
  retireList,
} from '../../compliance/dnc-lists.ts';
import type { DncVersion } from '../../compliance/dnc-store.ts';
import { exportDncList, exportOurDoNotCall } from '../../compliance/export-dnc.ts';
import { DNC_FILE_BYTES_MAX, type DncUpload, uploadDnc } from '../../compliance/upload-dnc.ts';
import { parsePhone } from '../../contacts/phone.ts';
import { showId } from '../../platform/ids.ts';
import { invalid, type Outcome } from '../../platform/refusal.ts';
import { err, ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import { allows } from '../caller.ts';
import * as contract from '../contract/dnc-lists.ts';
import { csvAnswer } from '../csv-answer.ts';
import { isoText, isoTextOrNull, rawRoute } from '../route-types.ts';

const listExportRoute = rawRoute({
  method: 'get',
  path: '/v1/dnc-lists/{id}/export',
  access: 'manager',
  tag: contract.tag,
  summary: 'The numbers of a list of your own, as CSV; the audit log says who took them',
  request: { params: contract.params },
  produces: 'text/csv',
});
const ourExportRoute = rawRoute({
  method: 'get',
  path: '/v1/do-not-call/export',
  access: 'manager',
  tag: contract.tag,
  summary:
    'Everybody who must not be called or texted by this business, as CSV: opt-outs, wrong numbers, internal lists; the audit log says who took it',
  produces: 'text/csv',
});

const OWNER_ONLY = {
  kind: 'forbidden',
  message: 'whoever a smaller list leaves out may be texted: only an owner can say that it may be smaller',
} as const;

type DncServices = Pick<Services, 'database' | 'clock' | 'newUuid'>;

export function registerDncRoutes(api: Api, services: DncServices): void {
  registerLists(api, services);
  registerVersions(api, services);
  registerExemptions(api, services);
  registerExports(api, services);
}

function registerLists(api: Api, services: DncServices): void {
  const { clock, database } = services;
  api.handle(contract.listDncLists, async () =>
    ok({ data: (await readDncLists(database.db, clock.now())).map(showDncList) }),
  );
  api.effect(contract.createDncList, {
    effect: async (tx, { body, caller }) =>
      mapped(await createDncList(tx, services, { ...body, state: body.state ?? null, by: caller }), showDncList),
  });
  api.effect(contract.retireDncList, {
    effect: async (tx, { params, caller }) =>
      mapped(await retireList(tx, services, { id: uuidOf('dncList', params.id), by: caller }), showDncList),
  });
}

function registerVersions(api: Api, services: DncServices): void {
  const { db } = services.database;
  api.handle(contract.listDncVersions, async ({ params, query }) =>
    mapped(await readDncVersions(db, uuidOf('dncList', params.id), query.limit), (versions) => ({
      data: versions.map(showDncVersion),
    })),
  );
  api.handle(contract.uploadDncVersion, async ({ params, query, request, caller }) => {
    const options = uploadOptions(query);
    if (!options.ok) return options;
    if (options.value.maySmaller && !allows('owner', caller)) return err(OWNER_ONLY);
    if (Number(request.headers.get('content-length') ?? 0) > DNC_FILE_BYTES_MAX)
      return err({ kind: 'too_large', message: 'the file has more than 4 GiB; upload it as a list and change lists' });
    const chunks = request.body ?? Readable.from([]);
    const listId = uuidOf('dncList', params.id);
    return mapped(
      await uploadDnc({ ...services, db }, { ...options.value, listId, chunks, by: caller }),
      showDncVersion,
    );
  });
}

function registerExports(api: Api, services: DncServices): void {
  const deps = { ...services, db: services.database.db };
  api.raw(listExportRoute, async ({ params, caller }) => {
    const name = `${params.id}.csv`;
    const pieces = await exportDncList(deps, { id: uuidOf('dncList', params.id), actor: caller.actor });
    return mapped(pieces, (csv) => csvAnswer({ name, plainName: name }, csv));
  });
  api.raw(ourExportRoute, async ({ caller }) => {
    const name = 'do-not-call.csv';
    return ok(csvAnswer({ name, plainName: name }, await exportOurDoNotCall(deps, caller)));
  });
}

function registerExemptions(api: Api, services: DncServices): void {
  api.handle(contract.checkDnc, async ({ query }) => {
    const phone = phoneOf(query.phone);
    if (!phone.ok) return phone;
    return ok(showStanding(phone.value, await checkNumber(services.database.db, phone.value)));
  });
  api.effect(contract.recordExemption, {
    effect: async (tx, { body, caller }) => {
      const phone = phoneOf(body.phone);
      if (!phone.ok) return phone;
      const basis =
        body.kind === 'other'
          ? { kind: body.kind, until: instant(body.until) }
          : { kind: body.kind, happenedAt: instant(body.happenedAt) };
      const made = await recordExemption(tx, services, { phone: phone.value, reason: body.reason, basis, by: caller });
      return mapped(made, showExemption);
    },
  });
  api.effect(contract.endExemption, {
    effect: async (tx, { params, caller }) =>
      mapped(await endExemption(tx, services, { id: uuidOf('dncExemption', params.id), by: caller }), showExemption),
  });
}

/** What the query of an upload and the flags of the command line say about the file. */
export function uploadOptions(
  query: z.output<typeof contract.uploadQuery>,
): Outcome<Pick<DncUpload, 'fileName' | 'format' | 'asOf' | 'refusedMax' | 'maySmaller'>> {
  const { fileName, asOf, refusedMax, maySmaller } = query;
  const format = formatOf(query);
  if (!format.ok) return format;
  return ok({
    fileName,
    format: format.value,
    asOf: instant(`${asOf}T00:00:00Z`),
    refusedMax,
    maySmaller: maySmaller === 'true',
  });
}

function formatOf({ format, column, columns }: z.output<typeof contract.uploadQuery>): Outcome<DncFormat> {
  if (format === 'numbers') return ok({ kind: format });
  if (format === 'csv')
    return column === undefined
      ? invalid('format csv: say in which column the numbers are')
      : ok({ kind: format, column });
  const named = columns ?? REGISTRY_CHANGE_COLUMNS;
  const hasNumber = named.includes('phone') || (named.includes('areaCode') && named.includes('number'));
  return hasNumber && named.includes('changeType')
    ? ok({ kind: format, columns: named })
    : invalid(`columns ${named.join(',')}: expected changeType, and phone or both areaCode and number`);
}

export function phoneOf(text: string): Outcome<string> {
  const parsed = parsePhone(text);
  return parsed.ok ? parsed : invalid(`phone "${text}" is no US number; write it like +16175550123`);
}

const mapped = <T, U>(outcome: Outcome<T>, show: (value: T) => U) => (outcome.ok ? ok(show(outcome.value)) : outcome);

export const showDncList = ({
  id,
  kind,
  name,
  state,
  service,
  numbers,
  age,
  sentence,
  createdBy,
  ...list
}: DncListShown) => ({
  id: showId('dncList', id),
  kind,
  name,
  state,
  service,
  numbers,
  asOf: isoTextOrNull(list.asOf),
  age,
  sentence,
  createdBy,
  createdAt: isoText(list.createdAt),
  retiredAt: isoTextOrNull(list.retiredAt),
});

export const showDncVersion = ({ listId: _, ...version }: DncVersion) => ({
  ...version,
  id: showId('dncVersion', version.id),
  asOf: isoText(version.asOf),
  createdAt: isoText(version.createdAt),
  inForceFrom: isoTextOrNull(version.inForceFrom),
  inForceUntil: isoTextOrNull(version.inForceUntil),
});

export const showStanding = (phone: string, { listedOn, scrubbed, exemptions }: DncStanding) => ({
  phone,
  scrubbed: scrubbed.map((one) => ({ ...one, checkedAt: isoText(one.checkedAt) })),
  listedOn: listedOn.map((list) => ({ ...list, id: showId('dncList', list.id), asOf: isoText(list.asOf) })),
  exemptions: exemptions.map(showExemption),
});

export const showExemption = (exemption: DncExemption) => ({
  ...exemption,
  id: showId('dncExemption', exemption.id),
  validFrom: isoText(exemption.validFrom),
  validUntil: isoText(exemption.validUntil),
  createdAt: isoText(exemption.createdAt),
  endedAt: isoTextOrNull(exemption.endedAt),
});
