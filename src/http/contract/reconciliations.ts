import { z } from '@hono/zod-openapi';
import { idOf, isoInstant, jsonRoute, pageOf, pageQuery, phoneText } from './shared.ts';

const count = (description: string) => z.int().openapi({ description });

export const reconciliationSchema = z
  .object({
    id: idOf('reconciliation'),
    accountId: idOf('account'),
    accountName: z.string(),
    kind: z.enum(['daily', 'manual', 'history']).openapi({ description: 'history: the first run of an account' }),
    state: z.enum(['waiting', 'running', 'completed', 'failed', 'cancelled']),
    since: isoInstant,
    until: isoInstant,
    phase: z.enum(['texts', 'calls', 'conversations', 'unlisted']).openapi({
      description: 'What it reads now, or read last; unlisted: our texts that the gateway has not listed',
    }),
    progress: z.number().openapi({ description: 'From 0 to 1' }),
    remainingSeconds: z.int().nullable(),
    requests: count('Asked of the gateway so far'),
    seenTexts: z.int(),
    seenCalls: z.int(),
    comparedNumbers: count('People whose texts were compared, each once'),
    optOutDifferences: count('Of who opted out, which no comparison had found before'),
    missingHere: count('The gateway has it, we had not; stored now'),
    staleHere: count('The gateway knew more of it; brought up to date'),
    missingThere: count('We believe it sent, the gateway has no record; nothing was changed'),
    differs: count('We contradict each other; nothing was changed'),
    unreadable: count('Entries of the gateway’s books that cannot be read; they were left out'),
    retryAt: isoInstant.nullable().openapi({ description: 'When the gateway is asked again after it gave no answer' }),
    error: z.string().nullable(),
    createdBy: z.string(),
    createdAt: isoInstant,
    startedAt: isoInstant.nullable(),
    finishedAt: isoInstant.nullable(),
  })
  .openapi('Reconciliation');
export type Reconciliation = z.infer<typeof reconciliationSchema>;

export const findingSchema = z
  .object({
    kind: z.enum(['missing_here', 'stale_here', 'missing_there', 'differs', 'unreadable']),
    what: z.string(),
    sentence: z.string(),
    gatewayId: z.string(),
    phone: phoneText.nullable(),
    name: z.string().nullable(),
    laneName: z.string().nullable(),
    at: isoInstant.openapi({ description: 'When it happened' }),
    here: z.string().nullable(),
    there: z.string().nullable(),
    conversationId: idOf('conversation').nullable(),
  })
  .openapi('ReconciliationFinding');
export type ReconciliationFinding = z.infer<typeof findingSchema>;

const params = z.object({ id: idOf('reconciliation') });
const when = z.iso.datetime({ offset: true });

export const listReconciliations = jsonRoute({
  method: 'get',
  path: '/v1/reconciliations',
  access: 'viewer',
  tag: 'Reconciliation',
  summary: 'Comparisons of our books with those of the gateways, newest first',
  query: pageQuery.extend({ accountId: idOf('account').optional() }),
  response: pageOf(reconciliationSchema),
});
export const getReconciliation = jsonRoute({
  method: 'get',
  path: '/v1/reconciliations/{id}',
  access: 'viewer',
  tag: 'Reconciliation',
  summary: 'One comparison',
  params,
  response: reconciliationSchema,
});
export const listFindings = jsonRoute({
  method: 'get',
  path: '/v1/reconciliations/{id}/findings',
  access: 'viewer',
  tag: 'Reconciliation',
  summary: 'What a comparison found, in the order in which it was found',
  params,
  query: pageQuery.extend({
    settled: z
      .enum(['yes', 'no'])
      .optional()
      .openapi({ description: 'yes: what is stored now; no: what was only reported, for a person to look at' }),
  }),
  response: pageOf(findingSchema),
});
export const startReconciliation = jsonRoute({
  method: 'post',
  path: '/v1/reconciliations',
  access: 'manager',
  tag: 'Reconciliation',
  summary: 'Compare a range of time now',
  body: z.strictObject({
    accountId: idOf('account'),
    since: when.openapi({ description: 'What the gateway dates at or after this, 360 days ago at the earliest' }),
    until: when.optional().openapi({ description: 'And before this; two minutes ago when absent or later' }),
  }),
  response: reconciliationSchema,
  status: 201,
  idempotent: true,
});
export const cancelReconciliation = jsonRoute({
  method: 'post',
  path: '/v1/reconciliations/{id}/cancel',
  access: 'manager',
  tag: 'Reconciliation',
  summary: 'End a comparison that waits or runs; what was found until then stays',
  params,
  response: reconciliationSchema,
});
