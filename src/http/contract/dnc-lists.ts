import { z } from '@hono/zod-openapi';
import { CHANGE_COLUMNS } from '../../compliance/dnc-file.ts';
import { DNC_KINDS, EXEMPTION_KINDS } from '../../compliance/dnc-rules.ts';
import { columnsInOrder, idOf, isoInstant, jsonRoute, phoneText } from './shared.ts';

/** Do-not-call lists, the files that filled them, and who is exempt. */
export const tag = 'Do-not-call lists';
const kind = z.enum(DNC_KINDS).openapi({
  description:
    'national, state: written consent and recent business are exempt, and a list older than 31 days keeps all others back; internal, litigator, custom: nobody is exempt',
});

export const dncListSchema = z
  .object({
    id: idOf('dncList'),
    kind,
    name: z.string(),
    state: z.string().nullable(),
    service: z.string().nullable().openapi({ description: 'That fills it, a number at a time; null: files do' }),
    numbers: z.int(),
    asOf: isoInstant.nullable().openapi({ description: 'Of when the data in force are; null: no file is in force' }),
    age: z.enum(['current', 'ageing', 'stale', 'missing']),
    sentence: z.string(),
    createdBy: z.string(),
    createdAt: isoInstant,
    retiredAt: isoInstant.nullable(),
  })
  .openapi('DncList');
export type DncList = z.infer<typeof dncListSchema>;

export const dncVersionSchema = z
  .object({
    id: idOf('dncVersion'),
    mode: z.enum(['full', 'changes']),
    state: z.enum(['reading', 'in_force', 'superseded', 'failed']),
    fileName: z.string(),
    asOf: isoInstant,
    lines: z.int(),
    refused: z.int(),
    refusals: z
      .array(z.object({ line: z.int(), text: z.string(), reason: z.string() }))
      .openapi({ description: 'The first 20' }),
    numbers: z.int().nullable(),
    error: z.string().nullable(),
    uploadedBy: z.string(),
    createdAt: isoInstant,
    inForceFrom: isoInstant.nullable(),
    inForceUntil: isoInstant.nullable(),
  })
  .openapi('DncVersion');
export type DncVersion = z.infer<typeof dncVersionSchema>;

export const params = z.object({ id: idOf('dncList') });

export const listDncLists = jsonRoute({
  method: 'get',
  path: '/v1/dnc-lists',
  access: 'viewer',
  tag,
  summary: 'All do-not-call lists with their age and what it means',
  response: z.object({ data: z.array(dncListSchema) }),
});
export const createDncList = jsonRoute({
  method: 'post',
  path: '/v1/dnc-lists',
  access: 'manager',
  tag,
  summary: 'Make a list; one of a registry keeps cold texts back until its first file is in force',
  body: z.strictObject({
    kind,
    name: z.string().trim().min(1).max(100),
    state: z
      .string()
      .regex(/^[A-Z]{2}$/, 'expected a state like TX')
      .optional(),
  }),
  response: dncListSchema,
  status: 201,
  idempotent: true,
});
export const retireDncList = jsonRoute({
  method: 'post',
  path: '/v1/dnc-lists/{id}/retire',
  access: 'owner',
  tag,
  summary: 'Ask this list no more; its versions stay as the proof of what was asked',
  params,
  response: dncListSchema,
  idempotent: true,
});
export const listDncVersions = jsonRoute({
  method: 'get',
  path: '/v1/dnc-lists/{id}/versions',
  access: 'manager',
  tag,
  summary: 'The newest files of a list, also those that never came into force and why',
  params,
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  response: z.object({ data: z.array(dncVersionSchema) }),
});

const yes = z.enum(['true', 'false']).default('false');
/** The file is the request body itself, streamed. */
export const uploadQuery = z.object({
  fileName: z.string().trim().min(1).max(300),
  asOf: z.iso.date().openapi({ description: 'The day on which the registry made the file' }),
  format: z.enum(['numbers', 'changes', 'csv']).default('numbers'),
  column: z.string().trim().min(1).max(200).optional().openapi({ description: 'csv: the header of the numbers' }),
  columns: columnsInOrder(CHANGE_COLUMNS).optional().openapi({
    type: 'string',
    description: 'changes: the columns in their order, as areaCode,number,other,changeType',
  }),
  refusedMax: z.coerce.number().int().min(0).max(1_000_000).default(0).openapi({
    description: 'So many lines may be no numbers; without it a file with one such line does not come into force',
  }),
  maySmaller: yes.openapi({
    description: 'true, by an owner: the list may have less than 90% of its numbers of before',
  }),
});
export const uploadDncVersion = jsonRoute({
  method: 'post',
  path: '/v1/dnc-lists/{id}/versions',
  access: 'manager',
  tag,
  summary:
    'Upload a file (raw, at most 4 GiB: text, XML, or a ZIP archive of one of them); it comes into force when it is read wholly, and otherwise nothing changes',
  params,
  query: uploadQuery,
  response: dncVersionSchema,
  status: 201,
});

export const exemptionSchema = z
  .object({
    id: idOf('dncExemption'),
    phone: phoneText,
    kind: z.enum(EXEMPTION_KINDS),
    reason: z.string(),
    validFrom: isoInstant,
    validUntil: isoInstant,
    ruleVersion: z.string(),
    recordedBy: z.string(),
    createdAt: isoInstant,
    endedAt: isoInstant.nullable(),
  })
  .openapi('DncExemption');
export type DncExemption = z.infer<typeof exemptionSchema>;
const moment = z.iso.datetime({ offset: true });
const about = { phone: phoneText.max(40), reason: z.string().trim().min(3).max(500) };
export const recordExemption = jsonRoute({
  method: 'post',
  path: '/v1/dnc-exemptions',
  access: 'manager',
  tag,
  summary:
    'Record why somebody on the list of a registry may be texted: 18 months after a purchase, 3 after an inquiry',
  body: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('purchase'), ...about, happenedAt: moment }),
    z.strictObject({ kind: z.literal('inquiry'), ...about, happenedAt: moment }),
    z.strictObject({ kind: z.literal('other'), ...about, until: moment }),
  ]),
  response: exemptionSchema,
  status: 201,
  idempotent: true,
});
export const endExemption = jsonRoute({
  method: 'post',
  path: '/v1/dnc-exemptions/{id}/end',
  access: 'manager',
  tag,
  summary: 'End an exemption now',
  params: z.object({ id: idOf('dncExemption') }),
  response: exemptionSchema,
  idempotent: true,
});
export const checkDnc = jsonRoute({
  method: 'get',
  path: '/v1/dnc-check',
  access: 'agent',
  tag,
  summary: 'On which lists a number is, and its exemptions',
  query: z.object({ phone: phoneText.max(40) }),
  response: z.object({
    phone: phoneText,
    listedOn: z.array(z.object({ id: idOf('dncList'), name: z.string(), kind, asOf: isoInstant })),
    scrubbed: z
      .array(z.object({ service: z.string(), checkedAt: isoInstant, codes: z.string() }))
      .openapi({ description: 'What services said of it last; no codes: on no list' }),
    exemptions: z.array(exemptionSchema),
  }),
});
