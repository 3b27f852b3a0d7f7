import { ActionIcon, Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconChevronLeft, IconPlugConnectedX, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useLineState } from '../api/live.ts';
import type { Status } from '../api/operations.ts';
import { type Me, mayAct } from '../api/session.ts';
import { plural } from '../patterns/format.ts';
import { keySigns } from '../patterns/shortcuts.ts';
import { ICON_STROKE } from '../theme.ts';
import { BrandMark } from './brand-mark.tsx';
import { EnvironmentBadge } from './environment-badge.tsx';
import type { useTrail } from './route-trail.ts';
import { SendingState } from './sending-state.tsx';
import classes from './top-bar.module.css';
import { UserMenu } from './user-menu.tsx';

interface TopBarProps {
  readonly trail: ReturnType<typeof useTrail>;
  readonly status: Status | undefined;
  readonly me: Me;
  readonly onSearch: () => void;
  readonly onShortcuts: () => void;
}

export function TopBar({ trail, status, me, onSearch, onShortcuts }: TopBarProps) {
  return (
    <header className={classes.bar}>
      <Breadcrumb trail={trail} />
      <UnstyledButton className={classes.search} onClick={onSearch}>
        <IconSearch size={16} stroke={ICON_STROKE} aria-hidden />
        <span>Search or jump to</span>
        <span className={classes.keys} aria-hidden>
          {keySigns('mod+k').map((sign) => (
            <Kbd key={sign}>{sign}</Kbd>
          ))}
        </span>
      </UnstyledButton>
      <div className={classes.end}>
        <LostLine />
        {status === undefined ? null : (
          <>
            <OpenAlerts count={mayAct(me.user.role, 'manager') ? status.openAlerts : 0} />
            <EnvironmentBadge status={status} />
            <SendingState status={status} role={me.user.role} />
          </>
        )}
        <ActionIcon className={classes.searchIcon} aria-label="Search people, campaigns and actions" onClick={onSearch}>
          <IconSearch size={20} stroke={ICON_STROKE} />
        </ActionIcon>
        <UserMenu me={me} onShortcuts={onShortcuts} />
      </div>
    </header>
  );
}

/** The way back keeps the section's filters; names that it does not know fall away. */
function Breadcrumb({ trail }: { readonly trail: TopBarProps['trail'] }) {
  if (trail.section === undefined) return <div className={classes.trail} />;
  return (
    <nav className={classes.trail} aria-label="Breadcrumb">
      {trail.title === undefined ? (
        <>
          <span className={classes.back}>
            <BrandMark size={24} />
          </span>
          <span aria-current="page">{trail.section.label}</span>
        </>
      ) : (
        <>
          <Link to={trail.section.to} search={true} className={classes.back}>
            <IconChevronLeft size={20} stroke={ICON_STROKE} aria-hidden />
            {trail.section.label}
          </Link>
          <Link to={trail.section.to} search={true}>
            {trail.section.label}
          </Link>
          <span className={classes.slash} aria-hidden>
            /
          </span>
          <span aria-current="page">{trail.title}</span>
        </>
      )}
    </nav>
  );
}

/** How much is wrong, on every page, for those who may mend it. */
const OpenAlerts = ({ count }: { readonly count: number }) =>
  count === 0 ? null : (
    <Link to="/alerts" className={classes.alerts}>
      <IconAlertTriangle size={16} stroke={ICON_STROKE} aria-hidden />
      {plural(count, 'alert', 'alerts')}
    </Link>
  );

/** Without live updates the page shows the past: say so. */
function LostLine() {
  const line = useLineState();
  if (line !== 'lost') return null;
  return (
    <Tooltip label="Live updates stopped. Trying to connect again; what you see may be older than it looks.">
      <span className={classes.lost} role="status">
        <IconPlugConnectedX size={16} stroke={ICON_STROKE} aria-hidden />
        Not live
      </span>
    </Tooltip>
  );
}
