import { z } from '@hono/zod-openapi';
import { OPT_OUT_CONFIRMERS } from '../../gateways/account.ts';
import { GATEWAY_KINDS } from '../../gateways/gateway.ts';
import { campaignSchema } from './campaigns.ts';
import { conversationSchema } from './inbox.ts';
import { idOf, isoInstant, jsonRoute, laneState, phoneText, stateRemedy } from './shared.ts';

export const laneSchema = z
  .object({
    id: idOf('lane'),
    accountId: idOf('account'),
    phone: phoneText,
    name: z.string(),
    zone: z.string(),
    dailyCap: z.int(),
    usedToday: z.int(),
    messagesPerSecond: z.number().nullable().openapi({ description: 'null: as fast as the account' }),
    partsPerSecond: z.number().nullable(),
    partsPerDay: z.int().nullable(),
    partsUsedToday: z.int(),
    state: laneState,
    stateReason: z.string().nullable(),
    stateRemedy,
    pausedUntil: isoInstant.nullable().openapi({ description: 'A pause that ends by itself' }),
    waitingPeople: z.int().nullable().openapi({
      description: 'While it drains: who knows it and still waits in a campaign, counted up to 1,000',
    }),
  })
  .openapi('Lane');
export type Lane = z.infer<typeof laneSchema>;

const confirmer = z.enum(OPT_OUT_CONFIRMERS).openapi({
  description:
    'Who confirms an opt-out: by_word: the provider for the words that it answers itself, Textwright for all others; textwright: always we, where the provider was told not to; provider: nobody but the provider',
});

export const accountSchema = z
  .object({
    id: idOf('account'),
    kind: z.enum(GATEWAY_KINDS),
    name: z.string(),
    baseUrl: z.string(),
    environment: z.enum(['live', 'sandbox']),
    ratePerSecond: z.number(),
    optOutsConfirmedBy: confirmer,
    state: z.enum(['active', 'paused']),
    stateReason: z.string().nullable(),
    stateRemedy,
    webhookUrl: z.string(),
    webhookRegistered: z.boolean(),
    lastEventAt: isoInstant.nullable(),
    heldBy: z.string().nullable().openapi({ description: 'The worker that sends for this account right now' }),
    breaker: z
      .object({ openSince: isoInstant, detail: z.string() })
      .nullable()
      .openapi({ description: 'Open while the gateway does not answer: nothing is handed over until it does' }),
    heldUntil: isoInstant.nullable().openapi({
      description: 'The gateway asked for time: nothing is handed over before',
    }),
    lanes: z.array(laneSchema),
    createdAt: isoInstant,
  })
  .openapi('Account');
export type Account = z.infer<typeof accountSchema>;

const pauseReason = z.string().trim().min(1).max(300).optional().openapi({
  description: 'Why it is paused or switched off, for everybody who sees it; who did it when absent',
});
const newAccount = {
  name: z.string().trim().min(1).max(200),
  baseUrl: z.url().max(300).optional().openapi({
    description: 'Default https://api.openphone.com for quo, https://api.twilio.com for twilio',
  }),
  ratePerSecond: z.number().min(0.1).max(10_000).optional(),
  historyDays: z.int().min(0).max(360).optional().openapi({
    description: 'How many days back texts and calls from before are brought in; default 90, 0 for none',
  }),
};
const secretText = z.string().trim().min(8).max(500);
const accountParams = z.object({ id: idOf('account') });
export const listAccounts = jsonRoute({
  method: 'get',
  path: '/v1/accounts',
  access: 'viewer',
  tag: 'Accounts',
  summary: 'Gateway accounts with their lanes',
  response: z.object({ data: z.array(accountSchema) }),
});
export const connectAccount = jsonRoute({
  method: 'post',
  path: '/v1/accounts',
  access: 'owner',
  tag: 'Accounts',
  summary: 'Connect an account: checks the key, reads its numbers as lanes, registers the webhook',
  body: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('quo'),
      ...newAccount,
      apiKey: secretText,
    }),
    z.strictObject({
      kind: z.literal('twilio'),
      ...newAccount,
      accountSid: z
        .string()
        .trim()
        .regex(/^AC\w{2,62}$/, 'must begin with AC')
        .openapi({ description: 'AC and 32 more characters' }),
      authToken: secretText.openapi({
        description: 'Not an API key: the provider signs its events with this one only',
      }),
    }),
  ]),
  response: accountSchema,
  status: 201,
  idempotent: true,
});
export const connectSandbox = jsonRoute({
  method: 'post',
  path: '/v1/accounts/sandbox',
  access: 'owner',
  tag: 'Accounts',
  summary: 'Stay in the sandbox: the account at the made-up carrier on this machine, made when there is none',
  response: accountSchema,
  idempotent: true,
});
export const refreshAccount = jsonRoute({
  method: 'post',
  path: '/v1/accounts/{id}/refresh',
  access: 'manager',
  tag: 'Accounts',
  summary: 'Read the numbers again and register the webhook again',
  params: accountParams,
  response: accountSchema,
});
export const replaceKey = jsonRoute({
  method: 'put',
  path: '/v1/accounts/{id}/key',
  access: 'owner',
  tag: 'Accounts',
  summary: 'Go on with a new key; events signed with the one before stay valid while they are on their way',
  params: accountParams,
  body: z.strictObject({ key: secretText.openapi({ description: 'The API key; for twilio the Auth Token' }) }),
  response: accountSchema,
});
export const updateAccount = jsonRoute({
  method: 'patch',
  path: '/v1/accounts/{id}',
  access: 'manager',
  tag: 'Accounts',
  summary: 'Rename, change the rate or who confirms opt-outs, pause or resume an account',
  params: accountParams,
  body: z.strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    ratePerSecond: z.number().min(0.1).max(10_000).optional(),
    optOutsConfirmedBy: confirmer.optional(),
    state: z.enum(['active', 'paused']).optional(),
    reason: pauseReason,
  }),
  response: accountSchema,
});
export const updateLane = jsonRoute({
  method: 'patch',
  path: '/v1/lanes/{id}',
  access: 'manager',
  tag: 'Accounts',
  summary: 'Change a lane: name, zone, caps, throughput, state',
  params: z.object({ id: idOf('lane') }),
  body: z.strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    zone: z.string().max(64).optional(),
    dailyCap: z.number().optional().openapi({ minimum: 1, maximum: 1_000_000 }),
    messagesPerSecond: z
      .number()
      .nullable()
      .optional()
      .openapi({ minimum: 0.01, maximum: 1000, description: 'null: no limit' }),
    partsPerSecond: z
      .number()
      .nullable()
      .optional()
      .openapi({ minimum: 0.01, maximum: 1000, description: 'null: no limit' }),
    partsPerDay: z
      .number()
      .nullable()
      .optional()
      .openapi({ minimum: 1, maximum: 100_000_000, description: 'null: no limit' }),
    state: laneState.optional(),
    reason: pauseReason,
  }),
  response: laneSchema,
});

