import { z } from '@hono/zod-openapi';
import {
  CONSENT_KINDS,
  CONSENT_PURPOSES,
  type ConsentAction,
  type ConsentSource,
  type ConsentState,
  purposeSaid,
  SAID_PURPOSES,
} from '../../compliance/consent.ts';
import { ASK_AGAIN_AFTER_DAYS_MAX, CONFIRM_WITHIN_DAYS_MAX } from '../../compliance/double-opt-in.ts';
import { idOf, isoInstant, jsonRoute, pageOf, pageQuery } from './shared.ts';

/** What a person has permitted and taken back, with its proof. */
export const purposeInput = z
  .enum(SAID_PURPOSES)
  .transform(purposeSaid)
  .openapi({
    type: 'string',
    enum: [...SAID_PURPOSES],
    description:
      'marketing: what campaigns send; informational: appointments, invoices and the like. Each is given by itself. transactional is another word for informational, and is kept and shown as that',
  });
const kind = z.enum(CONSENT_KINDS).openapi({
  description:
    'express_written: a signed agreement to certain words (47 CFR 64.1200(f)(9)); express: the number was knowingly given',
});
const moment = z.iso.datetime({ offset: true });
const short = z.string().trim().min(1).max(200);
const long = z.string().trim().min(3).max(1_000);

/** Other fields for each way in which a person agrees. */
export const consentEvidence = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('web_form'),
    formUrl: z.url({ protocol: /^https?$/, error: 'expected an address like https://acme.example/join' }).max(2_000),
    formVersion: short.optional(),
    ip: z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address like 203.0.113.7 or 2001:db8::7' }),
    userAgent: z.string().trim().max(1_000).optional(),
  }),
  z.strictObject({ source: z.literal('keyword'), text: z.string().trim().min(1).max(1_600) }),
  z.strictObject({ source: z.literal('paper'), document: long }),
  z.strictObject({ source: z.literal('voice'), recording: long }),
  z.strictObject({
    source: z.literal('import'),
    file: z.string().trim().min(1).max(300),
    row: z.int().min(1).max(2_000_000_000),
    method: short
      .optional()
      .openapi({ description: 'How the person agreed. Without it the row is no proof, and no consent' }),
    formUrl: z.string().trim().max(2_000).optional().openapi({ description: 'As the file has it, like what follows' }),
    ip: z.string().trim().max(100).optional(),
    userAgent: z.string().trim().max(1_000).optional(),
    recording: z.string().trim().max(2_000).optional(),
  }),
  z.strictObject({ source: z.literal('member'), note: long.openapi({ description: 'How the person said it' }) }),
]);
export type ConsentEvidenceInput = z.infer<typeof consentEvidence>;

const about = {
  evidence: consentEvidence,
  happenedAt: moment.openapi({ description: 'When the person said so, not when it is recorded' }),
};
export const consentInput = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('grant'),
    purpose: purposeInput,
    kind,
    ...about,
    wording: z
      .strictObject({
        text: z.string().min(1).max(10_000).openapi({ description: 'Exactly what the person saw, kept byte for byte' }),
        version: short,
        language: z
          .string()
          .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'expected a language tag like en or es-US')
          .optional(),
      })
      .optional()
      .openapi({ description: 'Needed for express_written' }),
    needsConfirmation: z.boolean().optional().openapi({
      description:
        'The person was asked to confirm it (double opt-in), and it is no consent until they do, for as long as `GET /v1/double-opt-in` says',
    }),
    validUntil: moment.nullable().optional().openapi({
      description: 'When it ends by itself; null: never. Left out, the settings say so: `GET /v1/consent-validity`',
    }),
  }),
  z.strictObject({
    action: z.literal('revoke'),
    purpose: z.union([purposeInput, z.literal('all')]).openapi({
      description: 'marketing and all: the number is opted out as well, and only the person can undo that',
    }),
    ...about,
  }),
]);
export type ConsentInput = z.infer<typeof consentInput>;

export const CONSENT_ACTIONS = ['grant', 'confirm', 'revoke', 'expire'] as const satisfies readonly ConsentAction[];
export const CONSENT_SOURCES = [
  'web_form',
  'keyword',
  'paper',
  'voice',
  'import',
  'member',
  'opt_out',
  'policy',
] as const satisfies readonly ConsentSource[];
export const CONSENT_STATES = [
  'unknown',
  'imported_unverified',
  'express',
  'pending',
  'written',
  'opted_out',
  'expired',
] as const satisfies readonly ConsentState[];

