import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/templates.ts';
import type { Template, TextPreview } from '../../../src/http/contract/templates.ts';
import { del, get, patch, post } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';
import { pages } from './pages.ts';

export type { Template, TextPreview };

export const templateKeys = {
  all: ['templates'],
  list: (search: string) => ['templates', 'list', search],
  one: (id: string) => ['templates', 'one', id],
  preview: (body: string, contactId: string | undefined) => ['text-preview', body, contactId ?? ''],
} as const;

export const templatesQuery = (search = '') =>
  pages<Template>({ queryKey: templateKeys.list(search), path: '/v1/templates', filters: { search } });
export const templateQuery = (id: string) =>
  queryOptions({
    queryKey: templateKeys.one(id),
    queryFn: ({ signal }) => get<Template>(`/v1/templates/${id}`, undefined, signal),
  });
/** The text as one person would get it. Shows the last answer while the next one is on its way. Debounce `body` by 150 ms. */
export const textPreviewQuery = (body: string, contactId?: string) =>
  queryOptions({
    queryKey: templateKeys.preview(body, contactId),
    queryFn: () => post<TextPreview>('/v1/templates/preview', contactId === undefined ? { body } : { body, contactId }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const createTemplate = (body: BodyOf<typeof contract.createTemplate>, key: string) =>
  post<Template>('/v1/templates', body, key);
export const updateTemplate = (id: string, body: BodyOf<typeof contract.updateTemplate>) =>
  patch<Template>(`/v1/templates/${id}`, body);
export const restoreTemplate = (id: string) => post<Template>(`/v1/templates/${id}/restore`);
export const archiveTemplate = (id: string) => del<AnswerOf<typeof contract.archiveTemplate>>(`/v1/templates/${id}`);
