import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { formatCount, plural } from '../patterns/format.ts';
import { ICON_STROKE } from '../theme.ts';
import { BrandMark } from './brand-mark.tsx';
import classes from './rail.module.css';
import { SECTIONS, type SectionEntry } from './sections.ts';

interface RailProps {
  readonly businessName: string;
  readonly active: SectionEntry | undefined;
  readonly unread: number;
  readonly collapsed: boolean;
  readonly onToggle: () => void;
}

/** The left rail: where one can go. */
export function Rail({ businessName, active, unread, collapsed, onToggle }: RailProps) {
  const ToggleIcon = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const toggleLabel = collapsed ? 'Widen the sidebar' : 'Narrow the sidebar';
  return (
    <nav className={classes.rail} data-collapsed={collapsed || undefined} aria-label="Main">
      <Link to="/" className={classes.brand} title={businessName} aria-label={`${businessName}, to Home`}>
        <BrandMark size={24} />
        <span className={classes.word}>{businessName}</span>
      </Link>
      <ul className={classes.list}>
        {SECTIONS.map((section) => (
          <li key={section.to}>
            <RailLink
              section={section}
              active={section === active}
              unread={section.to === '/inbox' ? unread : 0}
              collapsed={collapsed}
            />
          </li>
        ))}
      </ul>
      <Tooltip label={toggleLabel} position="right">
        <ActionIcon className={classes.toggle} aria-label={toggleLabel} aria-expanded={!collapsed} onClick={onToggle}>
          <ToggleIcon size={20} stroke={ICON_STROKE} />
        </ActionIcon>
      </Tooltip>
    </nav>
  );
}

interface RailLinkProps {
  readonly section: SectionEntry;
  readonly active: boolean;
  readonly unread: number;
  readonly collapsed: boolean;
}

function RailLink({ section, active, unread, collapsed }: RailLinkProps) {
  const { to, label, icon: SectionIcon } = section;
  return (
    <Tooltip label={label} position="right" disabled={!collapsed}>
      <Link
        to={to}
        className={classes.link}
        data-active={active || undefined}
        aria-current={active ? 'page' : undefined}
      >
        <SectionIcon size={20} stroke={ICON_STROKE} aria-hidden />
        <span className={classes.word}>{label}</span>
        <UnreadCount count={unread} className={classes.unread} />
      </Link>
    </Tooltip>
  );
}

const SHOWN_UNREAD_MAX = 99;

/** Of conversations with something that a person should read. */
export function UnreadCount({ count, className }: { readonly count: number; readonly className: string | undefined }) {
  if (count === 0) return null;
  return (
    <span className={className}>
      <span aria-hidden>{count > SHOWN_UNREAD_MAX ? '99+' : formatCount(count)}</span>
      <span className={classes.spoken}>, {plural(count, 'unread conversation', 'unread conversations')}</span>
    </span>
  );
}
