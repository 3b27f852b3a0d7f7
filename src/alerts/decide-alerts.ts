import { numbersPage } from '../gateways/numbers-page.ts';
import {
  campaignPausedSentence,
  numberWords,
  pausedSentence,
  restingSentence,
  silentSentence,
} from '../operations/attention.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { unreachable } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { maskEventText } from '../webhooks/mask-event.ts';
import { type AlertKey, type NewAlert, SUMMARY_MAX } from './alert.ts';

/** What stands still by itself: nobody here has asked for it. */
export type Standstill =
  | { readonly kind: 'account_paused'; readonly id: Uuid; readonly name: string; readonly reason: string }
  | { readonly kind: 'events_failed'; readonly id: Uuid; readonly name: string; readonly reason: string }
  | { readonly kind: 'opt_outs_unheard'; readonly id: Uuid; readonly name: string; readonly reason: string }
  | { readonly kind: 'campaign_paused'; readonly id: Uuid; readonly name: string; readonly reason: string }
  | {
      readonly kind: 'lane_paused';
      readonly id: Uuid;
      readonly name: string;
      readonly phone: string;
      readonly reason: string;
    }
  /** Numbers of an account that go on by themselves: a carrier counts the texts of a day. One alert, however many they are. */
  | {
      readonly kind: 'lanes_resting';
      readonly id: Uuid;
      readonly name: string;
      /** One of them. */
      readonly phone: string;
      readonly numbers: number;
      readonly reason: string;
      readonly until: Instant;
    }
  | {
      readonly kind: 'breaker_open';
      readonly id: Uuid;
      readonly name: string;
      readonly since: Instant;
      readonly reason: string;
    };

/** The alert about something that stands still, in the sentence of the home page. */
export function alertOf(found: Standstill, zone: string): NewAlert {
  const { kind, id, name } = found;
  // A reason may be a gateway's own words, or what a program said of an event: the number of a person does not leave the house.
  const reason = maskEventText(found.reason, null);
  switch (kind) {
    case 'account_paused':
      return {
        kind,
        subject: `account:${id}`,
        headline: `${name}: paused: ${reason}`,
        summary: pausedSentence(`The account "${name}"`, reason),
        link: numbersPage(showId('account', id)),
        detail: { account: name, reason },
      };
    case 'breaker_open':
      return {
        kind,
        subject: `account:${id}`,
        headline: `${name}: the gateway does not answer: ${reason}`,
        summary: silentSentence(name, { openSince: found.since, detail: reason }, zone),
        link: numbersPage(showId('account', id)),
        detail: { account: name, reason, since: found.since.toString() },
      };
    case 'lane_paused':
      return {
        kind,
        subject: `lane:${id}`,
        headline: `${name} ${found.phone}: paused: ${reason}`,
        summary: pausedSentence(numberWords(found), reason),
        link: numbersPage(showId('lane', id)),
        detail: { number: found.phone, name, reason },
      };
    case 'lanes_resting': {
      const { phone, numbers, until } = found;
      return {
        kind,
        subject: `account:${id}`,
        headline: `${name}: ${numbers === 1 ? `${phone} rests` : `${numbers} numbers rest`}: ${reason}`,
        summary: restingSentence(
          `${numbers === 1 ? `The number ${phone}` : `Each of ${numbers} numbers`} of "${name}"`,
          { reason, until },
          zone,
        ),
        link: numbersPage(showId('account', id)),
        detail: { account: name, numbers, reason, until: until.toString() },
      };
    }
    case 'campaign_paused':
      return {
        kind,
        subject: `campaign:${id}`,
        headline: `${name}: paused: ${reason}`,
        summary: campaignPausedSentence(name, reason),
        link: `/campaigns/${showId('campaign', id)}`,
        detail: { campaign: name, reason },
      };
    case 'events_failed':
      return {
        kind,
        subject: `account:${id}`,
        headline: `${name}: events could not be applied: ${reason}`,
        summary: `Events of the account "${name}" rest as failed, the last one: ${reason}. Look at them, have the cause mended, and replay them: what they say is not in the books until then. What can never be applied may be discarded.`,
        link: '/operations/events?state=failed',
        detail: { account: name, reason },
      };
    case 'opt_outs_unheard':
      return {
        kind,
        subject: `account:${id}`,
        headline: `${name}: opted out with the provider, and not with us`,
        summary: `In the last 24 hours the provider of "${name}" refused texts to people who had opted out with it, or its books had a STOP, of which we did not know. They are opted out here now. See whether events come in, and what differed of each of them.`,
        link: '/compliance/opt-out-report/differences',
        detail: { account: name, code: reason },
      };
    default:
      return unreachable(kind);
  }
}

interface OpenAlert extends AlertKey {
  readonly summary: string;
}

/** What has to change so that the open alerts are what is wrong. `same` are open and still as they were told. */
export function compareAlerts<Open extends OpenAlert>(
  wanted: readonly NewAlert[],
  open: readonly Open[],
): { readonly raise: readonly NewAlert[]; readonly resolve: readonly Open[]; readonly same: readonly Open[] } {
  const keyOf = ({ kind, subject }: AlertKey): string => `${kind} ${subject}`;
  const openByKey = new Map(open.map((alert) => [keyOf(alert), alert]));
  const wantedKeys = new Set(wanted.map(keyOf));
  const raise = wanted.filter((alert) => openByKey.get(keyOf(alert))?.summary !== alert.summary.slice(0, SUMMARY_MAX));
  const raised = new Set(raise.map(keyOf));
  return {
    raise,
    resolve: open.filter((alert) => !wantedKeys.has(keyOf(alert))),
    same: open.filter((alert) => wantedKeys.has(keyOf(alert)) && !raised.has(keyOf(alert))),
  };
}
