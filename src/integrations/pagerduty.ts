import { err, ok, type Result } from '../platform/result.ts';

/** PagerDuty Events API v2: https://developer.pagerduty.com/docs/events-api-v2-overview */
export interface PagerDutyEvent {
  readonly action: 'trigger' | 'resolve';
  /** At most 255 characters; a resolve ends what was triggered under the same one. */
  readonly dedupKey: string;
  readonly summary: string;
  readonly source: string;
  readonly severity: 'critical' | 'error' | 'warning' | 'info';
  /** ISO 8601. */
  readonly timestamp: string;
  /** What kind of thing happened. */
  readonly eventClass: string;
  readonly details: object;
  readonly link: string;
}

export interface PagerDutyFailure {
  /** PagerDuty does not want this event (a wrong key, above all): the same one would be refused again. */
  readonly final: boolean;
  /** Never holds the key. */
  readonly message: string;
}

const ANSWER_WITHIN_MS = 10_000;
const SUMMARY_MAX = 1_024;
/** Of their words. */
const SHOWN_MAX = 300;

/** Hands one event over. 400 and its kin are final; 408, 429, 5xx and a lost connection may pass. */
export async function sendPagerDutyEvent(
  account: { readonly url: string; readonly routingKey: string },
  event: PagerDutyEvent,
): Promise<Result<undefined, PagerDutyFailure>> {
  const where = new URL(account.url).host;
  try {
    const response = await fetch(`${account.url}/v2/enqueue`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(account.routingKey, event)),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const words = await response.text();
    if (response.ok) return ok(undefined);
    const shown = words.replaceAll(account.routingKey, '(hidden)').replaceAll(/\s+/g, ' ').slice(0, SHOWN_MAX);
    return err({
      final: isFinal(response.status),
      message: `PagerDuty (${where}) answered ${response.status}: ${shown}`,
    });
  } catch (error) {
    return err({ final: false, message: `PagerDuty (${where}) cannot be reached: ${wordsOf(error)}` });
  }
}

const isFinal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;

/** `fetch failed` says nothing; its cause does. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

const bodyOf = (routingKey: string, event: PagerDutyEvent): object => ({
  routing_key: routingKey,
  event_action: event.action,
  dedup_key: event.dedupKey,
  payload: {
    summary: event.summary.slice(0, SUMMARY_MAX),
    source: event.source,
    severity: event.severity,
    timestamp: event.timestamp,
    class: event.eventClass,
    custom_details: event.details,
  },
  client: 'Textwright',
  client_url: event.link,
  links: [{ href: event.link, text: 'Open in Textwright' }],
});
