import { Button } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconFileImport, IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useParams } from '@tanstack/react-router';
import { lazy, type Ref, Suspense, useRef } from 'react';
import { mayAct, meQuery, type Role } from '../api/session.ts';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { SearchBox } from '../patterns/search-box.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { SplitView } from '../patterns/side-panel.tsx';
import { ICON_STROKE, PHONE_QUERY } from '../theme.ts';
import { ContactList } from './contact-list.tsx';
import { countWords } from './contact-words.ts';
import { useContactFilters } from './use-contact-filters.ts';
import { useContactList } from './use-contact-list.ts';

const route = getRouteApi('/shell/contacts');
/** Rarely wanted, and with its form library it would make the list's first load noticeably larger. */
const AddContactDialog = lazy(() => import('./add-contact-dialog.tsx'));
const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

export function ContactsPage() {
  const navigate = route.useNavigate();
  const { role } = useSuspenseQuery(meQuery).data.user;
  const { contactId: openId } = useParams({ strict: false });
  const { filters, chips, attributes, filtered } = useContactFilters();
  const contacts = useContactList({ filters, filtered, attributes, narrow: openId !== undefined });
  const [adding, dialog] = useDisclosure();
  const searchBox = useRef<HTMLInputElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });

  const { total, matching } = contacts;
  const nobody = total?.count === 0 && !filtered;
  useShortcuts('Contacts', [
    { keys: '/', label: 'Search contacts', run: () => searchBox.current?.focus() },
    ...(mayAct(role, 'agent') ? [{ keys: 'n', label: 'Add a contact', run: dialog.open }] : []),
  ]);
  const setFilter = (name: string, value: string | undefined): void =>
    void navigate({ search: (before) => ({ ...before, [name]: value }), replace: true });
  const open = (id: string): void =>
    void navigate({ to: '/contacts/$contactId', params: { contactId: id }, search: true });
  const closeDialog = (): void => {
    dialog.close();
    addButton.current?.focus();
  };

  return (
    <Page width="fill">
      <PageHeader
        title="Contacts"
        beside={total === undefined || nobody ? '' : countWords(total, filtered ? matching : undefined)}
        actions={<Actions role={role} nobody={nobody} addButton={addButton} onAdd={dialog.open} />}
      />
      {nobody ? null : (
        <FilterChips
          filters={chips}
          onChange={setFilter}
          before={
            <SearchBox
              inputRef={searchBox}
              value={filters.search ?? ''}
              onChange={(search) => setFilter('search', search)}
              label="Name, company or part of a number"
              width={phone ? '100%' : 'clamp(12rem, 28vw, 18.75rem)'}
            />
          }
          after={phone ? undefined : contacts.chooser}
        />
      )}
      <SplitView panel={<Outlet />}>
        <ContactList
          contacts={contacts}
          search={filters.search}
          filtered={filtered}
          narrowed={chips.some((chip) => chip.value !== undefined)}
          openId={openId}
          onOpen={open}
          onClear={() => void navigate({ search: {}, replace: true })}
        />
      </SplitView>
      {adding ? (
        <Suspense fallback={null}>
          <AddContactDialog onClose={closeDialog} onAdded={(contact) => open(contact.id)} />
        </Suspense>
      ) : null}
    </Page>
  );
}

interface ActionsProps {
  readonly role: Role;
  /** Then the empty page itself offers the import. */
  readonly nobody: boolean;
  readonly addButton: Ref<HTMLButtonElement>;
  readonly onAdd: () => void;
}

function Actions({ role, nobody, addButton, onAdd }: ActionsProps) {
  return (
    <>
      {nobody ? null : (
        <Button component={Link} to="/imports" variant="default" leftSection={<IconFileImport {...icon} />}>
          {mayAct(role, 'manager') ? 'Import' : 'Imports'}
        </Button>
      )}
      {mayAct(role, 'agent') ? (
        <Button
          ref={addButton}
          variant={nobody ? 'default' : 'filled'}
          leftSection={<IconPlus {...icon} />}
          onClick={onAdd}
        >
          Add contact
        </Button>
      ) : null}
    </>
  );
}