export const businessSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    zone: z.string().max(64),
    phone: z.string().trim().max(40).nullable().openapi({ description: 'Given in HELP answers and confirmations' }),
    email: z.email().max(320).nullable(),
  })
  .openapi('Business');
export type Business = z.infer<typeof businessSchema>;
export const getBusiness = jsonRoute({
  method: 'get',
  path: '/v1/business',
  access: 'viewer',
  tag: 'Settings',
  summary: 'The business that sends',
  response: businessSchema,
});
export const putBusiness = jsonRoute({
  method: 'put',
  path: '/v1/business',
  access: 'manager',
  tag: 'Settings',
  summary: 'Change the business',
  body: businessSchema,
  response: businessSchema,
});

export const statusSchema = z
  .object({
    environment: z.enum(['live', 'sandbox', 'none']),
    clock: z.object({ now: isoInstant, factor: z.number(), zone: z.string() }),
    sending: z.object({ state: z.enum(['running', 'paused']), reason: z.string().nullable() }),
    unread: z.int(),
    attention: z.array(z.object({ kind: z.string(), sentence: z.string(), link: z.string() })),
    openAlerts: z.int().openapi({ description: 'Alerts that are not over; GET /v1/alerts lists them' }),
    version: z.string(),
  })
  .openapi('Status');
export type Status = z.infer<typeof statusSchema>;
export const getStatus = jsonRoute({
  method: 'get',
  path: '/v1/status',
  access: 'viewer',
  tag: 'Operations',
  summary: 'What the shell shows: environment, clock, sending, what needs a person',
  response: statusSchema,
});
export const pauseSending = jsonRoute({
  method: 'post',
  path: '/v1/sending/pause',
  access: 'manager',
  tag: 'Operations',
  summary: 'Stop campaign texts everywhere; replies and confirmations still go out',
  body: z.strictObject({ reason: z.string().trim().max(300).optional() }),
  response: statusSchema,
});
export const resumeSending = jsonRoute({
  method: 'post',
  path: '/v1/sending/resume',
  access: 'manager',
  tag: 'Operations',
  summary: 'Let campaigns send again',
  response: statusSchema,
});

export const homeSchema = z
  .object({
    checklist: z.object({ lane: z.boolean(), contacts: z.boolean(), campaign: z.boolean() }),
    today: z.object({
      day: z.string(),
      sent: z.int(),
      cap: z.int(),
      delivered: z.int(),
      failed: z.int(),
      replied: z.int(),
      optedOut: z.int(),
    }),
    waiting: z.array(conversationSchema),
    waitingCount: z.int(),
    campaigns: z.array(campaignSchema),
    trend: z.array(
      z.object({ day: z.string(), sent: z.int(), delivered: z.int(), replied: z.int(), optedOut: z.int() }),
    ),
    attention: z.array(z.object({ kind: z.string(), sentence: z.string(), link: z.string() })),
    contacts: z.int(),
  })
  .openapi('Home');
export type Home = z.infer<typeof homeSchema>;
export const getHome = jsonRoute({
  method: 'get',
  path: '/v1/home',
  access: 'viewer',
  tag: 'Operations',
  summary: 'The dashboard',
  response: homeSchema,
});
