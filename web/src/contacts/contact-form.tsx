import { Button, Group, SimpleGrid, Stack, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { type Contact, contactFacetsQuery } from '../api/contacts.ts';
import { fieldProblems, isProblem } from '../api/problem.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { type ContactChange, useContactChange } from './use-contact-change.ts';

const FIELDS = ['firstName', 'lastName', 'company', 'email', 'street', 'city', 'state', 'postalCode'] as const;
type Field = (typeof FIELDS)[number];
type Values = Record<Field, string> & { tags: string[] };

interface ContactFormProps {
  readonly contact: Contact;
  readonly onClose: () => void;
}

/** The fields of a contact in place; only what was changed is sent. The number is the contact, so it stays. */
export default function ContactForm({ contact, onClose }: ContactFormProps) {
  const tags = useQuery(contactFacetsQuery).data?.tags ?? [];
  const form = useForm<Values>({ initialValues: valuesOf(contact) });
  const change = useContactChange(contact, onClose);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = form.onSubmit((values) => {
    const changed = changeTo(contact, values);
    if (Object.keys(changed).length === 0) onClose();
    else change.mutate({ change: changed }, { onError: (error) => form.setErrors(fieldProblems(error)) });
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    onClose();
  };
  const shownAtFields = isProblem(change.error) && (change.error.problem.errors?.length ?? 0) > 0;
  return (
    <form noValidate onSubmit={submit} onKeyDown={onKeyDown} aria-label="Edit the contact">
      <Stack gap="sm">
        <SimpleGrid cols={2} spacing="sm" verticalSpacing="sm">
          <TextInput ref={first} label="First name" autoComplete="off" {...form.getInputProps('firstName')} />
          <TextInput label="Last name" autoComplete="off" {...form.getInputProps('lastName')} />
          <TextInput label="Company" autoComplete="off" {...form.getInputProps('company')} />
          <TextInput label="E-mail" type="email" autoComplete="off" {...form.getInputProps('email')} />
        </SimpleGrid>
        <TextInput label="Street" autoComplete="off" {...form.getInputProps('street')} />
        <SimpleGrid cols={3} spacing="sm">
          <TextInput label="City" autoComplete="off" {...form.getInputProps('city')} />
          <TextInput label="State" autoComplete="off" {...form.getInputProps('state')} />
          <TextInput label="ZIP" autoComplete="off" {...form.getInputProps('postalCode')} />
        </SimpleGrid>
        <TagsInput
          label="Tags"
          comboboxProps={{ withinPortal: false }}
          data={tags.map((tag) => tag.value)}
          acceptValueOnBlur
          {...form.getInputProps('tags')}
        />
        {change.error === null || shownAtFields ? null : (
          <ErrorState compact error={change.error} what="The contact was not saved" />
        )}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={change.isPending}>
            Save
          </Button>
          <Button size="xs" variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const valuesOf = (contact: Contact): Values => ({
  firstName: contact.firstName ?? '',
  lastName: contact.lastName ?? '',
  company: contact.company ?? '',
  email: contact.email ?? '',
  street: contact.street ?? '',
  city: contact.city ?? '',
  state: contact.state ?? '',
  postalCode: contact.postalCode ?? '',
  tags: [...contact.tags],
});

/** Null empties a field. */
function changeTo(contact: Contact, values: Values): ContactChange {
  const before = valuesOf(contact);
  const changed = FIELDS.filter((field) => values[field].trim() !== before[field]);
  return {
    ...Object.fromEntries(changed.map((field) => [field, values[field].trim() || null])),
    ...(values.tags.join('\n') === before.tags.join('\n') ? {} : { tags: values.tags }),
  };
}
