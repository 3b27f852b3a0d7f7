import { z } from '@hono/zod-openapi';
import { DATE_FORMATS } from '../../compliance/reassigned-rules.ts';
import { ANSWER_COLUMNS, DEFAULT_ANSWER_COLUMNS } from '../../reassigned-numbers/answers-file.ts';
import { audienceRule } from './audiences.ts';
import { columnsInOrder, idOf, isoInstant, jsonRoute } from './shared.ts';

/** Questions to the Reassigned Numbers Database and their answers, by files. */
export const tag = 'Reassigned numbers';

export const reassignedCheckSchema = z
  .object({
    id: idOf('reassignedCheck'),
    state: z.enum(['asked', 'answered']),
    chosen: z.string().openapi({ example: 'tagged estimate, in MA' }),
    questions: z.int(),
    undated: z.int().openapi({ description: 'Chosen and not asked about: they have neither agreed nor written' }),
    ruleVersion: z.string(),
    askedBy: z.string(),
    askedAt: isoInstant,
    answers: z
      .object({
        file: z.string(),
        digest: z.string().openapi({ description: 'SHA-256 of the file' }),
        asOf: z.string(),
        by: z.string(),
        at: isoInstant,
        yes: z
          .int()
          .openapi({ description: 'Given up since that day: left out of campaigns until its holder agrees anew' }),
        no: z.int().openapi({ description: 'Not given up: kept as evidence' }),
        noData: z.int().openapi({ description: 'Nobody knows: protects nobody' }),
        unanswered: z.int(),
      })
      .nullable(),
  })
  .openapi('ReassignedCheck');
export type ReassignedCheck = z.infer<typeof reassignedCheckSchema>;

export const params = z.object({ id: idOf('reassignedCheck') });

export const listReassignedChecks = jsonRoute({
  method: 'get',
  path: '/v1/reassigned-checks',
  access: 'manager',
  tag,
  summary: 'The newest files of questions, and what was answered',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  response: z.object({ data: z.array(reassignedCheckSchema) }),
});
export const getReassignedCheck = jsonRoute({
  method: 'get',
  path: '/v1/reassigned-checks/{id}',
  access: 'manager',
  tag,
  summary: 'One file of questions',
  params,
  response: reassignedCheckSchema,
});
export const askReassigned = jsonRoute({
  method: 'post',
  path: '/v1/reassigned-checks',
  access: 'manager',
  tag,
  summary:
    'Make a file of questions about the people of an audience: their number and the last day on which it was known to be theirs',
  body: z.strictObject({
    audience: audienceRule,
    notAskedForDays: z
      .int()
      .min(0)
      .max(365)
      .default(0)
      .openapi({ description: 'Leave out whoever was answered about within so many days' }),
  }),
  response: reassignedCheckSchema,
  status: 201,
  idempotent: true,
});

export const questionsQuery = z.object({
  dateFormat: z
    .enum(DATE_FORMATS)
    .optional()
    .openapi({ description: 'How days are written; as the rules say without it' }),
  header: z.enum(['true', 'false']).default('false'),
});

/** The file is the request body itself. */
export const answersQuery = z.object({
  fileName: z.string().trim().min(1).max(300),
  asOf: z.iso.date().openapi({ description: 'The day on which the database answered' }),
  columns: columnsInOrder(ANSWER_COLUMNS)
    .prefault(DEFAULT_ANSWER_COLUMNS.join(','))
    .openapi({ type: 'string', description: 'In their order', example: 'phone,date,answer' }),
  partial: z.enum(['true', 'false']).default('false').openapi({
    description: 'true: questions may be without an answer, and stay so; without it such a file changes nothing',
  }),
});
export const answerReassigned = jsonRoute({
  method: 'post',
  path: '/v1/reassigned-checks/{id}/answers',
  access: 'manager',
  tag,
  summary: 'Upload the answers (raw, at most 128 MiB): all of them count from then on, or nothing changes',
  params,
  query: answersQuery,
  response: reassignedCheckSchema,
  status: 201,
});
