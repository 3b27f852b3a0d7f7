import type { Health, HealthCheck } from '../api/health.ts';
import { formatRate } from '../patterns/format.ts';
import type { Tone } from '../theme.ts';

/** What an outcome is called, and its colour; the same words as in the API. */
export const OUTCOME_WORDS: Readonly<
  Record<NonNullable<HealthCheck['outcome']>, { readonly word: string; readonly tone: Tone }>
> = {
  healthy: { word: 'Healthy', tone: 'green' },
  slow: { word: 'Slow', tone: 'amber' },
  failed_send: { word: 'The text did not go out', tone: 'red' },
  failed_no_webhook: { word: 'No event came', tone: 'red' },
  failed_not_applied: { word: 'Its event was not applied', tone: 'red' },
};

export const outcomeOf = ({ outcome }: HealthCheck): { readonly word: string; readonly tone: Tone } =>
  outcome === null ? { word: 'Under way', tone: 'blue' } : OUTCOME_WORDS[outcome];

type Uptime = Health['uptime']['day'];

/** "24 of 24, 100%": the count beside the rate. */
export const uptimeWords = ({ good, checks, share }: Uptime): string =>
  share === null ? 'no check' : `${good} of ${checks}, ${formatRate(good, checks)}`;

/** "24 texts a day". */
export const textsADay = (intervalMinutes: number): number => Math.round(1_440 / intervalMinutes);
