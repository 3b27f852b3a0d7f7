import { z } from '@hono/zod-openapi';
import { ATTRIBUTE_TARGET, NAMED_TARGETS } from '../../contacts/import-target.ts';
import { done, howAsked, idOf, isoInstant, jsonRoute, pageOf, pageQuery, phoneText } from './shared.ts';

export const contactSchema = z
  .object({
    id: idOf('contact'),
    phone: phoneText,
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    email: z.string().nullable(),
    company: z.string().nullable(),
    street: z.string().nullable(),
    city: z.string().nullable(),
    state: z.string().nullable(),
    postalCode: z.string().nullable(),
    tags: z.array(z.string()),
    attributes: z.record(z.string(), z.string()),
    zones: z.array(z.string()).openapi({ description: 'Every time zone this person may plausibly be in' }),
    /** Set while a suppression is active: no campaign text will be sent. */
    suppressed: z
      .object({
        reason: z.string(),
        sentence: z.string().openapi({ example: 'Asked not to be texted' }),
        how: z.string().openapi({ example: 'by text' }),
        since: isoInstant,
      })
      .nullable(),
    numberState: z.enum(['unverified', 'textable', 'invalid']),
    lastCampaignTextAt: isoInstant.nullable(),
    createdAt: isoInstant,
    updatedAt: isoInstant,
  })
  .openapi('Contact');
export type Contact = z.infer<typeof contactSchema>;

const contactFilters = {
  search: z
    .string()
    .trim()
    .max(200)
    .optional()
    .openapi({ description: 'Any part of a name, company, e-mail or number' }),
  tag: z.string().max(100).optional(),
  state: z.string().max(50).optional(),
  city: z.string().max(100).optional(),
  suppressed: z.enum(['yes', 'no']).optional(),
};
export type ContactFilters = Partial<Record<keyof typeof contactFilters, string>>;

export const listContacts = jsonRoute({
  method: 'get',
  path: '/v1/contacts',
  access: 'viewer',
  tag: 'Contacts',
  summary: 'Contacts, newest first',
  query: pageQuery.extend(contactFilters),
  response: pageOf(contactSchema),
});
export const countContacts = jsonRoute({
  method: 'get',
  path: '/v1/contacts/count',
  access: 'viewer',
  tag: 'Contacts',
  summary:
    'How many contacts match (counted up to 100,000, with filters among more contacts than that up to 10,000; then `atLeast` is true)',
  query: z.object(contactFilters),
  response: z.object({ count: z.int(), atLeast: z.boolean() }),
});
export const contactFacets = jsonRoute({
  method: 'get',
  path: '/v1/contacts/facets',
  access: 'viewer',
  tag: 'Contacts',
  summary: 'Tags, states and cities that exist, most used first (at most 200 each)',
  response: z.object({
    tags: z.array(z.object({ value: z.string(), count: z.int() })),
    states: z.array(z.object({ value: z.string(), count: z.int() })),
    cities: z.array(z.object({ value: z.string(), state: z.string().nullable(), count: z.int() })),
    attributes: z.array(z.string()),
  }),
});
export type ContactFacets = z.infer<(typeof contactFacets)['responseSchema']>;

export const getContact = jsonRoute({
  method: 'get',
  path: '/v1/contacts/{id}',
  access: 'viewer',
  tag: 'Contacts',
  summary: 'One contact',
  params: z.object({ id: idOf('contact') }),
  response: contactSchema,
});

export const contactEligibility = jsonRoute({
  method: 'get',
  path: '/v1/contacts/{id}/eligibility',
  access: 'viewer',
  tag: 'Contacts',
  summary: 'Whether a campaign that is launched now would text this person, and if not, why',
  params: z.object({ id: idOf('contact') }),
  response: z.object({
    leftOut: z.object({ reason: z.string(), sentence: z.string(), remedy: z.string() }).nullable(),
  }),
});

const editable = {
  firstName: z.string().trim().max(200).nullable().optional(),
  lastName: z.string().trim().max(200).nullable().optional(),
  email: z.email().max(320).nullable().optional(),
  company: z.string().trim().max(200).nullable().optional(),
  street: z.string().trim().max(300).nullable().optional(),
  city: z.string().trim().max(100).nullable().optional(),
  state: z.string().trim().max(50).nullable().optional(),
  postalCode: z.string().trim().max(20).nullable().optional(),
  tags: z.array(z.string().trim().min(1).max(100)).max(100).optional(),
};
export const createContact = jsonRoute({
  method: 'post',
  path: '/v1/contacts',
  access: 'agent',
  tag: 'Contacts',
  summary: 'Add one contact',
  body: z.strictObject({ phone: z.string().max(60), ...editable }),
  response: contactSchema,
  status: 201,
  idempotent: true,
});
export const updateContact = jsonRoute({
  method: 'patch',
  path: '/v1/contacts/{id}',
  access: 'agent',
  tag: 'Contacts',
  summary: 'Change fields of a contact (null empties a field)',
  params: z.object({ id: idOf('contact') }),
  body: z.strictObject(editable),
  response: contactSchema,
});
export const optOutContact = jsonRoute({
  method: 'post',
  path: '/v1/contacts/{id}/opt-out',
  access: 'agent',
  tag: 'Contacts',
  summary: 'Record that this person asked not to be texted; effective at once, cannot be undone by staff',
  params: z.object({ id: idOf('contact') }),
  body: z.strictObject({ note: howAsked }),
  response: contactSchema,
  idempotent: true,
});

