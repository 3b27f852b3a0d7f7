import { Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactElement, type Ref, useRef } from 'react';
import { useOpeningMenu } from '../patterns/use-opening-menu.ts';
import { ICON_STROKE } from '../theme.ts';
import type { SectionEntry } from './sections.ts';

interface MoreMenuProps {
  readonly sections: readonly SectionEntry[];
  readonly button: (ref: Ref<HTMLButtonElement>) => ReactElement;
}

/** The sections that have no place in a phone's bar. Fetched when its button is first pressed, and therefore begins open. */
export default function MoreMenu({ sections, button }: MoreMenuProps) {
  const target = useRef<HTMLButtonElement>(null);
  const menu = useOpeningMenu(target);
  return (
    <Menu position="top-end" {...menu}>
      <Menu.Target>{button(target)}</Menu.Target>
      <Menu.Dropdown>
        {sections.map((section) => (
          <Menu.Item
            key={section.to}
            component={Link}
            to={section.to}
            leftSection={<section.icon size={16} stroke={ICON_STROKE} aria-hidden />}
          >
            {section.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
