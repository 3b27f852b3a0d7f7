import type { Health, HealthCheck } from '../api/health.ts';
import type { WebhookSource } from '../api/webhook-events.ts';
import { formatCount, formatRate, plural } from '../patterns/format.ts';
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

/** "Events come in" of all accounts, the page's question answered; what is checked by nobody is said to be so. */
export function comeInWords(accounts: readonly Pick<Health, 'recent' | 'settings' | 'suspicion'>[]): string {
  if (accounts.length === 0) return 'No account is connected.';
  // One that is under way takes back nothing of what the one before has found.
  const ended = accounts.flatMap(({ recent }) => recent.find(({ outcome }) => outcome !== null)?.outcome ?? []);
  const bad = ended.filter((outcome) => outcome.startsWith('failed_')).length;
  const suspicious = accounts.filter(({ suspicion }) => suspicion !== null).length;
  const unchecked = accounts.filter(({ settings }) => settings?.enabled !== true).length;
  if (bad > 0) return `Events do not come in: the last check of ${plural(bad, 'account', 'accounts')} failed.`;
  if (suspicious > 0) return `Events may not come in for ${plural(suspicious, 'account', 'accounts')}.`;
  if (unchecked === accounts.length) return 'Nothing checks by itself whether events come in.';
  if (ended.length === 0) return 'No check has ended yet.';
  const rest = unchecked === 0 ? '' : `; ${plural(unchecked, 'account is', 'accounts are')} not checked`;
  return `Events come in${rest}.`;
}

/** "145 of 148 taken in, 98%; 3 came again": how many webhooks got their 2xx. */
export function takenInWords(sources: readonly Pick<WebhookSource, 'accepted' | 'repeated' | 'refused'>[]): string {
  const sum = (figure: (source: (typeof sources)[number]) => number): number =>
    sources.reduce((total, source) => total + figure(source), 0);
  const accepted = sum((source) => source.accepted);
  const repeated = sum((source) => source.repeated);
  const refused = sum(({ refused: byReason }) => Object.values(byReason).reduce((all, count) => all + count, 0));
  const all = accepted + repeated + refused;
  if (all === 0) return 'no webhook came';
  const again = repeated === 0 ? '' : `; ${formatCount(repeated)} of them had come before`;
  return `${formatCount(accepted + repeated)} of ${plural(all, 'webhook', 'webhooks')} taken in, ${formatRate(accepted + repeated, all)}${again}`;
}

const SECOND_MS = 1_000;
const seconds = (from: string, until: string): string =>
  `${((Date.parse(until) - Date.parse(from)) / SECOND_MS).toFixed(1).replace(/\.0$/, '')}\u00a0s`;

/** "Sent after 0.4 s, came after 2.1 s, applied after 0.1 s": how far a check got, each step from the one before. */
export function stepsWords({ startedAt, sentAt, webhookAt, appliedAt }: HealthCheck): string {
  if (sentAt === null) return 'Not sent';
  const came = webhookAt === null ? [] : [`came after ${seconds(sentAt, webhookAt)}`];
  const applied = webhookAt === null || appliedAt === null ? [] : [`applied after ${seconds(webhookAt, appliedAt)}`];
  return [`Sent after ${seconds(startedAt, sentAt)}`, ...came, ...applied].join(', ');
}

const CAUSES: Readonly<Record<string, string>> = {
  schedule: 'by schedule',
  suspicion: 'on suspicion',
  recovery: 'as events came in again',
};

/** Why a check was made, or who asked for it. */
export const causeWords = ({ cause }: Pick<HealthCheck, 'cause'>): string => CAUSES[cause] ?? `asked for by ${cause}`;