export const contactMergeSchema = z
  .object({
    contact: contactSchema.openapi({ description: 'The one that stays, as it is then; it keeps its number' }),
    ended: z.object({ id: idOf('contact'), phone: phoneText }),
    filled: z.array(z.string()).openapi({ description: 'Fields and attributes that were empty' }),
    addedTags: z.array(z.string()),
    conversations: z.int(),
    texts: z.int(),
    calls: z.int(),
    waitingEnded: z.int().openapi({ description: 'Parts in campaigns that waited and wait no more' }),
    optedOut: z.array(phoneText).openapi({ description: 'Numbers that are opted out because the other one was' }),
  })
  .openapi('ContactMerge');
export type ContactMerge = z.infer<typeof contactMergeSchema>;
const merging = {
  access: 'manager',
  tag: 'Contacts',
  params: z.object({ id: idOf('contact') }),
  body: z.strictObject({
    from: idOf('contact').openapi({ description: 'The other contact of the same person; it ends' }),
  }),
  response: contactMergeSchema,
} as const;
export const rehearseContactMerge = jsonRoute({
  ...merging,
  method: 'post',
  path: '/v1/contacts/{id}/merge/rehearsal',
  summary: 'What merging would do; nothing is changed',
});
export const mergeContact = jsonRoute({
  ...merging,
  method: 'post',
  path: '/v1/contacts/{id}/merge',
  summary:
    'Merge another contact of the same person into this one, for good. Opt-outs hold for both numbers then; no campaign texts the person twice',
  idempotent: true,
});

export const timelineEntrySchema = z
  .object({
    at: isoInstant,
    kind: z.enum([
      'text_out',
      'text_in',
      'call',
      'missed_call',
      'opt_out',
      'opt_in',
      'import',
      'skipped',
      'created',
      'audit',
    ]),
    title: z.string(),
    text: z.string().nullable(),
    state: z.string().nullable().openapi({ description: 'State word of the text, see the state vocabulary' }),
    campaign: z.object({ id: idOf('campaign'), name: z.string() }).nullable(),
    laneName: z.string().nullable(),
    otherNumber: phoneText
      .nullable()
      .openapi({ description: 'The number that it was with, when that was merged into this contact; null: its own' }),
  })
  .openapi('TimelineEntry');
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
export const contactTimeline = jsonRoute({
  method: 'get',
  path: '/v1/contacts/{id}/timeline',
  access: 'viewer',
  tag: 'Contacts',
  summary: 'Everything that happened with this person, newest first',
  params: z.object({ id: idOf('contact') }),
  query: pageQuery,
  response: pageOf(timelineEntrySchema),
});

// Imports ------------------------------------------------------------------------------------------------------------------

/** Column index (as text) to a field of the contact, `ignore`, or `attribute:<name>`. */
export const importMapping = z.record(
  z.string().regex(/^\d{1,3}$/),
  z.union([z.enum(NAMED_TARGETS), z.string().regex(ATTRIBUTE_TARGET)]),
);
export type ImportMapping = z.infer<typeof importMapping>;

const consentReadings = z.object({
  agreed: z.int().openapi({ description: 'Tell when, how and to which words the person agreed' }),
  unproven: z.int().openapi({ description: 'Say yes, and not all of that: no consent' }),
  unclear: z.int().openapi({ description: 'Say what is neither yes nor no: no consent' }),
  notGiven: z.int().openapi({ description: 'Say that there is none' }),
  refused: z.int().openapi({ description: 'Say that the person asked to be left alone: the import opts them out' }),
  silent: z.int(),
});

