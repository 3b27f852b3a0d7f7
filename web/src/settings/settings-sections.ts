import {
  type Icon,
  IconAlertTriangle,
  IconBraces,
  IconBuildingStore,
  IconClockHour4,
  IconDeviceMobileMessage,
  IconKey,
  IconLock,
  IconPalette,
  IconPhoneCheck,
  IconShieldCheck,
  IconSignature,
  IconUsers,
} from '@tabler/icons-react';

export interface SettingsSection {
  readonly to:
    | '/settings/business'
    | '/settings/numbers'
    | '/settings/sending-hours'
    | '/settings/compliance'
    | '/settings/number-validation'
    | '/settings/consent'
    | '/settings/alerts'
    | '/settings/team'
    | '/settings/api-keys'
    | '/settings/development-proxy'
    | '/settings/password'
    | '/settings/appearance';
  readonly label: string;
  /** What is set there, for the list of a phone. */
  readonly about: string;
  readonly icon: Icon;
}

export const SETTINGS_SECTIONS: readonly SettingsSection[] = [
  {
    to: '/settings/business',
    label: 'Business',
    about: 'Name, time zone, how people reach you',
    icon: IconBuildingStore,
  },
  {
    to: '/settings/numbers',
    label: 'Numbers',
    about: 'Provider accounts, numbers, caps and throughput',
    icon: IconDeviceMobileMessage,
  },
  {
    to: '/settings/sending-hours',
    label: 'Sending hours',
    about: 'When and how often campaigns may text',
    icon: IconClockHour4,
  },
  {
    to: '/settings/compliance',
    label: 'Compliance',
    about: 'First texts, unclear replies, where the rest is set',
    icon: IconShieldCheck,
  },
  {
    to: '/settings/number-validation',
    label: 'Number validation',
    about: 'Landlines, internet numbers, numbers not in use',
    icon: IconPhoneCheck,
  },
  {
    to: '/settings/consent',
    label: 'Consent',
    about: 'How long it lasts, and how people confirm it',
    icon: IconSignature,
  },
  {
    to: '/settings/alerts',
    label: 'Alerts',
    about: 'Who is told when something stops by itself',
    icon: IconAlertTriangle,
  },
  { to: '/settings/team', label: 'Team', about: 'Who can sign in, and what they may do', icon: IconUsers },
  { to: '/settings/api-keys', label: 'API keys', about: 'Keys for scripts and other programs', icon: IconKey },
  {
    to: '/settings/development-proxy',
    label: 'Development proxy',
    about: 'Forward incoming events to programs being written',
    icon: IconBraces,
  },
  { to: '/settings/password', label: 'Password', about: 'The one that you sign in with', icon: IconLock },
  { to: '/settings/appearance', label: 'Appearance', about: 'Theme and density, in this browser', icon: IconPalette },
];
