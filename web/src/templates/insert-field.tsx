import { Button, Menu, Text } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { contactFacetsQuery } from '../api/contacts.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './insert-field.module.css';
import { fieldSnippet } from './template-source.ts';

/** What every contact and sender has, the most used ones first. */
const FIELDS: readonly (readonly [name: string, label: string])[] = [
  ['first_name', 'First name'],
  ['last_name', 'Last name'],
  ['full_name', 'Full name'],
  ['company', 'Company'],
  ['street', 'Street'],
  ['city', 'City'],
  ['state', 'State'],
  ['postal_code', 'Postal code'],
  ['phone', 'Phone number'],
  ['email', 'E-mail'],
  ['business_name', 'Your business'],
];

const CONDITIONS: readonly (readonly [snippet: string, label: string])[] = [
  ['{if company}We know {company}.{endif}', 'Only when a field is known'],
  ['{if city == "Boston"}In Boston{else}Near you{endif}', 'One wording or another'],
];

interface InsertFieldProps {
  readonly onInsert: (snippet: string) => void;
  readonly disabled?: boolean;
}

/** The fields a text can hold, each inserted with a fallback for those who lack it. */
export function InsertField({ onInsert, disabled = false }: InsertFieldProps) {
  const attributes = useQuery(contactFacetsQuery).data?.attributes ?? [];
  return (
    <Menu
      width={320}
      position="bottom-end"
      disabled={disabled}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          disabled={disabled}
          leftSection={<IconBraces size={16} stroke={ICON_STROKE} aria-hidden />}
        >
          Insert field
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.dropdown ?? ''}>
        <Menu.Label>Fields of the contact</Menu.Label>
        {FIELDS.map(([name, label]) => (
          <Item key={name} label={label} snippet={fieldSnippet(name)} onInsert={onInsert} />
        ))}
        {attributes.length === 0 ? null : <Menu.Label>From your imports</Menu.Label>}
        {attributes.map((name) => (
          <Item key={name} label={name.replaceAll('_', ' ')} snippet={fieldSnippet(name)} onInsert={onInsert} />
        ))}
        <Menu.Label>Conditions</Menu.Label>
        {CONDITIONS.map(([snippet, label]) => (
          <Item key={snippet} label={label} snippet={snippet} onInsert={onInsert} stacked />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Item(props: {
  readonly label: string;
  readonly snippet: string;
  readonly onInsert: (snippet: string) => void;
  readonly stacked?: boolean;
}) {
  return (
    <Menu.Item onClick={() => props.onInsert(props.snippet)}>
      <span className={classes.item} data-stacked={props.stacked}>
        <Text span size="sm" className={classes.label}>
          {props.label}
        </Text>
        <code className={classes.snippet}>{props.snippet}</code>
      </span>
    </Menu.Item>
  );
}