export const importPreviewSchema = z.object({
  encoding: z.string(),
  delimiter: z.string(),
  hasHeader: z.boolean(),
  columns: z.array(z.object({ index: z.int(), header: z.string(), field: z.string(), samples: z.array(z.string()) })),
  rows: z.int(),
  newContacts: z.int(),
  updatedContacts: z.int(),
  unchangedContacts: z.int(),
  mergedRows: z.int(),
  refusedRows: z.int(),
  refusedByReason: z.record(z.string(), z.int()),
  suppressedKept: z.int().openapi({ description: 'Of the contacts: opted out before, and they stay opted out' }),
  erasedKept: z
    .int()
    .optional()
    .openapi({ description: 'Of the new contacts: erased here before, and opted out until they text START' }),
  outsideUs: z.int(),
  consents: consentReadings
    .extend({
      cells: z
        .array(
          z.object({
            said: z.string(),
            reading: z.enum(['agreed', 'unclear', 'not_given', 'refused']),
            rows: z.int(),
          }),
        )
        .openapi({ description: 'What the cells say and as what each was read, refusals first; at most 20' }),
    })
    .nullable()
    .optional()
    .openapi({ description: 'How the rows that are taken were read; null when no column tells of consents' }),
  warnings: z.array(z.string()),
  sample: z.array(
    contactSchema.pick({
      phone: true,
      firstName: true,
      lastName: true,
      email: true,
      company: true,
      street: true,
      city: true,
      state: true,
      postalCode: true,
      tags: true,
    }),
  ),
  refused: z
    .array(z.object({ line: z.int(), value: z.string(), reason: z.string() }))
    .openapi({ description: 'The first 50' }),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

export const importSchema = z
  .object({
    id: idOf('import'),
    fileName: z.string(),
    fileBytes: z.int(),
    state: z.enum(['uploaded', 'previewed', 'running', 'completed', 'failed']),
    preview: importPreviewSchema.nullable(),
    progress: z.object({ rows: z.int(), bytes: z.int() }),
    result: z
      .object({
        rows: z.int(),
        created: z.int(),
        updated: z.int(),
        unchanged: z.int(),
        merged: z.int(),
        refused: z.int(),
        erased: z
          .int()
          .openapi({ description: 'Of the created: erased here before, and opted out until they text START' }),
        consents: consentReadings
          .nullable()
          .openapi({ description: 'How the rows were read; null when no column told of consents' }),
      })
      .nullable(),
    error: z.string().nullable(),
    createdAt: isoInstant,
    finishedAt: isoInstant.nullable(),
  })
  .openapi('Import');
export type Import = z.infer<typeof importSchema>;

const importParams = z.object({ id: idOf('import') });
/** The file is the request body itself, streamed: `POST /v1/imports?fileName=contacts.csv` with `application/octet-stream`. */
export const uploadImport = jsonRoute({
  method: 'post',
  path: '/v1/imports',
  access: 'manager',
  tag: 'Imports',
  summary: 'Upload a CSV file (the raw file is the body, at most 2 GiB)',
  query: z.object({ fileName: z.string().trim().min(1).max(300) }),
  response: importSchema,
  status: 201,
});
export const uploadSampleImport = jsonRoute({
  method: 'post',
  path: '/v1/imports/sample',
  access: 'manager',
  tag: 'Imports',
  summary: 'Take the sample contacts as if they had been uploaded',
  response: importSchema,
  status: 201,
});
export const listImports = jsonRoute({
  method: 'get',
  path: '/v1/imports',
  access: 'viewer',
  tag: 'Imports',
  summary: 'Imports, newest first',
  query: pageQuery,
  response: pageOf(importSchema),
});
export const getImport = jsonRoute({
  method: 'get',
  path: '/v1/imports/{id}',
  access: 'viewer',
  tag: 'Imports',
  summary: 'One import with its preview and progress',
  params: importParams,
  response: importSchema,
});
export const previewImport = jsonRoute({
  method: 'post',
  path: '/v1/imports/{id}/preview',
  access: 'manager',
  tag: 'Imports',
  summary: 'Read the whole file without changing anything and say what would happen',
  params: importParams,
  body: z.strictObject({ mapping: importMapping.optional() }),
  response: importSchema,
});
export const commitImport = jsonRoute({
  method: 'post',
  path: '/v1/imports/{id}/commit',
  access: 'manager',
  tag: 'Imports',
  summary: 'Import the file: all of it or, on an error, nothing. Runs in the background; watch the import',
  params: importParams,
  body: z.strictObject({
    mapping: importMapping.optional(),
    addTags: z.array(z.string().trim().min(1).max(100)).max(20).optional(),
    validateNumbers: z.boolean().optional().openapi({
      description: 'Ask what kind of numbers they are, where the settings leave it to the importer',
    }),
  }),
  response: importSchema,
  status: 202,
  idempotent: true,
});
export const importRefusals = jsonRoute({
  method: 'get',
  path: '/v1/imports/{id}/refusals',
  access: 'viewer',
  tag: 'Imports',
  summary: 'Refused rows with line, value and reason (also as refusals.csv)',
  params: importParams,
  query: pageQuery,
  response: pageOf(z.object({ line: z.int(), value: z.string(), reason: z.string() })),
});
export { done };
