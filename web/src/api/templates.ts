import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/templates.ts';
import type { Template, TextPreview } from '../../../src/http/contract/templates.ts';
import { del, get, patch, post } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';
import { pages } from './pages.ts';

export type { Template, TextPreview };

export interface PreviewOptions {
  /** A sample person when left out. */
  readonly contactId?: string | undefined;
  /** With what is added to the first campaign text that a person gets. */
  readonly asCampaign?: boolean;
}

export const templateKeys = {
  all: ['templates'],
  list: (search: string) => ['templates', 'list', search],
  one: (id: string) => ['templates', 'one', id],
  preview: (body: string, { contactId = '', asCampaign = false }: PreviewOptions) => [
    'text-preview',
    body,
    contactId,
    asCampaign,
  ],
} as const;

export const templatesQuery = (search = '') =>
  pages<Template>({ queryKey: templateKeys.list(search), path: '/v1/templates', filters: { search } });
export const templateQuery = (id: string) =>
  queryOptions({
    queryKey: templateKeys.one(id),
    queryFn: ({ signal }) => get<Template>(`/v1/templates/${id}`, undefined, signal),
  });
/** The text as one person would get it. Shows the last answer while the next one is on its way. Debounce `body` by 150 ms. */
export const textPreviewQuery = (body: string, about: PreviewOptions = {}) =>
  queryOptions({
    queryKey: templateKeys.preview(body, about),
    queryFn: () => {
      const { contactId, asCampaign = false } = about;
      const order: BodyOf<typeof contract.previewText> = { body, asCampaign };
      return post<TextPreview>('/v1/templates/preview', contactId === undefined ? order : { ...order, contactId });
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const createTemplate = (body: BodyOf<typeof contract.createTemplate>, key: string) =>
  post<Template>('/v1/templates', body, key);
export const updateTemplate = (id: string, body: BodyOf<typeof contract.updateTemplate>) =>
  patch<Template>(`/v1/templates/${id}`, body);
export const restoreTemplate = (id: string) => post<Template>(`/v1/templates/${id}/restore`);
export const archiveTemplate = (id: string) => del<AnswerOf<typeof contract.archiveTemplate>>(`/v1/templates/${id}`);
