import type { Account } from '../api/operations.ts';

type Confirmer = Account['optOutsConfirmedBy'];

export const CONFIRMER_CHOICES: readonly { readonly value: Confirmer; readonly label: string }[] = [
  { value: 'by_word', label: 'The provider for its words, else Textwright' },
  { value: 'textwright', label: 'Textwright always: the provider does not' },
  { value: 'provider', label: 'Only the provider' },
];

export const confirmerOf = (value: string): Confirmer =>
  CONFIRMER_CHOICES.find((choice) => choice.value === value)?.value ?? 'by_word';
