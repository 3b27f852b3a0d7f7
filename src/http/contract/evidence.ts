import { z } from '@hono/zod-openapi';
import { isoInstant, jsonRoute, phoneText } from './shared.ts';

export const tag = 'Evidence and erasure';

export const evidenceTimelineSchema = z
  .object({
    phone: phoneText,
    name: z.string().nullable().openapi({ description: 'null: no contact has this number' }),
    erased: z.boolean().openapi({ description: 'The person was erased and no contact has the number now' }),
    complete: z.boolean().openapi({ description: 'false: only the newest records are here' }),
    findings: z.array(z.object({ holds: z.boolean(), sentence: z.string() })),
    entries: z.array(
      z.object({
        at: isoInstant,
        kind: z.string(),
        title: z.string(),
        text: z.string().nullable(),
        lines: z.array(z.string()),
      }),
    ),
    head: z.object({ seq: z.int(), hash: z.string() }),
    provenEntries: z.int().openapi({ description: 'Entries of the audit log about this number' }),
    digest: z.string().openapi({ description: 'SHA-256 of the canonical JSON of the records' }),
  })
  .openapi('EvidenceTimeline');
export type EvidenceTimeline = z.infer<typeof evidenceTimelineSchema>;

export const readEvidenceTimeline = jsonRoute({
  method: 'get',
  path: '/v1/evidence',
  access: 'manager',
  tag,
  summary: 'Everything that is known of one number, in the order in which it happened; audited as an export',
  query: z.object({ phone: phoneText.max(40) }),
  response: evidenceTimelineSchema,
});

export const exportQuery = { format: z.enum(['json', 'pdf']).default('json') };
