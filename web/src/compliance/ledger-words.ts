import type { LedgerEntry } from '../api/consent-ledger.ts';

type Choices = readonly { readonly value: string; readonly label: string }[];

/** What can be asked of the ledger, in words. */
export const STATES_NOW: Choices = [
  { value: 'written', label: 'Agreed in writing' },
  { value: 'express', label: 'Agreed' },
  { value: 'pending', label: 'To be confirmed' },
  { value: 'opted_out', label: 'Opted out' },
  { value: 'expired', label: 'Ended' },
  { value: 'imported_unverified', label: 'Claimed by a file' },
];
export const ACTIONS: Choices = [
  { value: 'grant', label: 'Agreed' },
  { value: 'confirm', label: 'Confirmed' },
  { value: 'revoke', label: 'Took back' },
  { value: 'expire', label: 'Ended' },
];
export const KINDS: Choices = [
  { value: 'express_written', label: 'In writing' },
  { value: 'express', label: 'Express' },
];
export const PURPOSES: Choices = [
  { value: 'marketing', label: 'Marketing' },
  { value: 'informational', label: 'Informational (transactional)' },
];
export const SOURCES: Choices = [
  { value: 'web_form', label: 'Web form' },
  { value: 'keyword', label: 'Text' },
  { value: 'paper', label: 'Paper' },
  { value: 'voice', label: 'Recording' },
  { value: 'import', label: 'Import' },
  { value: 'member', label: 'Member’s note' },
  { value: 'opt_out', label: 'Opt-out' },
  { value: 'policy', label: 'Policy' },
];

const labelIn = (choices: Choices, value: string): string =>
  choices.find((choice) => choice.value === value)?.label ?? value;

/** "Agreed, in writing", "Took back" */
export function actWords({
  action,
  kind,
  needsConfirmation,
}: Pick<LedgerEntry, 'action' | 'kind' | 'needsConfirmation'>): string {
  const act = labelIn(ACTIONS, action);
  if (action !== 'grant') return act;
  return `${act}${kind === 'express_written' ? ' in writing' : ''}${needsConfirmation ? ', to be confirmed' : ''}`;
}

/** "Marketing", "All texts" */
export const purposeWords = (purpose: LedgerEntry['purpose']): string =>
  purpose === 'all' ? 'All texts' : labelIn(PURPOSES, purpose);

/** "Web form v3" */
export const sourceWords = ({ source, wordingVersion }: Pick<LedgerEntry, 'source' | 'wordingVersion'>): string =>
  `${labelIn(SOURCES, source)}${wordingVersion === null ? '' : ` ${wordingVersion}`}`;

/** "formUrl" as people read it. */
export const fieldWords = (field: string): string => {
  if (field === 'ip') return 'IP address';
  const words = field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace('url', 'address');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
