import { lazy, Suspense } from 'react';
import { LiveList } from '../patterns/live-list.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { ContactPhoneRow } from './contact-columns.tsx';
import { NobodyMatches } from './nobody-matches.tsx';
import type { useContactList } from './use-contact-list.ts';
import { useNewContacts } from './use-new-contacts.ts';

/** Seen once in the life of a system. */
const NoContactsYet = lazy(() => import('./no-contacts.tsx'));

interface ContactListProps {
  readonly contacts: ReturnType<typeof useContactList>;
  readonly search: string | undefined;
  readonly filtered: boolean;
  /** Filters besides the search are set. */
  readonly narrowed: boolean;
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onClear: () => void;
}

export function ContactList({ contacts, search, filtered, narrowed, openId, onOpen, onClear }: ContactListProps) {
  const { query, rows, changes, total, columns, visibility, setScrolled } = contacts;
  const news = useNewContacts(total?.count, changes.held > 0);
  return (
    <Loaded query={query} what="The contacts could not be loaded">
      {() =>
        rows.length > 0 ? (
          <LiveList news={news} onShow={changes.release} onScrolled={setScrolled}>
            <VirtualTable
              label="Contacts"
              rows={rows}
              rowId={(contact) => contact.id}
              columns={columns}
              visibility={visibility}
              phoneRow={(contact) => <ContactPhoneRow contact={contact} />}
              activeId={openId}
              onOpen={(contact) => onOpen(contact.id)}
              more={moreOf(query)}
            />
          </LiveList>
        ) : filtered ? (
          <NobodyMatches search={search} narrowed={narrowed} onClear={onClear} />
        ) : (
          <Suspense fallback={null}>
            <NoContactsYet />
          </Suspense>
        )
      }
    </Loaded>
  );
}
