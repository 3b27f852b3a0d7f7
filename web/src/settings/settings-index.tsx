import { useMediaQuery } from '@mantine/hooks';
import { IconChevronRight } from '@tabler/icons-react';
import { Link, Navigate } from '@tanstack/react-router';
import { PageHeader } from '../patterns/page.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './settings.module.css';
import { SETTINGS_SECTIONS } from './settings-sections.ts';

/** As in settings.module.css. */
const NARROW_QUERY = '(max-width: 60em)';

export function SettingsIndex() {
  const narrow = useMediaQuery(NARROW_QUERY, undefined, { getInitialValueInEffect: false });
  if (!narrow) return <Navigate to="/settings/business" replace />;
  return (
    <>
      <PageHeader title="Settings" />
      <ul className={classes.list}>
        {SETTINGS_SECTIONS.map(({ to, label, about, icon: SectionIcon }) => (
          <li key={to}>
            <Link to={to} className={classes.listEntry}>
              <SectionIcon size={20} stroke={ICON_STROKE} aria-hidden />
              <span>
                <TwoLines first={label} second={about} />
              </span>
              <IconChevronRight size={16} stroke={ICON_STROKE} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
