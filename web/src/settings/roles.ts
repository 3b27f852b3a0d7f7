import type { Role } from '../api/session.ts';

/** What each role may do, from the least to the most; each may do all that the ones before it may. */
export const ROLE_WORDS: readonly { readonly role: Role; readonly label: string; readonly may: string }[] = [
  {
    role: 'viewer',
    label: 'Viewer',
    may: 'Sees everything: campaigns, contacts, conversations, settings. Changes nothing.',
  },
  {
    role: 'agent',
    label: 'Agent',
    may: 'Also answers people, marks conversations as done, edits contacts and opts people out.',
  },
  {
    role: 'manager',
    label: 'Manager',
    may: 'Also imports people, writes templates, launches and stops campaigns, and sets caps of numbers.',
  },
  { role: 'owner', label: 'Owner', may: 'Also connects accounts, adds people to the team and makes API keys.' },
];

export const roleLabel = (role: Role): string => ROLE_WORDS.find((words) => words.role === role)?.label ?? role;
export const parseRole = (text: string | null): Role | undefined => ROLE_WORDS.find(({ role }) => role === text)?.role;
