import { ActionIcon, Badge, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Contact } from '../api/contacts.ts';
import { useFocusBack } from '../patterns/use-focus-back.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './contact-panel.module.css';

const TagEditor = lazy(() => import('./tag-editor.tsx'));

interface ContactTagsProps {
  readonly contact: Contact;
  readonly mayChange: boolean;
}

/** The tags, each a way to everyone who has it; changes are saved at once. */
export function ContactTags({ contact, mayChange }: ContactTagsProps) {
  const [editing, editor] = useDisclosure();
  const opener = useFocusBack(editing);
  if (editing)
    return (
      <Suspense fallback={null}>
        <TagEditor contact={contact} onClose={editor.close} />
      </Suspense>
    );
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
