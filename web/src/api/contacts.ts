import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/contacts.ts';
import type { Contact, ContactFacets, ContactMerge, TimelineEntry } from '../../../src/http/contract/contacts.ts';
import { get, patch, post } from './client.ts';
import type { AnswerOf, BodyOf, FiltersOf } from './contract.ts';
import { pages } from './pages.ts';

export type { Contact, ContactFacets, ContactMerge, TimelineEntry };
export type ContactFilters = FiltersOf<typeof contract.listContacts>;

export const contactKeys = {
  all: ['contacts'],
  list: (filters: ContactFilters) => ['contacts', 'list', filters],
  count: (filters: ContactFilters) => ['contacts', 'count', filters],
  facets: ['contacts', 'facets'],
  one: (id: string) => ['contacts', 'one', id],
  timeline: (id: string) => ['contacts', 'timeline', id],
  eligibility: (id: string) => ['contacts', 'eligibility', id],
  consents: (id: string) => ['contacts', 'consents', id],
  merge: (id: string, from: string) => ['contacts', 'merge', id, from],
} as const;

export const contactsQuery = (filters: ContactFilters = {}, limit?: number) =>
  pages<Contact>({
    queryKey: contactKeys.list(filters),
    path: '/v1/contacts',
    filters,
    ...(limit === undefined ? {} : { limit }),
  });
export const contactCountQuery = (filters: ContactFilters = {}) =>
  queryOptions({
    queryKey: contactKeys.count(filters),
    queryFn: ({ signal }) => get<AnswerOf<typeof contract.countContacts>>('/v1/contacts/count', filters, signal),
  });
export const contactFacetsQuery = queryOptions({
  queryKey: contactKeys.facets,
  queryFn: ({ signal }) => get<ContactFacets>('/v1/contacts/facets', undefined, signal),
  staleTime: 60_000,
});
export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: contactKeys.one(id),
    queryFn: ({ signal }) => get<Contact>(`/v1/contacts/${id}`, undefined, signal),
  });
/** Whether a campaign launched now would text this person. */
export const contactEligibilityQuery = (id: string) =>
  queryOptions({
    queryKey: contactKeys.eligibility(id),
    queryFn: ({ signal }) =>
      get<AnswerOf<typeof contract.contactEligibility>>(`/v1/contacts/${id}/eligibility`, undefined, signal),
  });
export const contactTimelineQuery = (id: string) =>
  pages<TimelineEntry>({ queryKey: contactKeys.timeline(id), path: `/v1/contacts/${id}/timeline`, limit: 50 });

/** The first few matches, for search boxes that suggest people. */
export const findContacts = (search: string, limit: number, signal?: AbortSignal) =>
  get<AnswerOf<typeof contract.listContacts>>('/v1/contacts', { search, limit }, signal);

export const createContact = (body: BodyOf<typeof contract.createContact>, key: string) =>
  post<Contact>('/v1/contacts', body, key);
export const updateContact = (id: string, body: BodyOf<typeof contract.updateContact>) =>
  patch<Contact>(`/v1/contacts/${id}`, body);
export const optOutContact = (id: string, body: BodyOf<typeof contract.optOutContact>, key: string) =>
  post<Contact>(`/v1/contacts/${id}/opt-out`, body, key);

/** What merging would do: asked anew each time, and never again after a refusal. */
export const contactMergeQuery = (id: string, from: string) =>
  queryOptions({
    queryKey: contactKeys.merge(id, from),
    queryFn: () => post<ContactMerge>(`/v1/contacts/${id}/merge/rehearsal`, { from }),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
export const mergeContact = (id: string, body: BodyOf<typeof contract.mergeContact>, key: string) =>
  post<ContactMerge>(`/v1/contacts/${id}/merge`, body, key);

/** How a person is called on screen: the name, else the company; empty when only the number is known. */
export const contactName = (contact: Pick<Contact, 'firstName' | 'lastName' | 'company'>): string =>
  [contact.firstName, contact.lastName].filter(Boolean).join(' ') || (contact.company ?? '');
