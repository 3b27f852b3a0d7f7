import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import type { Page } from '../../../src/http/contract/shared.ts';
import { type Contact, contactKeys, updateContact } from '../api/contacts.ts';
import { useAction } from '../api/use-action.ts';
import { toastDone } from '../patterns/toast.tsx';

export type ContactChange = Parameters<typeof updateContact>[1];

/** Shows the changed contact at once, in its panel and in every list that holds it. */
export function showChanged(queryClient: QueryClient, contact: Contact): void {
  queryClient.setQueryData(contactKeys.one(contact.id), contact);
  queryClient.setQueriesData<InfiniteData<Page<Contact>>>({ queryKey: [...contactKeys.all, 'list'] }, (lists) =>
    lists === undefined
      ? lists
      : {
          ...lists,
          pages: lists.pages.map((page) => ({
            ...page,
            data: page.data.map((row) => (row.id === contact.id ? contact : row)),
          })),
        },
  );
}

/** Changes fields or tags of one contact; a toast takes it back. */
export function useContactChange(contact: Contact, onDone?: () => void) {
  const queryClient = useQueryClient();
  const run = useAction({
    run: (given: { readonly change: ContactChange; readonly undoing?: boolean }) =>
      updateContact(contact.id, given.change),
    touches: [contactKeys.timeline(contact.id), contactKeys.eligibility(contact.id), contactKeys.facets],
    onDone: (changed, { change, undoing }) => {
      showChanged(queryClient, changed);
      onDone?.();
      const back = valuesBefore(contact, change);
      if (undoing === true) toastDone('Taken back');
      else toastDone('Saved', () => run.mutate({ change: back, undoing: true }));
    },
  });
  return run;
}

/** What the changed fields held before. */
function valuesBefore(contact: Contact, change: ContactChange): ContactChange {
  return Object.fromEntries(
    Object.keys(change).map((field) => [field, contact[field as keyof Contact]]),
  ) as ContactChange;
}
