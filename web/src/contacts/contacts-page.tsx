import { Button } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconFileImport, IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useParams } from '@tanstack/react-router';
import { lazy, Suspense, type UIEvent, useEffect, useMemo, useRef, useState } from 'react';
import { contactCountQuery, contactKeys, contactsQuery } from '../api/contacts.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { SearchBox } from '../patterns/search-box.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { SplitView } from '../patterns/side-panel.tsx';
import { useColumnChooser } from '../patterns/table-columns.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { ICON_STROKE, PHONE_QUERY } from '../theme.ts';
import { ContactPhoneRow, contactColumns, WIDE_COLUMNS } from './contact-columns.tsx';
import { countWords } from './contact-words.ts';
import classes from './contacts.module.css';
import { NewAbove } from './new-above.tsx';
import { NobodyMatches } from './nobody-matches.tsx';
import { useContactFilters } from './use-contact-filters.ts';

const route = getRouteApi('/shell/contacts');
/** Both are rarely wanted, and would make the list's first load noticeably larger. */
const AddContactDialog = lazy(() => import('./add-contact-dialog.tsx'));
const NoContactsYet = lazy(() => import('./no-contacts.tsx'));

export function ContactsPage() {
  const navigate = route.useNavigate();
  const { role } = useSuspenseQuery(meQuery).data.user;
  const { filters, chips, attributes, filtered } = useContactFilters();
  const { contactId: openId } = useParams({ strict: false });
  const [adding, dialog] = useDisclosure();
  const [scrolled, setScrolled] = useState(false);
  const searchBox = useRef<HTMLInputElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const listFrame = useRef<HTMLDivElement>(null);
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });

  const total = useQuery(contactCountQuery()).data;
  const matching = useQuery({
    ...contactCountQuery(filters),
    enabled: filtered,
    placeholderData: keepPreviousData,
  }).data;
  const list = useInfiniteQuery({ ...contactsQuery(filters), placeholderData: keepPreviousData });
  const rows = useMemo(() => rowsOf(list.data), [list.data]);
  useLive('contacts', [contactKeys.facets, [...contactKeys.all, 'count']]);
  const changes = useLive('contacts', [contactKeys.list(filters)], { hold: scrolled });
  useEffect(() => {
    if (!scrolled && changes.held > 0) changes.release();
  }, [scrolled, changes]);

  const nobody = total?.count === 0 && !filtered;
  const columns = useMemo(() => contactColumns(attributes), [attributes]);
  const { visibility, chooser } = useColumnChooser('contacts', columns);
  const narrowed = useMemo(
    () =>
      openId === undefined
        ? visibility
        : { ...visibility, ...Object.fromEntries(WIDE_COLUMNS.map((id) => [id, false])) },
    [openId, visibility],
  );

  const mayAdd = mayAct(role, 'agent');
  useShortcuts('Contacts', [
    { keys: '/', label: 'Search contacts', run: () => searchBox.current?.focus() },
    ...(mayAdd ? [{ keys: 'n', label: 'Add a contact', run: dialog.open }] : []),
  ]);
  const setFilter = (name: string, value: string | undefined): void =>
    void navigate({ search: (before) => ({ ...before, [name]: value }), replace: true });
  const open = (id: string): void =>
    void navigate({ to: '/contacts/$contactId', params: { contactId: id }, search: true });
  const closeDialog = (): void => {
    dialog.close();
    addButton.current?.focus();
  };
  const showNew = (): void => {
    changes.release();
    listFrame.current?.querySelector('[role="grid"]')?.parentElement?.scrollTo({ top: 0 });
  };
  const onScroll = (event: UIEvent): void => {
    if (event.target instanceof HTMLElement) setScrolled(event.target.scrollTop > 0);
  };

  return (
    <Page width="fill">
      <PageHeader
        title="Contacts"
        beside={total === undefined || nobody ? '' : countWords(total, filtered ? matching : undefined)}
        actions={
          <>
            {nobody ? null : (
              <Button
                component={Link}
                to="/imports"
                variant="default"
                leftSection={<IconFileImport size={16} stroke={ICON_STROKE} aria-hidden />}
              >
                {mayAct(role, 'manager') ? 'Import' : 'Imports'}
              </Button>
            )}
            {mayAdd ? (
              <Button
                ref={addButton}
                variant={nobody ? 'default' : 'filled'}
                leftSection={<IconPlus size={16} stroke={ICON_STROKE} aria-hidden />}
                onClick={dialog.open}
              >
                Add contact
              </Button>
            ) : null}
          </>
        }
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
              width={phone ? '100%' : 300}
            />
          }
          after={phone ? undefined : chooser}
        />
      )}
      <SplitView panel={<Outlet />}>
        <Loaded query={list} what="The contacts could not be loaded">
          {() =>
            rows.length > 0 ? (
              <div ref={listFrame} className={classes.list} onScrollCapture={onScroll}>
                <NewAbove total={total?.count} held={changes.held > 0} onShow={showNew} />
                <VirtualTable
                  label="Contacts"
                  rows={rows}
                  rowId={(contact) => contact.id}
                  columns={columns}
                  visibility={narrowed}
                  phoneRow={(contact) => <ContactPhoneRow contact={contact} />}
                  activeId={openId}
                  onOpen={(contact) => open(contact.id)}
                  more={moreOf(list)}
                />
              </div>
            ) : filtered ? (
              <NobodyMatches search={filters.search} onClear={() => void navigate({ search: {}, replace: true })} />
            ) : (
              <Suspense fallback={null}>
                <NoContactsYet />
              </Suspense>
            )
          }
        </Loaded>
      </SplitView>
      {adding ? (
        <Suspense fallback={null}>
          <AddContactDialog onClose={closeDialog} onAdded={(contact) => open(contact.id)} />
        </Suspense>
      ) : null}
    </Page>
  );
}
