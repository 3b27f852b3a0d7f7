import { createRoute } from '@tanstack/react-router';
import { oneOf, searchSchema, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  staticData: { title: 'Settings' },
  component: lazyPage(() => import('./settings-page.tsx'), 'SettingsPage'),
});

/** The sections as a list; wide windows show them at the left of each and go on to the first. */
export const settingsIndexRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  staticData: { title: 'Settings' },
  component: lazyPage(() => import('./settings-index.tsx'), 'SettingsIndex'),
});

export const businessRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'business',
  staticData: { title: 'Business' },
  component: lazyPage(() => import('./business-page.tsx'), 'BusinessPage'),
});

/** `?connect=yes` opens the dialog in which an account is connected; `?show=lane_...` brings one account or number into sight. */
export const numbersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'numbers',
  validateSearch: searchSchema({ connect: oneOf(['yes'], ''), show: text(60) }),
  staticData: { title: 'Numbers' },
  component: lazyPage(() => import('./numbers-page.tsx'), 'NumbersPage'),
});

export const sendingHoursRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'sending-hours',
  staticData: { title: 'Sending hours' },
  component: lazyPage(() => import('./sending-hours-page.tsx'), 'SendingHoursPage'),
});

export const complianceSettingsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'compliance',
  staticData: { title: 'Compliance' },
  component: lazyPage(() => import('./compliance-page.tsx'), 'CompliancePage'),
});

export const consentRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'consent',
  staticData: { title: 'Consent' },
  component: lazyPage(() => import('./consent-page.tsx'), 'ConsentPage'),
});

export const alertSettingsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'alerts',
  staticData: { title: 'Alerts' },
  component: lazyPage(() => import('./alerts-page.tsx'), 'AlertsPage'),
});

export const validationRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'number-validation',
  staticData: { title: 'Number validation' },
  component: lazyPage(() => import('./validation-page.tsx'), 'ValidationPage'),
});

/** `?log=ptg_...` shows what became of the events of one target, `?state=failed` only those that it did not take. */
export const developmentProxyRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'development-proxy',
  validateSearch: searchSchema({ log: text(60), state: oneOf(['waiting', 'delivered', 'failed'], '') }),
  staticData: { title: 'Development proxy' },
  component: lazyPage(() => import('./development-proxy-page.tsx'), 'DevelopmentProxyPage'),
});

export const teamRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'team',
  staticData: { title: 'Team' },
  component: lazyPage(() => import('./team-page.tsx'), 'TeamPage'),
});

export const apiKeysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'api-keys',
  staticData: { title: 'API keys' },
  component: lazyPage(() => import('./api-keys-page.tsx'), 'ApiKeysPage'),
});

export const passwordRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'password',
  staticData: { title: 'Password' },
  component: lazyPage(() => import('./password-page.tsx'), 'PasswordPage'),
});

export const appearanceRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'appearance',
  staticData: { title: 'Appearance' },
  component: lazyPage(() => import('./appearance-page.tsx'), 'AppearancePage'),
});

export const settingsRoutes = settingsRoute.addChildren([
  settingsIndexRoute,
  businessRoute,
  numbersRoute,
  sendingHoursRoute,
  complianceSettingsRoute,
  validationRoute,
  consentRoute,
  alertSettingsRoute,
  teamRoute,
  apiKeysRoute,
  developmentProxyRoute,
  passwordRoute,
  appearanceRoute,
]);
