import type * as contract from '../../../src/http/contract/consents.ts';
import type { ConsentEvent, ContactConsents } from '../../../src/http/contract/consents.ts';
import { post } from './client.ts';
import { contactKeys } from './contacts.ts';
import type { BodyOf } from './contract.ts';
import { pages } from './pages.ts';

export type { ConsentEvent, ContactConsents };
export type ConsentInput = BodyOf<typeof contract.recordConsent>;

/** What holds now comes with every page; that of the first is shown. */
export const consentsQuery = (id: string) =>
  pages<ConsentEvent, ContactConsents>({
    queryKey: contactKeys.consents(id),
    path: `/v1/contacts/${id}/consents`,
    limit: 20,
  });
export const recordConsent = (id: string, body: ConsentInput, key: string) =>
  post<ContactConsents>(`/v1/contacts/${id}/consents`, body, key);
