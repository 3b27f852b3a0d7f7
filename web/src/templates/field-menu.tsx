import { Menu, Text } from '@mantine/core';
import { type ReactElement, type Ref, useRef } from 'react';
import { useOpeningMenu } from '../patterns/use-opening-menu.ts';
import classes from './field-menu.module.css';
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
  ['opt_out_link', 'Opt-out link'],
];

const CONDITIONS: readonly (readonly [snippet: string, label: string])[] = [
  ['{if company}We know {company}.{endif}', 'Only when a field is known'],
  ['{if city == "Boston"}In Boston{else}Near you{endif}', 'One wording or another'],
];

interface FieldMenuProps {
  /** Names of what came with imports. */
  readonly attributes: readonly string[];
  readonly button: (ref: Ref<HTMLButtonElement>) => ReactElement;
  readonly onInsert: (snippet: string) => void;
}

/** Fetched when its button is first pressed, and therefore begins open. */
export default function FieldMenu({ attributes, button, onInsert }: FieldMenuProps) {
  const target = useRef<HTMLButtonElement>(null);
  const menu = useOpeningMenu(target);
  return (
    <Menu {...menu} width={320} position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>{button(target)}</Menu.Target>
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
