import { List, Select, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Fragment, useEffect, useState } from 'react';
import {
  type Contact,
  type ContactMerge,
  contactKeys,
  contactMergeQuery,
  contactName,
  mergeContact,
} from '../api/contacts.ts';
import { inboxKeys } from '../api/inbox.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { formatPhone } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { mergeLines } from './merge-words.ts';
import { showChanged } from './use-contact-change.ts';
import { useFoundContacts } from './use-found-contacts.ts';

interface MergeDialogProps {
  /** Stays. */
  readonly contact: Contact;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Makes one of two contacts of the same person: shows what will happen, from a rehearsal on the server, and asks for the number that ends. */
export default function MergeDialog({ contact, opened, onClose }: MergeDialogProps) {
  const queryClient = useQueryClient();
  const [from, setFrom] = useState<Contact>();
  const rehearsal = useQuery({
    ...contactMergeQuery(contact.id, from?.id ?? ''),
    enabled: opened && from !== undefined,
  });
  const action = useAction({
    run: (id: string, key) => mergeContact(contact.id, { from: id }, key),
    touches: [contactKeys.all, inboxKeys.all],
    onDone: (merge) => {
      showChanged(queryClient, merge.contact);
      onClose();
      toastDone(`${formatPhone(merge.ended.phone)} was merged into this contact`);
    },
  });
  const { reset } = action;
  useEffect(() => {
    if (!opened) return;
    setFrom(undefined);
    reset();
  }, [opened, reset]);
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={<>Merge another contact into {contactName(contact) || <PhoneNumber phone={contact.phone} />}?</>}
      confirmLabel="Merge the two"
      tone="red"
      {...(from === undefined ? {} : { typeToConfirm: formatPhone(from.phone) })}
      busy={action.isPending}
      disabled={rehearsal.data === undefined}
      error={action.error}
      onConfirm={() => {
        if (from !== undefined) action.mutate(from.id);
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          For a person who is here twice. This contact keeps <PhoneNumber phone={contact.phone} />; the other one ends.{' '}
          <b>A merge cannot be undone.</b>
        </Text>
        <OtherContact contact={contact} chosen={from} onChange={setFrom} />
        {from === undefined ? null : (
          <Loaded
            query={rehearsal}
            what="They cannot be merged now"
            skeleton={<LoadingSkeleton shape="lines" count={5} />}
          >
            {(merge) => <WhatHappens merge={merge} />}
          </Loaded>
        )}
      </Stack>
    </ConfirmDialog>
  );
}

const withNumber = (contact: Contact): string =>
  [contactName(contact), formatPhone(contact.phone)].filter(Boolean).join(', ');

interface OtherContactProps {
  readonly contact: Contact;
  readonly chosen: Contact | undefined;
  readonly onChange: (contact: Contact | undefined) => void;
}

function OtherContact({ contact, chosen, onChange }: OtherContactProps) {
  const [typed, setTyped] = useState(contactName(contact));
  const found = useFoundContacts(typed, true).filter(({ id }) => id !== contact.id);
  const people = chosen === undefined || found.some(({ id }) => id === chosen.id) ? found : [chosen, ...found];
  return (
    <Select
      label="The contact that ends"
      placeholder="Name, company or number"
      data-autofocus
      searchable
      clearable
      withScrollArea={false}
      data={people.map((one) => ({ value: one.id, label: withNumber(one) }))}
      value={chosen?.id ?? null}
      nothingFoundMessage="Nobody else matches"
      comboboxProps={{ withinPortal: false }}
      filter={({ options }) => options}
      onSearchChange={(text) => {
        if (chosen === undefined || text !== withNumber(chosen)) setTyped(text);
      }}
      onChange={(id) => onChange(people.find((one) => one.id === id))}
    />
  );
}

const WhatHappens = ({ merge }: { readonly merge: ContactMerge }) => (
  <div>
    <Text size="sm" fw={600}>
      What happens
    </Text>
    <List size="sm">
      {mergeLines(merge).map((line) => (
        <List.Item key={line}>{line}</List.Item>
      ))}
    </List>
    {merge.optedOut.length === 0 ? null : (
      <Text size="sm" mt="xs">
        <b>
          {merge.optedOut.map((phone, index) => (
            <Fragment key={phone}>
              {index === 0 ? '' : ', '}
              <PhoneNumber phone={phone} />
            </Fragment>
          ))}{' '}
          is opted out too
        </b>
        , because the other number is. Only the person can undo that, by texting START.
      </Text>
    )}
  </div>
);
