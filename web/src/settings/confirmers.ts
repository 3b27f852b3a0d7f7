import type { Account } from '../api/operations.ts';

type Confirmer = Account['optOutsConfirmedBy'];

export const CONFIRMER_CHOICES: readonly { readonly value: Confirmer; readonly label: string }[] = [
  { value: 'by_word', label: 'The provider for the words it answers, Textwright for all others' },
  { value: 'textwright', label: 'Textwright always: the provider was told not to' },
  { value: 'provider', label: 'Only the provider' },
];

export const confirmerOf = (value: string): Confirmer =>
  CONFIRMER_CHOICES.find((choice) => choice.value === value)?.value ?? 'by_word';
