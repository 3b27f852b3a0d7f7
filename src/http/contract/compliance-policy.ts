import { z } from '@hono/zod-openapi';
import { WORDING_LENGTH_MAX } from '../../compliance/opt-out-wording.ts';
import { consentPolicyInput, consentPolicyShown } from './campaign-consent.ts';
import { jsonRoute } from './shared.ts';

const wordingSchema = z
  .object({
    adds: z.boolean().openapi({ description: 'Whether it is added to first texts that do not say it themselves' }),
    wording: z.string().openapi({ example: 'Reply STOP to opt out.' }),
  })
  .openapi('OptOutWording');
export type OptOutWordingAnswer = z.infer<typeof wordingSchema>;

export const getOptOutWording = jsonRoute({
  method: 'get',
  path: '/v1/opt-out-wording',
  access: 'viewer',
  tag: 'Settings',
  summary: 'What is added to the first campaign text that a person ever gets from us',
  response: wordingSchema,
});

export const changeOptOutWording = jsonRoute({
  method: 'patch',
  path: '/v1/opt-out-wording',
  access: 'owner',
  tag: 'Settings',
  summary: 'Change that, for texts that are begun from now on; one that is tried again keeps its words',
  body: z.strictObject({
    adds: z.boolean().optional(),
    wording: z
      .string()
      .max(WORDING_LENGTH_MAX * 2)
      .optional(),
  }),
  response: wordingSchema,
});

export const getDefaultConsent = jsonRoute({
  method: 'get',
  path: '/v1/default-consent',
  access: 'viewer',
  tag: 'Settings',
  summary: 'Which consent a new campaign asks for until somebody chooses another one for it',
  response: consentPolicyShown,
});

export const changeDefaultConsent = jsonRoute({
  method: 'put',
  path: '/v1/default-consent',
  access: 'owner',
  tag: 'Settings',
  summary: 'Change that, for campaigns that are made from now on',
  body: consentPolicyInput,
  response: consentPolicyShown,
});

export const policyEffectsSchema = z
  .object({
    contacts: z.int(),
    neverTexted: z.int().openapi({ description: 'Contacts whose first text is still to come' }),
    estimated: z.boolean().openapi({ description: 'From a part of the contacts, when there are many' }),
    heldNumbers: z.int().openapi({ description: 'Numbers whose replies wait for a decision, and keep their time' }),
    textsOfDay: z
      .array(z.object({ texts: z.int(), people: z.int() }))
      .openapi({ description: 'People by how many campaign texts they had in the last 24 hours' }),
  })
  .openapi('PolicyEffects');
export type PolicyEffects = z.infer<typeof policyEffectsSchema>;

export const policyEffects = jsonRoute({
  method: 'get',
  path: '/v1/compliance/policy-effects',
  access: 'viewer',
  tag: 'Settings',
  summary: 'Whom settings of compliance reach, to be told beside them before they are saved',
  response: policyEffectsSchema,
});
