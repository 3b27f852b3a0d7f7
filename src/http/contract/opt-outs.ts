import { z } from '@hono/zod-openapi';
import { idOf, isoInstant, jsonRoute, numberHolder, pageOf, pageQuery, phoneText } from './shared.ts';

/** Numbers that must not be texted, told by other systems and by lists. */
const tag = 'Opt-outs';

export const recordOptOut = jsonRoute({
  method: 'post',
  path: '/v1/opt-outs',
  access: 'agent',
  tag,
  summary:
    'Opt a number out, also one that is no contact. Repeating it changes nothing; only the person can undo it, by texting START',
  body: z.strictObject({
    phone: phoneText.max(40),
    reason: z.enum(['opt_out', 'wrong_number']).default('opt_out'),
    note: z.string().trim().min(3).max(1_000).openapi({ description: 'How the person said it, and where' }),
    saidAt: z.iso
      .datetime({ offset: true })
      .optional()
      .openapi({ description: 'When the person said it. Without it, now' }),
  }),
  response: z.object({
    phone: phoneText,
    already: z.boolean().openapi({ description: 'The number was opted out for this reason before' }),
    since: isoInstant,
  }),
  status: 201,
  idempotent: true,
});

export const providerOptOutSchema = z
  .object({
    id: idOf('suppression'),
    phone: phoneText,
    contact: numberHolder,
    accountId: idOf('account').nullable(),
    accountName: z.string().nullable(),
    code: z.string().nullable(),
    refusedAt: isoInstant,
    difference: z.enum(['none', 'opted_in_here', 'not_understood', 'never_heard']).openapi({
      description: 'none: we knew it too. Otherwise they said no and we said yes, and this is how it came to that',
    }),
    sentence: z.string(),
    knownSince: isoInstant.nullable(),
    optedInAt: isoInstant.nullable(),
    lastSaid: z.string().nullable(),
    lastSaidAt: isoInstant.nullable(),
    liftedAt: isoInstant.nullable(),
  })
  .openapi('ProviderOptOut');
export type ProviderOptOut = z.infer<typeof providerOptOutSchema>;

export const listProviderOptOuts = jsonRoute({
  method: 'get',
  path: '/v1/opt-outs/provider',
  access: 'agent',
  tag,
  summary:
    'Numbers that a provider refused because of its own list, the newest first, each compared with what we knew then',
  query: pageQuery.extend({
    unheard: z
      .enum(['true', 'false'])
      .optional()
      .openapi({ description: 'true: only where they said no and we said yes; false: only what we knew too' }),
  }),
  response: pageOf(providerOptOutSchema),
});

export const optOutDifferenceSchema = z
  .object({
    id: idOf('optOutDifference'),
    accountId: idOf('account'),
    reconciliationId: idOf('reconciliation').openapi({ description: 'The comparison that found it first' }),
    kind: z.enum(['refused', 'stop', 'start', 'accepted']).openapi({
      description:
        'refused: for the provider’s own list; stop, start: a text of the person that never reached us, or whose event failed (eventId); accepted: a text sent elsewhere after the opt-out here',
    }),
    sentence: z.string(),
    phone: phoneText.nullable().openapi({ description: 'null: the person was erased since' }),
    eventId: idOf('event').nullable().openapi({
      description: 'The event by which it had reached us, and which could not be applied; null: nothing of it had come',
    }),
    gatewayId: z.string().openapi({ description: 'The text in the provider’s books that shows it' }),
    code: z.string().nullable(),
    laneId: idOf('lane')
      .nullable()
      .openapi({ description: 'null: a number of the account that is not connected here' }),
    at: isoInstant.openapi({ description: 'When it happened, by the provider’s clock' }),
    foundAt: isoInstant,
    knownSince: isoInstant.nullable(),
    optedInAt: isoInstant.nullable(),
    optedOutAgainAt: isoInstant
      .nullable()
      .openapi({ description: 'Of a start: the opt-out that the person said since, by which nothing was changed' }),
  })
  .openapi('OptOutDifference');
export type OptOutDifference = z.infer<typeof optOutDifferenceSchema>;

export const listOptOutDifferences = jsonRoute({
  method: 'get',
  path: '/v1/opt-outs/differences',
  access: 'agent',
  tag,
  summary: 'What the nightly comparison with the providers’ books found of opt-outs, the newest first, each once',
  query: pageQuery,
  response: pageOf(optOutDifferenceSchema),
});
export const readOptOutComparisons = jsonRoute({
  method: 'get',
  path: '/v1/opt-outs/comparisons',
  access: 'agent',
  tag,
  summary: 'When the opt-outs of each account were last compared with its provider’s books, and how many people',
  response: z
    .object({
      accounts: z.array(
        z.object({
          accountId: idOf('account'),
          accountName: z.string(),
          last: z
            .object({
              reconciliationId: idOf('reconciliation'),
              since: isoInstant,
              until: isoInstant,
              comparedAt: isoInstant,
              texts: z.int(),
              numbers: z.int(),
              differences: z.int().openapi({ description: 'New ones' }),
            })
            .nullable(),
        }),
      ),
    })
    .openapi('OptOutComparisons'),
});

export const importOptOutsQuery = z.object({
  fileName: z.string().trim().min(1).max(300),
  column: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .openapi({ description: 'The header of the numbers, when the list has several columns of them' }),
});
const optOutImportSchema = z
  .object({
    rows: z.int(),
    optedOut: z.int(),
    already: z.int().openapi({ description: 'Opted out before, or more than once in the list' }),
    refused: z.int(),
    refusals: z
      .array(z.object({ line: z.int(), text: z.string(), reason: z.string() }))
      .openapi({ description: 'The first 1,000' }),
  })
  .openapi('OptOutImport');
export type OptOutImport = z.infer<typeof optOutImportSchema>;

/** The list is the request body itself, streamed. */
export const importOptOuts = jsonRoute({
  method: 'post',
  path: '/v1/opt-outs/import',
  access: 'manager',
  tag,
  summary:
    'Opt out every number of a list (raw body, a number a line or CSV, at most 256 MiB); rows that cannot be read are named',
  query: importOptOutsQuery,
  response: optOutImportSchema,
});
export const previewOptOuts = jsonRoute({
  method: 'post',
  path: '/v1/opt-outs/preview',
  access: 'manager',
  tag,
  summary: 'What importing a list would do (raw body, at most 16 MiB); changes nothing',
  query: importOptOutsQuery,
  response: optOutImportSchema,
});
