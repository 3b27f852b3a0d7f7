import { z } from '@hono/zod-openapi';
import { CONSENT_KINDS, CONSENT_PURPOSES } from '../../compliance/consent.ts';
import { FORM_LANGUAGES } from '../../opt-in-forms/opt-in-form.ts';
import { purposeInput } from './consents.ts';
import { idOf, isoInstant, jsonRoute } from './shared.ts';

/** Forms by which people agree to texts, on a page of ours and inside of others. */
const tag = 'Opt-in forms';

const line = (max: number) => z.string().trim().min(1).max(max);
const wording = z.strictObject({
  language: z.enum(FORM_LANGUAGES),
  heading: line(120),
  wording: line(2_000).openapi({
    description:
      'Beside the box, which is never ticked beforehand: exactly what the person agrees to. Name the business, what is sent and how often, that rates may apply, STOP and HELP, and that nothing has to be bought',
  }),
  button: line(60),
});
const about = {
  name: line(100).openapi({ description: 'For your own people' }),
  laneId: idOf('lane').openapi({ description: 'The number that asks whether an opt-in was theirs' }),
  doubleOptIn: z.boolean().openapi({
    description: 'Without it, whoever knows a number signs it up; nobody has shown that it was the person',
  }),
  allowedOrigins: z
    .array(z.string().max(200))
    .max(20)
    .openapi({ description: 'Pages of these sites may hold the form', example: ['https://acme.example'] }),
  redirectUrl: z
    .url({ protocol: /^https?$/, error: 'expected an address like https://acme.example/thanks' })
    .max(500)
    .nullable()
    .openapi({ description: 'Where people are led afterwards from such a page' }),
  wordings: z
    .array(wording)
    .min(1)
    .max(FORM_LANGUAGES.length)
    .openapi({ description: 'Once for each language; other words are another version' }),
};
const what = {
  purpose: z.enum(CONSENT_PURPOSES),
  kind: z.enum(CONSENT_KINDS),
};

export const optInFormSchema = z
  .object({
    id: idOf('optInForm'),
    ...about,
    ...what,
    version: z.int(),
    open: z.boolean(),
    address: z.string().openapi({ description: 'Of our own page of it', example: 'https://texts.acme.example/f/Zm9v' }),
    snippets: z.array(z.object({ language: z.enum(FORM_LANGUAGES), html: z.string() })).openapi({
      description: 'To be pasted into a page of an allowed origin. Works without scripts, in one step more',
    }),
    createdBy: z.string(),
    createdAt: isoInstant,
  })
  .openapi('OptInForm');
export type OptInForm = z.infer<typeof optInFormSchema>;

const params = z.object({ id: idOf('optInForm') });
export const listOptInForms = jsonRoute({
  method: 'get',
  path: '/v1/opt-in-forms',
  access: 'viewer',
  tag,
  summary: 'All forms by which people agree to texts, those that are open first',
  response: z.object({ data: z.array(optInFormSchema) }),
});
export const createOptInForm = jsonRoute({
  method: 'post',
  path: '/v1/opt-in-forms',
  access: 'manager',
  tag,
  summary: 'Make a form. It is open at once, at an address that nobody can guess',
  body: z.strictObject({ ...about, ...what, purpose: purposeInput, doubleOptIn: about.doubleOptIn.default(true) }),
  response: optInFormSchema,
  status: 201,
  idempotent: true,
});
export const changeOptInForm = jsonRoute({
  method: 'patch',
  path: '/v1/opt-in-forms/{id}',
  access: 'manager',
  tag,
  summary: 'Change a form, close it or open it again. What people agree to by it stays: make another form for that',
  params,
  body: z.strictObject({ ...about, open: z.boolean() }).partial(),
  response: optInFormSchema,
});
