import { z } from '@hono/zod-openapi';
import { idOf, isoInstant, jsonRoute, pageOf, pageQuery, phoneText } from './shared.ts';

const moment = z.iso.datetime({ offset: true });
const seq = z.int().openapi({ description: 'Place in the chain, from 1' });
const hash = z.string().openapi({ example: 'da0d67831ad523e2c98eaabe01047bdd86da8a9ef6cb27948dd4343fd7ca510b' });
const count = (description: string) => z.int().openapi({ description });

export const auditEntrySchema = z
  .object({
    id: idOf('audit'),
    at: isoInstant,
    actor: z
      .string()
      .openapi({ description: 'user:<id>, api_key:<id>, cli:<name>, contact (the person on the phone) or system' }),
    actorName: z.string().nullable(),
    action: z.string().openapi({ example: 'campaign.launched' }),
    subject: z.string().openapi({ description: 'Id or number that the act was about' }),
    phone: phoneText.nullable(),
    detail: z.record(z.string(), z.unknown()),
    seal: z.object({ seq, hash }).nullable().openapi({ description: 'null for a second, until it is sealed' }),
  })
  .openapi('AuditEntry');
export type AuditEntry = z.infer<typeof auditEntrySchema>;

const head = z
  .object({ seq, hash })
  .openapi({ description: 'Note it elsewhere: a log whose end was cut off is told from it' });
const databaseRole = z
  .object({
    name: z.string().openapi({ example: 'textwright_app' }),
    mayChange: z.boolean().openapi({ description: 'Whether it could change or remove entries' }),
    sentence: z.string(),
  })
  .openapi({ description: 'What the program is connected to its database as' });
const unsealed = {
  waiting: count('Entries without a seal'),
  overdue: count('Of those, written more than a minute ago: no worker seals'),
};

export const auditChainSchema = z
  .object({
    head,
    sealedAt: isoInstant.nullable(),
    ...unsealed,
    databaseRole,
    actions: z.array(z.string()).openapi({ description: 'Every kind of act that there is' }),
  })
  .openapi('AuditChain');
export type AuditChain = z.infer<typeof auditChainSchema>;

export const auditVerdictSchema = z
  .object({
    state: z.enum(['whole', 'behind', 'broken']),
    sentence: z.string(),
    checked: count('Entries whose seal was recomputed and fits'),
    erased: count('Of those, about people who were erased: their content is gone, and an erasure in the chain says so'),
    head,
    ...unsealed,
    databaseRole,
    broken: z
      .object({
        kind: z.enum([
          'seal_missing',
          'entry_missing',
          'entry_changed',
          'out_of_place',
          'not_as_noted',
          'never_sealed',
        ]),
        seq: seq.nullable(),
        entryId: idOf('audit').nullable(),
      })
      .nullable()
      .openapi({ description: 'The first that does not fit' }),
  })
  .openapi('AuditVerdict');
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;

const short = z.string().trim().min(1).max(200);
export const listAudit = jsonRoute({
  method: 'get',
  path: '/v1/audit-entries',
  access: 'manager',
  tag: 'Audit log',
  summary: 'Who did what and when, newest first',
  query: pageQuery.extend({
    actor: short.optional(),
    action: short.optional(),
    subject: short.optional(),
    phone: short.optional(),
    from: moment.optional(),
    until: moment.optional(),
  }),
  response: pageOf(auditEntrySchema),
});
export const getAuditEntry = jsonRoute({
  method: 'get',
  path: '/v1/audit-entries/{id}',
  access: 'manager',
  tag: 'Audit log',
  summary: 'One act with all of its detail',
  params: z.object({ id: idOf('audit') }),
  response: auditEntrySchema,
});
export const getAuditChain = jsonRoute({
  method: 'get',
  path: '/v1/audit-chain',
  access: 'manager',
  tag: 'Audit log',
  summary: 'How far the log is sealed; nothing is recomputed',
  response: auditChainSchema,
});
export const verifyAudit = jsonRoute({
  method: 'post',
  path: '/v1/audit-chain/verify',
  access: 'manager',
  tag: 'Audit log',
  summary: 'Recompute every seal, and name the first entry that does not fit',
  body: z.strictObject({
    expect: z
      .strictObject({ seq: z.int().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits') })
      .optional()
      .openapi({ description: 'A head that was noted before' }),
  }),
  response: auditVerdictSchema,
});
