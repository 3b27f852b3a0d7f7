import { ActionIcon, Badge, TagsInput, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Contact, contactFacetsQuery } from '../api/contacts.ts';
import { toastProblem } from '../patterns/toast.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './contact-panel.module.css';
import { useContactChange } from './use-contact-change.ts';
import { useFocusBack } from './use-focus-back.ts';

interface ContactTagsProps {
  readonly contact: Contact;
  readonly mayChange: boolean;
}

/** The tags, each a way to everyone who has it; changes are saved at once. */
export function ContactTags({ contact, mayChange }: ContactTagsProps) {
  const [editing, editor] = useDisclosure();
  const opener = useFocusBack(editing);
  if (editing) return <TagEditor contact={contact} onClose={editor.close} />;
  if (contact.tags.length === 0 && !mayChange) return null;
  return (
    <div className={classes.tags}>
      {contact.tags.map((tag) => (
        <Badge
          key={tag}
          color="gray"
          style={{ cursor: 'pointer' }}
          renderRoot={(props) => <Link {...props} to="/contacts" search={{ tag }} />}
        >
          {tag}
        </Badge>
      ))}
      {contact.tags.length === 0 ? (
        <Text size="sm" c="dimmed">
          No tags
        </Text>
      ) : null}
      {mayChange ? (
        <Tooltip label="Change the tags">
          <ActionIcon ref={opener} size={24} aria-label="Change the tags" onClick={editor.open}>
            <IconPlus size={16} stroke={ICON_STROKE} />
          </ActionIcon>
        </Tooltip>
      ) : null}
    </div>
  );
}

function TagEditor({ contact, onClose }: { readonly contact: Contact; readonly onClose: () => void }) {
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
