import { z } from '@hono/zod-openapi';
import { done, idOf, isoInstant, jsonRoute, pageOf, pageQuery, phoneText } from './shared.ts';

export const templateSchema = z
  .object({
    id: idOf('template'),
    name: z.string(),
    body: z.string(),
    version: z.int(),
    createdAt: isoInstant,
    updatedAt: isoInstant,
  })
  .openapi('Template');
export type Template = z.infer<typeof templateSchema>;
const templateParams = z.object({ id: idOf('template') });
const templateInput = z.strictObject({ name: z.string().trim().min(1).max(200), body: z.string().min(1).max(6400) });
export const listTemplates = jsonRoute({
  method: 'get',
  path: '/v1/templates',
  access: 'viewer',
  tag: 'Templates',
  summary: 'Templates by name',
  query: pageQuery.extend({ search: z.string().trim().max(200).optional() }),
  response: pageOf(templateSchema),
});
export const createTemplate = jsonRoute({
  method: 'post',
  path: '/v1/templates',
  access: 'manager',
  tag: 'Templates',
  summary: 'Make a template; a text that does not parse is refused',
  body: templateInput,
  response: templateSchema,
  status: 201,
  idempotent: true,
});
export const getTemplate = jsonRoute({
  method: 'get',
  path: '/v1/templates/{id}',
  access: 'viewer',
  tag: 'Templates',
  summary: 'One template',
  params: templateParams,
  response: templateSchema,
});
export const updateTemplate = jsonRoute({
  method: 'patch',
  path: '/v1/templates/{id}',
  access: 'manager',
  tag: 'Templates',
  summary: 'Change name or text; `version` must be the one that was read',
  params: templateParams,
  body: templateInput.partial().extend({ version: z.int() }),
  response: templateSchema,
});
export const archiveTemplate = jsonRoute({
  method: 'delete',
  path: '/v1/templates/{id}',
  access: 'manager',
  tag: 'Templates',
  summary: 'Archive a template',
  params: templateParams,
  response: done,
});

export const restoreTemplate = jsonRoute({
  method: 'post',
  path: '/v1/templates/{id}/restore',
  access: 'manager',
  tag: 'Templates',
  summary: 'Take the archiving of a template back',
  params: templateParams,
  response: templateSchema,
});

export const textPreviewSchema = z.object({
  text: z.string().nullable(),
  added: z
    .string()
    .nullable()
    .openapi({ description: 'What was put behind it because it is the first text to this person' }),
  encoding: z.enum(['GSM-7', 'UCS-2']).nullable(),
  units: z.int(),
  parts: z.int(),
  unitsInLastPart: z.int(),
  limitOfLastPart: z.int(),
  charactersOutsideGsm7: z.array(z.string()),
  plainBody: z.string().nullable().openapi({
    description: 'The template with look-alikes of the SMS alphabet, when that makes the text fit into it',
  }),
  fields: z.array(
    z.object({ name: z.string(), known: z.boolean(), hasFallback: z.boolean(), suggestion: z.string().nullable() }),
  ),
  warnings: z.array(z.string()),
  error: z.object({ message: z.string(), position: z.int() }).nullable(),
  contact: z.object({ id: idOf('contact'), name: z.string(), phone: phoneText }).nullable(),
});
export type TextPreview = z.infer<typeof textPreviewSchema>;
export const previewText = jsonRoute({
  method: 'post',
  path: '/v1/templates/preview',
  access: 'viewer',
  tag: 'Templates',
  summary: 'The text as one person would get it, with parts and problems',
  body: z.strictObject({
    body: z.string().max(6400),
    contactId: idOf('contact').optional(),
    asCampaign: z.boolean().optional().openapi({
      description: 'With what is added to the first campaign text that a person gets; the sample person gets one',
    }),
  }),
  response: textPreviewSchema,
});
