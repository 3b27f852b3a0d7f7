import { TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Contact, contactFacetsQuery } from '../api/contacts.ts';
import { toastProblem } from '../patterns/toast.tsx';
import { useContactChange } from './use-contact-change.ts';

/** Apart from the tags themselves, because most visits change none and the panel must be there at once. */
export default function TagEditor({ contact, onClose }: { readonly contact: Contact; readonly onClose: () => void }) {
  const known = useQuery(contactFacetsQuery).data?.tags ?? [];
  const change = useContactChange(contact);
  const shown = change.isPending ? (change.variables.change.tags ?? contact.tags) : contact.tags;
  return (
    <TagsInput
      label="Tags"
      description="Saved at once. Enter adds, Backspace removes, Escape closes."
      autoFocus
      data={known.map((tag) => tag.value)}
      value={[...shown]}
      acceptValueOnBlur
      maxDropdownHeight={240}
      comboboxProps={{ withinPortal: false }}
      limit={100}
      onChange={(tags) =>
        change.mutate({ change: { tags } }, { onError: (error) => toastProblem('The tags were not saved', error) })
      }
      onBlur={onClose}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onClose();
      }}
    />
  );
}
