import { z } from '@hono/zod-openapi';
import { CONSENT_KINDS } from '../../compliance/consent.ts';
import { CONSENT_ACTIONS, CONSENT_SOURCES, CONSENT_STATES, consentEventSchema, purposeInput } from './consents.ts';
import { idOf, jsonRoute, numberHolder, pageOf, pageQuery, phoneText } from './shared.ts';

/** The consents of everybody, whoever they are contacts of. */
const tag = 'Consents';
const moment = z.iso.datetime({ offset: true });

export const ledgerEntrySchema = consentEventSchema
  .extend({
    phone: phoneText,
    contact: numberHolder,
  })
  .openapi('ConsentLedgerEntry');
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

export const ledgerFilter = z.object({
  phone: phoneText.max(40).optional(),
  action: z.enum(CONSENT_ACTIONS).optional(),
  kind: z.enum(CONSENT_KINDS).optional(),
  purpose: purposeInput.optional(),
  source: z.enum(CONSENT_SOURCES).optional(),
  state: z
    .enum(CONSENT_STATES)
    .optional()
    .openapi({ description: 'How the number stands now, for the purpose of the event' }),
  from: moment.optional().openapi({ description: 'Recorded at or after this' }),
  until: moment.optional().openapi({ description: 'Recorded before this' }),
});

export const listLedger = jsonRoute({
  method: 'get',
  path: '/v1/consents',
  access: 'agent',
  tag,
  summary: 'What everybody has permitted and taken back, in the order in which it was recorded, newest first',
  query: pageQuery.extend(ledgerFilter.shape),
  response: pageOf(ledgerEntrySchema),
});
export const getLedgerEntry = jsonRoute({
  method: 'get',
  path: '/v1/consents/{id}',
  access: 'agent',
  tag,
  summary: 'One event with the words that were seen and what shows it',
  params: z.object({ id: idOf('consent') }),
  response: ledgerEntrySchema,
});
