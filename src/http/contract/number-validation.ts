import { z } from '@hono/zod-openapi';
import { ITEM_OUTCOMES } from '../../validation/decide-offline.ts';
import { idOf, isoInstant, jsonRoute, numberHolder, pageOf, pageQuery, phoneText } from './shared.ts';

/**
 * What services say about numbers. Shapes and sizes only: which values are allowed, and what to do about others, is said by
 * `checkValidationSettings`, which the command line asks too.
 */
const numberPolicy = z.strictObject({
  excludes: z
    .strictObject({
      landline: z.boolean(),
      voip: z.boolean(),
      tollFree: z.boolean(),
      invalid: z.boolean(),
      unverified: z.boolean().openapi({ description: 'Never validated, or longer ago than maxAgeDays' }),
    })
    .openapi({ description: 'Whom campaigns leave out' }),
  maxAgeDays: z.number().openapi({ description: 'An answer counts for so long', minimum: 1, maximum: 365 }),
});

const allowance = {
  monthlyQuota: z.number().openapi({ description: 'Requests in a calendar month (UTC)', minimum: 0 }),
  requestsPerSecond: z.number().openapi({ minimum: 0.01, maximum: 100 }),
};
const validatorInput = z.strictObject({
  ...allowance,
  key: z.string().max(300).nullable().optional().openapi({
    description: 'A new one, null to remove it; as it is when absent. Of Twilio: SID:secret',
  }),
});

const policyFields = numberPolicy.extend({
  importMode: z.enum(['mandatory', 'optional', 'off']).openapi({
    description: 'After an import numbers are validated always, when the importer wants it, or never',
  }),
  revalidate: z.boolean().openapi({ description: 'Ask anew every night about answers that are too old' }),
});

const blockKind = z.enum(['quota', 'throttled', 'down', 'refused', 'unreadable']);
const validatorName = z.enum(['numverify', 'twilio']);

export const numberValidationSchema = policyFields
  .extend({
    validators: z.array(
      z.object({
        name: validatorName,
        keySet: z.boolean(),
        ...allowance,
        askedThisMonth: z.int(),
        block: z
          .object({ kind: blockKind, message: z.string(), until: isoInstant })
          .nullable()
          .openapi({ description: 'Why it is not asked now' }),
      }),
    ),
    contacts: z.int(),
    unverifiedContacts: z.int(),
  })
  .openapi('NumberValidation');
export type NumberValidation = z.infer<typeof numberValidationSchema>;

export const getNumberValidation = jsonRoute({
  method: 'get',
  path: '/v1/number-validation',
  access: 'viewer',
  tag: 'Number validation',
  summary: 'Whether numbers are validated, by whom, what is used of the quotas, and what follows from it',
  response: numberValidationSchema,
});
export const putNumberValidation = jsonRoute({
  method: 'put',
  path: '/v1/number-validation',
  access: 'owner',
  tag: 'Number validation',
  summary: 'Change it; running campaigns obey it from their next text on, and validations that wait are tried anew',
  body: policyFields.extend({ validators: z.strictObject({ numverify: validatorInput, twilio: validatorInput }) }),
  response: numberValidationSchema,
});
export const previewNumberValidation = jsonRoute({
  method: 'post',
  path: '/v1/number-validation/preview',
  access: 'viewer',
  tag: 'Number validation',
  summary: 'How many contacts a policy would leave out; changes nothing',
  body: numberPolicy,
  response: z
    .object({
      rules: z.array(z.object({ code: z.string(), sentence: z.string(), before: z.int(), after: z.int() })),
      newlyLeftOut: z.int(),
      newlyTextable: z.int(),
    })
    .openapi('NumberPolicyEffect'),
});

export const validationSchema = z
  .object({
    id: idOf('validation'),
    source: z.enum(['import', 'contacts', 'revalidation']),
    importId: idOf('import').nullable(),
    state: z.enum(['open', 'completed', 'cancelled']),
    total: z.int(),
    done: z.int(),
    asked: z.int().openapi({ description: 'Of those that are done, how many cost a request' }),
    outcomes: z.object({
      mobile: z.int(),
      landline: z.int(),
      voip: z.int(),
      toll_free: z.int(),
      other: z.int(),
      invalid: z.int(),
      unverified: z.int().openapi({ description: 'The service says nothing of it, or it was not asked' }),
    }),
    wait: z
      .object({ kind: z.enum([...blockKind.options, 'no_validator']), message: z.string(), until: isoInstant })
      .nullable()
      .openapi({ description: 'Why nothing is asked now, and when it goes on' }),
    startedBy: z.string(),
    createdAt: isoInstant,
    finishedAt: isoInstant.nullable(),
  })
  .openapi('Validation');
export type Validation = z.infer<typeof validationSchema>;

export const validationParams = z.object({ id: idOf('validation') });

export const validatedNumberSchema = z
  .object({
    phone: phoneText,
    contact: numberHolder,
    outcome: z.enum(ITEM_OUTCOMES).nullable().openapi({ description: 'null while it waits' }),
    knownBy: z.enum(['validator', 'earlier_answer', 'numbering_plan']).nullable(),
    answer: z
      .object({
        lineType: z.string(),
        carrier: z.string().nullable(),
        country: z.string().nullable(),
        validator: validatorName,
        checkedAt: isoInstant,
      })
      .nullable()
      .openapi({ description: 'The newest about this number: a later batch may have asked again' }),
  })
  .openapi('ValidatedNumber');
export type ValidatedNumber = z.infer<typeof validatedNumberSchema>;

export const numbersFilter = z.object({
  outcome: z
    .enum([...ITEM_OUTCOMES, 'waiting'])
    .optional()
    .openapi({ description: 'Only numbers of this kind; waiting: not answered yet' }),
});

export const listValidations = jsonRoute({
  method: 'get',
  path: '/v1/number-validation/batches',
  access: 'viewer',
  tag: 'Number validation',
  summary: 'Batches of numbers that are or were validated, newest first',
  query: pageQuery.extend({ importId: idOf('import').optional() }),
  response: pageOf(validationSchema),
});
export const getValidation = jsonRoute({
  method: 'get',
  path: '/v1/number-validation/batches/{id}',
  access: 'viewer',
  tag: 'Number validation',
  summary: 'One batch with its results so far',
  params: validationParams,
  response: validationSchema,
});
export const startValidation = jsonRoute({
  method: 'post',
  path: '/v1/number-validation/batches',
  access: 'manager',
  tag: 'Number validation',
  summary: 'Validate the contacts of one import, or all of whom no answer is known',
  body: z.strictObject({ importId: idOf('import').optional() }),
  response: validationSchema,
  status: 202,
  idempotent: true,
});
export const cancelValidation = jsonRoute({
  method: 'post',
  path: '/v1/number-validation/batches/{id}/cancel',
  access: 'manager',
  tag: 'Number validation',
  summary: 'Ask about no more numbers of this batch; what was answered stays known',
  params: validationParams,
  response: validationSchema,
});
export const listValidatedNumbers = jsonRoute({
  method: 'get',
  path: '/v1/number-validation/batches/{id}/numbers',
  access: 'agent',
  tag: 'Number validation',
  summary: 'The numbers of one batch with what became of each, in their order',
  params: validationParams,
  query: pageQuery.extend(numbersFilter.shape),
  response: pageOf(validatedNumberSchema),
});
