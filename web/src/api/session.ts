import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/session.ts';
import type { ApiKey, Me, User } from '../../../src/http/contract/session.ts';
import type { Role } from '../../../src/http/contract/shared.ts';
import { del, get, patch, post, put } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';

export type { ApiKey, Me, Role, User };

export const sessionKeys = { me: ['me'], setup: ['setup'], users: ['users'], apiKeys: ['api-keys'] } as const;

export const meQuery = queryOptions({
  queryKey: sessionKeys.me,
  queryFn: ({ signal }) => get<Me>('/v1/me', undefined, signal),
  staleTime: 5 * 60_000,
});
export const setupQuery = queryOptions({
  queryKey: sessionKeys.setup,
  queryFn: ({ signal }) => get<AnswerOf<typeof contract.setupState>>('/v1/setup', undefined, signal),
  staleTime: 0,
});
export const usersQuery = queryOptions({
  queryKey: sessionKeys.users,
  queryFn: ({ signal }) => get<AnswerOf<typeof contract.listUsers>>('/v1/users', undefined, signal),
});
export const apiKeysQuery = queryOptions({
  queryKey: sessionKeys.apiKeys,
  queryFn: ({ signal }) => get<AnswerOf<typeof contract.listApiKeys>>('/v1/api-keys', undefined, signal),
});

export const setUp = (body: BodyOf<typeof contract.setup>) => post<Me>('/v1/setup', body);
export const signIn = (body: BodyOf<typeof contract.signIn>) => post<Me>('/v1/sign-in', body);
export const signOut = () => post<AnswerOf<typeof contract.signOut>>('/v1/sign-out');

export const createUser = (body: BodyOf<typeof contract.createUser>, key: string) => post<User>('/v1/users', body, key);
export const updateUser = (id: string, body: BodyOf<typeof contract.updateUser>) =>
  patch<User>(`/v1/users/${id}`, body);
export const setPassword = (id: string, body: BodyOf<typeof contract.setPassword>) =>
  put<AnswerOf<typeof contract.setPassword>>(`/v1/users/${id}/password`, body);
export const changePassword = (body: BodyOf<typeof contract.changePassword>) =>
  put<AnswerOf<typeof contract.changePassword>>('/v1/me/password', body);
export const createApiKey = (body: BodyOf<typeof contract.createApiKey>) =>
  post<AnswerOf<typeof contract.createApiKey>>('/v1/api-keys', body);
export const revokeApiKey = (id: string) => del<AnswerOf<typeof contract.revokeApiKey>>(`/v1/api-keys/${id}`);

const RANK: Readonly<Record<Role, number>> = { viewer: 0, agent: 1, manager: 2, owner: 3 };
/** Whether someone with `role` may do what needs at least `least`. The server decides; this only spares a refused click. */
export const mayAct = (role: Role, least: Role): boolean => RANK[role] >= RANK[least];
