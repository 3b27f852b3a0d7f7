import { z } from '@hono/zod-openapi';
import { SCRUB_SERVICES } from '../../scrubbing/scrub-service.ts';
import { audienceRule } from './audiences.ts';
import { idOf, isoInstant, jsonRoute } from './shared.ts';

/** Services that say of each number which do-not-call lists it is on. */
const tag = 'Scrub services';
const service = z.enum(SCRUB_SERVICES).nullable().openapi({ description: 'null: nobody is asked' });
const settings = {
  service,
  monthlyQuota: z.int().min(0).max(100_000_000).openapi({ description: 'Numbers in a calendar month (UTC)' }),
  requestsPerSecond: z.number().min(0.01).max(100),
  nightly: z.boolean().openapi({
    description: 'Ask every night about contacts whose answer is nearly too old, or who were never asked about',
  }),
};
const blockKind = z.enum(['quota', 'throttled', 'down', 'refused', 'unreadable']);

export const scrubbingSchema = z
  .object({
    ...settings,
    keySet: z.boolean(),
    askedThisMonth: z.int(),
    block: z
      .object({ kind: blockKind, message: z.string(), until: isoInstant })
      .nullable()
      .openapi({ description: 'Why it is not asked now' }),
    contacts: z.int(),
    unansweredContacts: z.int().openapi({ description: 'Without an answer, or with one that is too old by law' }),
  })
  .openapi('Scrubbing');
export type Scrubbing = z.infer<typeof scrubbingSchema>;

export const getScrubbing = jsonRoute({
  method: 'get',
  path: '/v1/scrubbing',
  access: 'viewer',
  tag,
  summary: 'Which service is asked, what is used of its quota, and how many contacts it has said nothing of',
  response: scrubbingSchema,
});
export const putScrubbing = jsonRoute({
  method: 'put',
  path: '/v1/scrubbing',
  access: 'owner',
  tag,
  summary: 'Choose the service, its key and how much of it is used',
  body: z.strictObject({
    ...settings,
    key: z.string().max(300).nullable().optional().openapi({
      description: 'A new one, null to remove it; as it is when absent. The key of one service is none of another',
    }),
  }),
  response: scrubbingSchema,
});

export const scrubBatchSchema = z
  .object({
    id: idOf('scrub'),
    state: z.enum(['open', 'completed', 'cancelled']),
    chosen: z.string(),
    total: z.int(),
    listed: z.int(),
    clean: z.int(),
    unknown: z.int().openapi({ description: 'The service says nothing of them: they stay as they were' }),
    wait: z
      .object({ kind: z.enum([...blockKind.options, 'no_service']), message: z.string(), until: isoInstant })
      .nullable()
      .openapi({ description: 'Why nothing is asked now, and when it goes on' }),
    startedBy: z.string(),
    createdAt: isoInstant,
    finishedAt: isoInstant.nullable(),
  })
  .openapi('ScrubBatch');
export type ScrubBatch = z.infer<typeof scrubBatchSchema>;

export const listScrubBatches = jsonRoute({
  method: 'get',
  path: '/v1/scrubbing/batches',
  access: 'viewer',
  tag,
  summary: 'The newest batches of numbers that were asked about',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(20) }),
  response: z.object({ data: z.array(scrubBatchSchema) }),
});
export const startScrubbing = jsonRoute({
  method: 'post',
  path: '/v1/scrubbing/batches',
  access: 'manager',
  tag,
  summary:
    'Ask about everybody of an audience of whom nothing was said lately. With the first batch the lists are made that the service fills: who was not asked about is from then on texted only with written consent or recent business',
  body: z.strictObject({ audience: audienceRule }),
  response: scrubBatchSchema,
  status: 202,
  idempotent: true,
});
export const cancelScrubbing = jsonRoute({
  method: 'post',
  path: '/v1/scrubbing/batches/{id}/cancel',
  access: 'manager',
  tag,
  summary: 'Ask about no more numbers of this batch; what was answered counts',
  params: z.object({ id: idOf('scrub') }),
  response: scrubBatchSchema,
});
