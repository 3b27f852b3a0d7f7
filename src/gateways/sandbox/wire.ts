import { instantFromMs } from '../../platform/time.ts';
import { hash32 } from './draws.ts';
import type { EventEntry, WebhookEntry } from './journal.ts';
import type { Refusal } from './options.ts';
import type { Lane, Message } from './world.ts';

/** Shapes of API v1 and of webhook payload v4, field by field as the provider documents or as captured. */

export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface InputError {
  /** `/to/0` */
  readonly path: string;
  readonly message: string;
  readonly value?: unknown;
  readonly schema: { readonly type: string };
}

/** The provider always writes milliseconds. */
export const iso = (epochMs: number): string => instantFromMs(epochMs).toString({ smallestUnit: 'millisecond' });

/** One user owns all numbers of an account. */
export const userIdOf = (account: number): string => `USsandbox${account}`;
export const orgIdOf = (account: number): string => `ORsandbox${account}`;

export const conversationIdOf = (ends: { readonly laneRef: string; readonly phone: string }): string =>
  `CN${hash32(`${ends.laneRef}|${ends.phone}`).toString(36)}`;

/** The other end of the conversation. */
export const personIn = (message: Message): string => (message.kind === 'outbound' ? message.to : message.from);

const directionOf = (message: Message): 'incoming' | 'outgoing' =>
  message.kind === 'outbound' ? 'outgoing' : 'incoming';

export const messageJson = (message: Message) => ({
  id: message.id,
  to: [message.to],
  from: message.from,
  text: message.text,
  phoneNumberId: message.laneRef,
  conversationId: conversationIdOf({ laneRef: message.laneRef, phone: personIn(message) }),
  direction: directionOf(message),
  userId: message.kind === 'outbound' && message.origin !== 'provider' ? userIdOf(message.account) : null,
  status: message.status,
  createdAt: iso(message.atMs),
  updatedAt: iso(message.updatedAtMs),
  media: [],
});

/** `to` is a plain string here although the guide shows an array: so it is in captured deliveries. */
export function eventJson(event: EventEntry, message: Message): unknown {
  const conversationId = conversationIdOf({ laneRef: message.laneRef, phone: event.phone });
  return {
    id: event.id,
    object: 'event',
    apiVersion: 'v4',
    createdAt: iso(event.atMs),
    type: event.type,
    data: {
      object: {
        id: message.id,
        object: 'message',
        from: message.from,
        to: message.to,
        direction: directionOf(message),
        text: message.text,
        status: event.type === 'message.received' ? 'received' : 'delivered',
        createdAt: iso(message.atMs),
        userId: userIdOf(message.account),
        phoneNumberId: message.laneRef,
        contactIds: [],
      },
      deepLink: `https://my.quo.com/inbox/${message.laneRef}/c/${conversationId}?at=${message.id}`,
    },
  };
}

export const phoneNumberJson = (lane: Lane, view: { readonly mayText: boolean; readonly createdAtMs: number }) => {
  const messaging = view.mayText ? 'unrestricted' : 'restricted';
  const createdAt = iso(view.createdAtMs);
  return {
    id: lane.id,
    groupId: `GR${lane.id.slice(2)}`,
    name: lane.name,
    number: lane.phone,
    formattedNumber: formatted(lane.phone),
    forward: null,
    portRequestId: null,
    portingStatus: null,
    symbol: null,
    createdAt,
    updatedAt: createdAt,
    users: [
      {
        id: userIdOf(lane.account),
        email: 'owner@example.test',
        firstName: null,
        lastName: null,
        groupId: `GR${lane.id.slice(2)}`,
        role: 'owner',
      },
    ],
    restrictions: {
      messaging: { US: messaging, CA: messaging, Intl: 'restricted' },
      calling: { US: 'unrestricted', CA: 'unrestricted', Intl: 'restricted' },
    },
  };
};

const formatted = (phone: string): string | null => {
  const [, area, exchange, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone) ?? [];
  return area === undefined ? null : `(${area}) ${exchange}-${line}`;
};

export const webhookJson = (webhook: WebhookEntry) => ({
  id: webhook.id,
  userId: userIdOf(webhook.account),
  orgId: orgIdOf(webhook.account),
  label: webhook.label,
  status: webhook.enabled ? 'enabled' : 'disabled',
  url: webhook.url,
  key: webhook.key,
  createdAt: iso(webhook.atMs),
  updatedAt: iso(webhook.atMs),
  deletedAt: null,
  events: webhook.events,
  resourceIds: webhook.resourceIds,
});

const DOCS = 'https://openphone.com/docs';

export const refused = (refusal: Refusal): ApiAnswer => ({
  status: refusal.status,
  body: {
    message: refusal.message,
    code: refusal.code,
    status: refusal.status,
    docs: DOCS,
    title: refusal.title,
    description: refusal.message,
  },
  ...(refusal.retryAfter === undefined ? {} : { headers: { 'retry-after': refusal.retryAfter } }),
});

/** Resource families of error codes. */
export type Family = '01' | '02' | '03' | '04' | '05' | '06' | '09' | '10' | '12';

export const invalidInput = (family: Family, errors: readonly InputError[]): ApiAnswer => ({
  status: 400,
  body: {
    message: 'The input was invalid',
    code: `${family}00400`,
    status: 400,
    docs: DOCS,
    title: 'Bad Request',
    trace: 'sandbox',
    errors,
  },
});

const plainError = (status: number, code: string, title: string): ApiAnswer => ({
  status,
  body: { message: title, code, status, docs: DOCS, title, trace: 'sandbox' },
});

export const unauthorized: ApiAnswer = plainError(401, '0200401', 'Unauthorized');
export const notFound = (family: Family): ApiAnswer => plainError(404, `${family}00404`, 'Not Found');
/** A path that the API does not have. */
export const noSuchPath: ApiAnswer = plainError(404, '0000404', 'Not Found');
export const tooLarge: ApiAnswer = plainError(413, '0000413', 'Payload Too Large');
export const unknownFailure: ApiAnswer = plainError(500, '0201500', 'Unknown');

/** Errors of generation 2026-03-30 have neither a code nor a status in their body. */
export interface PathError {
  readonly path: string;
  readonly message: string;
  readonly schema: { readonly type: string };
}

const NEWEST_DOCS = 'https://quo.com/docs';

export const newestInvalid = (errors: readonly PathError[]): ApiAnswer => ({
  status: 400,
  body: { title: 'Bad Request', message: 'The input was invalid', docs: NEWEST_DOCS, errors },
});

export const newestNotFound: ApiAnswer = {
  status: 404,
  body: { title: 'Not Found', message: 'Not Found', docs: NEWEST_DOCS },
};
