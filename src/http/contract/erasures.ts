import { z } from '@hono/zod-openapi';
import { KEPT_RECORDS } from '../../compliance/retention-rules.ts';
import { idOf, isoInstant, jsonRoute, phoneText } from './shared.ts';

const tag = 'Evidence and erasure';
const count = z.int();

export const erasureSchema = z
  .object({
    id: idOf('erasure').nullable().openapi({ description: 'null: a rehearsal, which changed nothing' }),
    erasedAt: isoInstant,
    by: z.string(),
    reason: z.string(),
    removed: z.object({
      contacts: count,
      conversations: count,
      texts: count.openapi({ description: 'Whose words and pictures go; that they were sent stays' }),
      calls: count,
      recordings: count,
      events: count.openapi({ description: 'Raw events of the gateway' }),
      validations: count,
      auditEntries: count.openapi({ description: 'Whose content goes; their digests stay, and the chain is whole' }),
    }),
    kept: z.array(
      z.object({
        record: z.enum(KEPT_RECORDS),
        rows: count,
        ruleVersion: z.string(),
        reason: z.string(),
        keepUntil: isoInstant.nullable().openapi({ description: 'null: as long as this business texts' }),
      }),
    ),
    beyondReach: z.array(z.string()).openapi({ description: 'What has to be removed elsewhere' }),
  })
  .openapi('Erasure');
export type Erasure = z.infer<typeof erasureSchema>;

const phone = phoneText.max(40);
export const rehearseErasure = jsonRoute({
  method: 'post',
  path: '/v1/erasures/rehearsal',
  access: 'owner',
  tag,
  summary: 'What erasing the person with this number would remove, what stays and why; nothing is changed',
  body: z.strictObject({ phone }),
  response: erasureSchema,
});
export const erasePerson = jsonRoute({
  method: 'post',
  path: '/v1/erasures',
  access: 'owner',
  tag,
  summary: 'Erase the person with this number for good; the number stays opted out, as a keyed hash',
  body: z.strictObject({
    phone,
    confirmPhone: phone.openapi({ description: 'The same number, typed again' }),
    reason: z.string().trim().min(3).max(500).openapi({ description: 'Stays; it must not name the person' }),
  }),
  response: erasureSchema,
  status: 201,
  idempotent: true,
});
