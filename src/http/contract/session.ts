import { z } from '@hono/zod-openapi';
import { PASSWORD_MAX, PASSWORD_MIN } from '../../team/team.ts';
import { done, idOf, isoInstant, jsonRoute, role } from './shared.ts';

const email = z.email('expected an e-mail address like name@example.com').max(320);
const password = z.string().min(PASSWORD_MIN, `use at least ${PASSWORD_MIN} characters`).max(PASSWORD_MAX);

export const meSchema = z
  .object({
    user: z.object({ id: z.string(), name: z.string(), email: z.string(), role }),
    business: z.object({ name: z.string(), zone: z.string() }),
  })
  .openapi('Me');
export type Me = z.infer<typeof meSchema>;

export const setupState = jsonRoute({
  method: 'get',
  path: '/v1/setup',
  access: 'public',
  tag: 'Session',
  summary: 'Whether the owner account has still to be made',
  response: z.object({ needed: z.boolean() }),
});

export const setup = jsonRoute({
  method: 'post',
  path: '/v1/setup',
  access: 'public',
  tag: 'Session',
  summary: 'Make the owner account (first visit only) and sign in',
  body: z.strictObject({
    name: z.string().trim().min(1).max(200),
    email,
    password,
    businessName: z.string().trim().min(1).max(100),
    zone: z.string().max(64).openapi({ example: 'America/New_York' }),
  }),
  response: meSchema,
  status: 201,
});

export const signIn = jsonRoute({
  method: 'post',
  path: '/v1/sign-in',
  access: 'public',
  tag: 'Session',
  summary: 'Sign in with e-mail and password; sets the session cookie',
  body: z.strictObject({ email, password: z.string().max(PASSWORD_MAX) }),
  response: meSchema,
});

export const signOut = jsonRoute({
  method: 'post',
  path: '/v1/sign-out',
  access: 'viewer',
  tag: 'Session',
  summary: 'End this session',
  response: done,
});
export const me = jsonRoute({
  method: 'get',
  path: '/v1/me',
  access: 'viewer',
  tag: 'Session',
  summary: 'Who I am',
  response: meSchema,
});

export const changePassword = jsonRoute({
  method: 'put',
  path: '/v1/me/password',
  access: 'viewer',
  tag: 'Session',
  summary: 'Change my own password; my other sessions end',
  body: z.strictObject({ oldPassword: z.string().max(PASSWORD_MAX), newPassword: password }),
  response: done,
});

export const userSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role,
    active: z.boolean(),
    createdAt: isoInstant,
    lastSeenAt: isoInstant.nullable(),
  })
  .openapi('User');
export type User = z.infer<typeof userSchema>;

export const listUsers = jsonRoute({
  method: 'get',
  path: '/v1/users',
  access: 'manager',
  tag: 'Team',
  summary: 'People who can sign in',
  response: z.object({ data: z.array(userSchema) }),
});
export const createUser = jsonRoute({
  method: 'post',
  path: '/v1/users',
  access: 'owner',
  tag: 'Team',
  summary: 'Add a person with a first password',
  body: z.strictObject({ name: z.string().trim().min(1).max(200), email, role, password }),
  response: userSchema,
  status: 201,
  idempotent: true,
});
export const updateUser = jsonRoute({
  method: 'patch',
  path: '/v1/users/{id}',
  access: 'owner',
  tag: 'Team',
  summary: 'Change role, name or whether the person can sign in; the last active owner stays',
  params: z.object({ id: z.string().max(64) }),
  body: z.strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    role: role.optional(),
    active: z.boolean().optional(),
  }),
  response: userSchema,
});

export const setPassword = jsonRoute({
  method: 'put',
  path: '/v1/users/{id}/password',
  access: 'owner',
  tag: 'Team',
  summary: 'Give another person a new password; they are signed out everywhere',
  params: z.object({ id: z.string().max(64) }),
  body: z.strictObject({ password }),
  response: done,
});

export const apiKeySchema = z
  .object({
    id: idOf('apiKey'),
    name: z.string(),
    role,
    prefix: z.string().openapi({ description: 'First characters, to recognise it', example: 'tw_a1b2c3' }),
    createdAt: isoInstant,
    expiresAt: isoInstant.nullable(),
    lastUsedAt: isoInstant.nullable(),
    revokedAt: isoInstant.nullable(),
  })
  .openapi('ApiKey');
export type ApiKey = z.infer<typeof apiKeySchema>;

export const listApiKeys = jsonRoute({
  method: 'get',
  path: '/v1/api-keys',
  access: 'owner',
  tag: 'API keys',
  summary: 'Keys for scripts',
  response: z.object({ data: z.array(apiKeySchema) }),
});
export const createApiKey = jsonRoute({
  method: 'post',
  path: '/v1/api-keys',
  access: 'owner',
  tag: 'API keys',
  summary: 'Make a key; its text is shown this once',
  body: z.strictObject({ name: z.string().trim().min(1).max(100), role, expiresAt: isoInstant.optional() }),
  response: z.object({ key: apiKeySchema, secret: z.string() }),
  status: 201,
  idempotent: false,
});
export const revokeApiKey = jsonRoute({
  method: 'delete',
  path: '/v1/api-keys/{id}',
  access: 'owner',
  tag: 'API keys',
  summary: 'Revoke a key at once',
  params: z.object({ id: idOf('apiKey') }),
  response: done,
});
