import { Link, Outlet } from '@tanstack/react-router';
import { Page } from '../patterns/page.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './settings.module.css';
import { SETTINGS_SECTIONS } from './settings-sections.ts';

/** The sections at the left, one of them at the right; on narrow windows the section alone. */
export function SettingsPage() {
  return (
    <Page>
      <div className={classes.settings}>
        <nav className={classes.nav} aria-label="Settings">
          {SETTINGS_SECTIONS.map(({ to, label, icon: SectionIcon }) => (
            <Link
              key={to}
              to={to}
              className={classes.entry}
              activeProps={{ 'data-active': true, 'aria-current': 'page' }}
            >
              <SectionIcon size={16} stroke={ICON_STROKE} aria-hidden />
              {label}
            </Link>
          ))}
        </nav>
        <div className={classes.section}>
          <Outlet />
        </div>
      </div>
    </Page>
  );
}
