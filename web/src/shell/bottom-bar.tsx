import { Menu, UnstyledButton } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { ICON_STROKE } from '../theme.ts';
import classes from './bottom-bar.module.css';
import { UnreadCount } from './rail.tsx';
import { SECTIONS, type SectionEntry } from './sections.ts';

interface BottomBarProps {
  readonly active: SectionEntry | undefined;
  readonly unread: number;
}

/** The rail of a phone, within reach of the thumb. */
export function BottomBar({ active, unread }: BottomBarProps) {
  const more = SECTIONS.filter((section) => !section.onPhone);
  return (
    <nav className={classes.bar} aria-label="Main">
      {SECTIONS.filter((section) => section.onPhone).map((section) => (
        <Link
          key={section.to}
          to={section.to}
          className={classes.entry}
          data-active={section === active || undefined}
          aria-current={section === active ? 'page' : undefined}
        >
          <section.icon size={20} stroke={ICON_STROKE} aria-hidden />
          <span>{section.label}</span>
          <UnreadCount count={section.to === '/inbox' ? unread : 0} className={classes.unread} />
        </Link>
      ))}
      <Menu position="top-end">
        <Menu.Target>
          <UnstyledButton
            className={classes.entry}
            data-active={(active !== undefined && more.includes(active)) || undefined}
          >
            <IconDots size={20} stroke={ICON_STROKE} aria-hidden />
            <span>More</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {more.map((section) => (
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
    </nav>
  );
}
