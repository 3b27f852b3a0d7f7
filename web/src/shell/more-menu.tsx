import { Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ICON_STROKE } from '../theme.ts';
import type { SectionEntry } from './sections.ts';

interface MoreMenuProps {
  readonly sections: readonly SectionEntry[];
  readonly button: ReactElement;
}

/** The sections that have no place in a phone's bar. Fetched when its button is first pressed, and therefore begins open. */
export default function MoreMenu({ sections, button }: MoreMenuProps) {
  return (
    <Menu position="top-end" defaultOpened>
      <Menu.Target>{button}</Menu.Target>
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
