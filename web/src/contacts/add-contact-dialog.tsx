import { Anchor, Button, Group, Modal, SimpleGrid, Stack, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Contact, contactFacetsQuery, contactKeys, createContact } from '../api/contacts.ts';
import { fieldProblems, isProblem } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { toastDone } from '../patterns/toast.tsx';

interface AddContactDialogProps {
  readonly onClose: () => void;
  readonly onAdded: (contact: Contact) => void;
}

const EMPTY = { phone: '', firstName: '', lastName: '', email: '', company: '', tags: [] as string[] };

/** Adds one person; a number that is known leads to the contact who has it. Mounted while it is open. */
export default function AddContactDialog({ onClose, onAdded }: AddContactDialogProps) {
  const tags = useQuery(contactFacetsQuery).data?.tags ?? [];
  const form = useForm({
    initialValues: EMPTY,
    validate: { phone: (value) => (value.trim() === '' ? 'Type a US number such as (617) 555-0123' : null) },
  });
  const action = useAction({
    run: (values: typeof EMPTY, key) => createContact({ ...withoutBlanks(values), phone: values.phone }, key),
    touches: [contactKeys.all],
    onDone: (contact) => {
      onClose();
      toastDone('Contact added');
      onAdded(contact);
    },
    onProblem: (error) => {
      const { phone, ...others } = fieldProblems(error);
      form.setErrors({ ...others, ...(phone === undefined ? {} : { phone: phoneProblem(phone, onClose) }) });
    },
  });
  const shownAtFields = isProblem(action.error) && (action.error.problem.errors?.length ?? 0) > 0;
  return (
    <Modal opened onClose={onClose} title="Add a contact" size={520}>
      <form noValidate onSubmit={form.onSubmit((values) => action.mutate(values))}>
        <Stack gap="md">
          <TextInput
            data-autofocus
            label="Mobile number"
            type="tel"
            autoComplete="off"
            inputMode="tel"
            placeholder="(617) 555-0123"
            required
            withAsterisk={false}
            {...form.getInputProps('phone')}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
            <TextInput label="First name" autoComplete="off" {...form.getInputProps('firstName')} />
            <TextInput label="Last name" autoComplete="off" {...form.getInputProps('lastName')} />
            <TextInput label="Company" autoComplete="off" {...form.getInputProps('company')} />
            <TextInput label="E-mail" type="email" autoComplete="off" {...form.getInputProps('email')} />
          </SimpleGrid>
          <TagsInput
            label="Tags"
            description="Campaigns choose people by their tags. Press Enter after each."
            data={tags.map((tag) => tag.value)}
            limit={20}
            comboboxProps={{ withinPortal: false }}
            acceptValueOnBlur
            {...form.getInputProps('tags')}
          />
          {action.error === null || shownAtFields ? null : (
            <ErrorState compact error={action.error} what="The contact was not added" />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={action.isPending}>
              Add contact
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function withoutBlanks({ tags, phone: _phone, ...fields }: typeof EMPTY) {
  const filled = Object.entries(fields).filter(([, value]) => value.trim() !== '');
  return { ...Object.fromEntries(filled), ...(tags.length === 0 ? {} : { tags }) };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const CONTACT_ID = /\(?(con_[0-9a-f]{32})\)?/;
/** A number that is taken names who has it: that becomes a link. */
function phoneProblem(message: string, onLeave: () => void): ReactNode {
  const id = CONTACT_ID.exec(message)?.[1];
  if (id === undefined) return capital(message.replace(/^phone: /i, ''));
  return (
    <>
      {capital(message.replace(CONTACT_ID, '').trim())}.{' '}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => (
          <Link {...props} to="/contacts/$contactId" params={{ contactId: id }} onClick={onLeave} />
        )}
      >
        Open that contact
      </Anchor>
    </>
  );
}