export const consentEventSchema = z
  .object({
    id: idOf('consent'),
    action: z.enum(CONSENT_ACTIONS),
    purpose: z.enum([...CONSENT_PURPOSES, 'all']),
    kind: z.enum(CONSENT_KINDS).nullable(),
    source: z.enum(CONSENT_SOURCES),
    documented: z.boolean().openapi({ description: 'False: a claim of a file without proof, which is no consent' }),
    seller: z.string().openapi({ description: 'The business as it was named' }),
    wording: z.string().nullable(),
    wordingVersion: z.string().nullable(),
    language: z.string().nullable(),
    sentence: z.string().openapi({ example: 'Express written consent to marketing texts by web form v2' }),
    evidence: z
      .record(z.string(), z.string())
      .openapi({ description: 'What shows it, as given; other fields for each source' }),
    needsConfirmation: z.boolean(),
    validUntil: isoInstant.nullable(),
    recordedBy: z.string(),
    occurredAt: isoInstant,
    recordedAt: isoInstant,
  })
  .openapi('ConsentEvent');
export type ConsentEvent = z.infer<typeof consentEventSchema>;

export const contactConsentsSchema = pageOf(consentEventSchema)
  .extend({
    standings: z.array(
      z.object({
        purpose: z.enum(CONSENT_PURPOSES),
        state: z.enum(CONSENT_STATES),
        since: isoInstant.nullable(),
        consentId: idOf('consent').nullable().openapi({ description: 'The grant that is in force' }),
        kind: z.enum(CONSENT_KINDS).nullable(),
        validUntil: isoInstant.nullable(),
        confirmUntil: isoInstant.nullable(),
        sentence: z.string().openapi({ example: 'Express written consent of 3 May 2026 from web form v2' }),
      }),
    ),
  })
  .openapi('ContactConsents');
export type ContactConsents = z.infer<typeof contactConsentsSchema>;

const params = z.object({ id: idOf('contact') });
export const listConsents = jsonRoute({
  method: 'get',
  path: '/v1/contacts/{id}/consents',
  access: 'viewer',
  tag: 'Contacts',
  summary: 'What this person has permitted, and every event of it, newest first',
  params,
  query: pageQuery,
  response: contactConsentsSchema,
});
export const recordConsent = jsonRoute({
  method: 'post',
  path: '/v1/contacts/{id}/consents',
  access: 'agent',
  tag: 'Contacts',
  summary: 'Record that this person permitted something or took it back; events are never changed afterwards',
  params,
  body: consentInput,
  response: contactConsentsSchema,
  status: 201,
  idempotent: true,
});

const months = z.int().min(1).max(240).nullable();
const validity = z
  .object({
    express: months,
    express_written: months,
    alsoRecorded: z.boolean().openapi({
      description:
        'Also ends consents that were recorded before, whatever end they were given, within minutes. Nothing brings them back but the person',
    }),
  })
  .openapi('ConsentValidity', { description: 'After how many months a consent of this kind ends; null: never' });
export const getConsentValidity = jsonRoute({
  method: 'get',
  path: '/v1/consent-validity',
  access: 'viewer',
  tag: 'Settings',
  summary: 'How long consents last of which nobody has said until when',
  response: validity,
});
export const changeConsentValidity = jsonRoute({
  method: 'patch',
  path: '/v1/consent-validity',
  access: 'owner',
  tag: 'Settings',
  summary:
    'Change that for consents that are recorded from now on, and for those of before when `alsoRecorded` says so',
  body: z.strictObject(validity.shape).partial(),
  response: validity,
});

const asked = z.union([z.literal('never').transform(() => null), z.coerce.number().int().min(1).max(240)]);
const counts = z.object({
  inForce: z.int().openapi({ description: 'Contacts who have such a consent now' }),
  older: z.int().openapi({ description: 'Of those, whose consent would have ended by now' }),
});
export const previewConsentValidity = jsonRoute({
  method: 'get',
  path: '/v1/consent-validity/effect',
  access: 'viewer',
  tag: 'Settings',
  summary: 'Whose consents would have ended by now, if they ended after so many months',
  query: z.object({ express: asked, express_written: asked }),
  response: z.object({ express: counts, express_written: counts }).openapi('ConsentValidityEffect'),
});

const doubleOptIn = z
  .object({
    confirmWithinDays: z
      .int()
      .min(1)
      .max(CONFIRM_WITHIN_DAYS_MAX)
      .openapi({ description: 'An opt-in that is not confirmed by then is none' }),
    askAgainAfterDays: z
      .int()
      .min(1)
      .max(ASK_AGAIN_AFTER_DAYS_MAX)
      .openapi({ description: 'A number is asked by text once in so many days, however often it is entered' }),
  })
  .openapi('DoubleOptIn');
export const getDoubleOptIn = jsonRoute({
  method: 'get',
  path: '/v1/double-opt-in',
  access: 'viewer',
  tag: 'Settings',
  summary: 'How people are asked by text whether an opt-in was theirs',
  response: doubleOptIn,
});
export const changeDoubleOptIn = jsonRoute({
  method: 'patch',
  path: '/v1/double-opt-in',
  access: 'owner',
  tag: 'Settings',
  summary: 'Change that for opt-ins from now on; each waits for as long as it was recorded to wait',
  body: z.strictObject(doubleOptIn.shape).partial(),
  response: doubleOptIn,
});
