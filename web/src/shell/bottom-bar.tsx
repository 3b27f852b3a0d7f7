import { UnstyledButton } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ButtonHTMLAttributes, lazy, type Ref, Suspense, useState } from 'react';
import { ICON_STROKE } from '../theme.ts';
import classes from './bottom-bar.module.css';
import { UnreadCount } from './rail.tsx';
import { SECTIONS, type SectionEntry } from './sections.ts';

const MoreMenu = lazy(() => import('./more-menu.tsx'));

interface BottomBarProps {
  readonly active: SectionEntry | undefined;
  readonly unread: number;
}

/** The rail of a phone, within reach of the thumb. */
export function BottomBar({ active, unread }: BottomBarProps) {
  const more = SECTIONS.filter((section) => !section.onPhone);
  const [wanted, setWanted] = useState(false);
  const moreActive = active !== undefined && more.includes(active);
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
      {wanted ? (
        <Suspense fallback={<MoreButton active={moreActive} />}>
          <MoreMenu sections={more} button={(ref) => <MoreButton ref={ref} active={moreActive} />} />
        </Suspense>
      ) : (
        <MoreButton active={moreActive} aria-haspopup="menu" aria-expanded={false} onClick={() => setWanted(true)} />
      )}
    </nav>
  );
}

interface MoreButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly active: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

const MoreButton = ({ active, ...others }: MoreButtonProps) => (
  <UnstyledButton {...others} className={classes.entry} data-active={active || undefined}>
    <IconDots size={20} stroke={ICON_STROKE} aria-hidden />
    <span>More</span>
  </UnstyledButton>
);
