import {
  type Icon,
  IconActivity,
  IconAddressBook,
  IconHome,
  IconInbox,
  IconSend,
  IconSettings,
  IconShieldCheck,
  IconTemplate,
} from '@tabler/icons-react';

export interface SectionEntry {
  readonly to: '/' | '/inbox' | '/campaigns' | '/contacts' | '/templates' | '/compliance' | '/operations' | '/settings';
  readonly label: string;
  readonly icon: Icon;
  /** Pressed after `g`. */
  readonly key: string;
  /** Has a place in the bottom bar of a phone; the others are under "More". */
  readonly onPhone: boolean;
}

/** The rail, from top to bottom. */
export const SECTIONS: readonly SectionEntry[] = [
  { to: '/', label: 'Home', icon: IconHome, key: 'h', onPhone: true },
  { to: '/inbox', label: 'Inbox', icon: IconInbox, key: 'i', onPhone: true },
  { to: '/campaigns', label: 'Campaigns', icon: IconSend, key: 'm', onPhone: true },
  { to: '/contacts', label: 'Contacts', icon: IconAddressBook, key: 'c', onPhone: true },
  { to: '/templates', label: 'Templates', icon: IconTemplate, key: 't', onPhone: false },
  { to: '/compliance', label: 'Compliance', icon: IconShieldCheck, key: 'p', onPhone: false },
  { to: '/operations', label: 'Operations', icon: IconActivity, key: 'o', onPhone: false },
  { to: '/settings', label: 'Settings', icon: IconSettings, key: 's', onPhone: false },
];

/** The section that an address belongs to. */
export function sectionOf(pathname: string, override?: string): SectionEntry | undefined {
  const first = override ?? `/${pathname.split('/')[1] ?? ''}`;
  return SECTIONS.find((section) => section.to === first);
}
