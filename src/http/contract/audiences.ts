import { z } from '@hono/zod-openapi';
import { consentPolicyInput } from './campaign-consent.ts';
import { idOf, jsonRoute, phoneText } from './shared.ts';

const choices = (choice: z.ZodString, choicesMax: number) =>
  z.array(choice).min(1, 'give at least one, or leave it out').max(choicesMax).optional();
export const audienceRule = z
  .strictObject({
    all: z.literal(true).optional().openapi({ description: 'Every contact; stands alone' }),
    tags: choices(z.string().min(1).max(100), 50).openapi({ description: 'Has any of these tags' }),
    states: choices(z.string().min(2).max(50), 60),
    cities: choices(z.string().min(1).max(100), 100),
    notContactedDays: z
      .int()
      .min(1)
      .max(3650)
      .optional()
      .openapi({ description: 'No campaign text within this many days' }),
  })
  .refine((rule) => Object.values(rule).some((value) => value !== undefined), {
    error: 'nobody is chosen: give tags, states, cities or notContactedDays, or {"all": true} to choose every contact',
  })
  .refine(({ all, ...conditions }) => !all || Object.values(conditions).every((value) => value === undefined), {
    error: 'all chooses every contact: leave the conditions out, or leave out all',
  })
  .openapi('AudienceRule', {
    description:
      'Who is chosen: either every contact (`{"all": true}`), or those for whom all given conditions hold (at least one must be given). Null means that nobody is chosen yet: a draft like that cannot be launched.',
    example: { tags: ['estimate'], states: ['MA'] },
  });
export type AudienceRule = z.infer<typeof audienceRule>;
export const chosenOrNot = audienceRule.nullable();

export const exclusionSchema = z.object({
  reason: z.string().openapi({ example: 'opted_out' }),
  sentence: z.string().openapi({ example: 'Asked not to be texted' }),
  count: z.int(),
  sample: z.array(z.object({ id: idOf('contact'), name: z.string(), phone: phoneText })),
});
export type Exclusion = z.infer<typeof exclusionSchema>;

export const audiencePreviewSchema = z.object({
  matched: z.int(),
  textable: z.int(),
  excluded: z.array(exclusionSchema),
  byState: z.array(z.object({ state: z.string(), count: z.int() })),
  /** A few textable people, to preview the text with. */
  sample: z.array(z.object({ id: idOf('contact'), name: z.string(), phone: phoneText })),
});
export type AudiencePreview = z.infer<typeof audiencePreviewSchema>;

export const previewAudience = jsonRoute({
  method: 'post',
  path: '/v1/audiences/preview',
  access: 'viewer',
  tag: 'Audiences',
  summary: 'Who would be texted, and who is left out for which reason',
  body: z.strictObject({
    audience: chosenOrNot,
    consent: consentPolicyInput
      .optional()
      .openapi({ description: 'What the campaign asks for; without it nobody is left out for want of a consent' }),
    waived: z.boolean().optional().openapi({ description: 'An owner has given a reason to text people without it' }),
  }),
  response: audiencePreviewSchema,
});
