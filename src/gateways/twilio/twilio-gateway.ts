import { WINDOW_MARGIN_MS } from '../../business/sending-policy.ts';
import { ok } from '../../platform/result.ts';
import { type Instant, instantFromMs, isBefore, SECOND_MS } from '../../platform/time.ts';
import { deliveryStatus } from '../delivery-status.ts';
import { type Answered, oldestFirst, sendOutcome, termsOf } from '../exchange-answer.ts';
import type { Answer, Gateway, GatewayMessage, SendOutcome, SendRequest } from '../gateway.ts';
import { classifySendFailure } from './twilio-errors.ts';
import { gatewayMessage, isOutbound } from './twilio-message.ts';
import { allNumbers, canText, twilioWebhooks } from './twilio-numbers.ts';
import { twilioRecords } from './twilio-records.ts';
import { messageAnswer, messagePage, type RestMessage, sendAnswer } from './twilio-schemas.ts';
import {
  failedAnswer,
  foreignCursor,
  isOwnPath,
  openWire,
  readAll,
  readMessage,
  readPage,
  type TwilioGatewayOptions,
  type Wire,
} from './twilio-wire.ts';

const PAGE_SIZE = 100;
const NEWEST_PAGE_SIZE = 50;
/**
 * How long a text may wait in the queue of the provider. Nothing is handed over in the last minutes of a window; what waited for
 * longer would arrive in somebody's night, after ten hours by default.
 */
const VALIDITY_SECONDS = WINDOW_MARGIN_MS / SECOND_MS;

/**
 * Twilio's API of 2010-04-01. A lane is named by its number: that is what the API sends from and lists by. One call of `send` is one
 * request: there is no idempotency key, so a second one could be a second text.
 */
export function twilioGateway(options: TwilioGatewayOptions): Gateway {
  const wire = openWire(options);
  return {
    kind: 'twilio',
    send: (request) => send(wire, request),
    listSent: (query) => listSent(wire, query),
    listNewest: (query) => listNewest(wire, query),
    getMessage: (gatewayMessageId) => getMessage(wire, gatewayMessageId),
    listNumbers: () => listNumbers(wire),
    webhooks: twilioWebhooks(wire),
    records: twilioRecords(wire),
  };
}

async function send(wire: Wire, request: SendRequest): Promise<SendOutcome> {
  const { clock, statusCallbackUrl } = wire.options;
  const exchange = await wire.call({
    method: 'POST',
    path: `${wire.account}/Messages.json`,
    form: new URLSearchParams({
      To: request.to,
      From: request.laneRef,
      Body: request.text,
      ValidityPeriod: String(VALIDITY_SECONDS),
      ...(statusCallbackUrl === null ? {} : { StatusCallback: statusCallbackUrl }),
    }),
    ...termsOf(request, clock),
  });
  return sendOutcome(wire, exchange, {
    accepted,
    refused: (answer) => classifySendFailure(failedAnswer(wire, answer)),
  });
}

function accepted(answer: Answered): SendOutcome {
  const parsed = sendAnswer.safeParse(answer.body);
  if (!parsed.success) return { kind: 'unknown', detail: `HTTP ${answer.status} without a message id` };
  return { kind: 'accepted', gatewayMessageId: parsed.data.sid, status: deliveryStatus(parsed.data.status) };
}

/**
 * All that there is between the two, and the time compared here: a filter by date means the date of sending, which a text that still
 * waits in the queue does not have, and would take such a text for one that was never handed over.
 */
async function listSent(
  wire: Wire,
  query: Parameters<Gateway['listSent']>[0],
): Promise<Answer<readonly GatewayMessage[]>> {
  const path = messagesPath(wire, { From: query.laneRef, To: query.to, PageSize: String(PAGE_SIZE) });
  const { mayGoOn } = query;
  const listed = await readAll(wire, { path, schema: messagePage, itemsOf: ({ messages }) => messages, mayGoOn });
  if (!listed.ok) return listed;
  const since = wholeSecond(query.since);
  return ok(
    oldestFirst(
      listed.value
        .filter(({ direction, date_created }) => isOutbound(direction) && !isBefore(date_created, since))
        .map(gatewayMessage),
    ),
  );
}

const messagesPath = (wire: Wire, query: Readonly<Record<string, string>>): string =>
  `${wire.account}/Messages.json?${new URLSearchParams(query)}`;

/** Times on this wire have no fractions: a text of this very second is dated at its beginning. */
const wholeSecond = (at: Instant): Instant => instantFromMs(Math.floor(at.epochMilliseconds / SECOND_MS) * SECOND_MS);

/** The two directions are two lists; the cursor has the next page of each that has one. */
async function listNewest(wire: Wire, query: Parameters<Gateway['listNewest']>[0]): ReturnType<Gateway['listNewest']> {
  const since = wholeSecond(query.since);
  const paths = query.olderThan === undefined ? newestPaths(wire, query.laneRef) : pathsIn(wire, query.olderThan);
  if (paths === undefined) return foreignCursor();
  const messages: RestMessage[] = [];
  const next: string[] = [];
  for (const [index, path] of paths.entries()) {
    if (index > 0) await query.mayGoOn?.();
    const page = await readPage(wire, { path, schema: messagePage });
    if (!page.ok) return page;
    messages.push(...page.value.page.messages);
    const last = page.value.page.messages.at(-1);
    const goesOn = last !== undefined && !isBefore(last.date_created, since);
    if (goesOn && page.value.next !== undefined) next.push(page.value.next);
  }
  return ok({
    messages: messages
      .filter((message) => isOf(query.laneRef, message) && !isBefore(message.date_created, since))
      .sort((a, b) => b.date_created.epochMilliseconds - a.date_created.epochMilliseconds)
      .map(gatewayMessage),
    olderThan: next.length === 0 ? undefined : next.join(CURSOR_SEPARATOR),
  });
}

/** Never in an encoded path. */
const CURSOR_SEPARATOR = ' ';

const newestPaths = (wire: Wire, laneRef: string): readonly string[] =>
  ['To', 'From'].map((end) => messagesPath(wire, { [end]: laneRef, PageSize: String(NEWEST_PAGE_SIZE) }));

function pathsIn(wire: Wire, cursor: string): readonly string[] | undefined {
  const paths = cursor.split(CURSOR_SEPARATOR);
  return paths.every((path) => isOwnPath(wire, path)) ? paths : undefined;
}

/** A text between two numbers of the account is there twice: once for each of them. */
const isOf = (laneRef: string, { direction, from, to }: RestMessage): boolean =>
  (isOutbound(direction) ? from : to) === laneRef;

async function getMessage(wire: Wire, gatewayMessageId: string): Promise<Answer<GatewayMessage | undefined>> {
  const answer = await readMessage(wire, { gatewayMessageId, schema: messageAnswer });
  if (!answer.ok) return answer;
  return ok(answer.value === undefined ? undefined : gatewayMessage(answer.value));
}

/**
 * Numbers that can only be called are no sender numbers. Whether one is registered for 10DLC is not said here: the carriers answer each
 * text with 30034 when it is not.
 */
async function listNumbers(wire: Wire): ReturnType<Gateway['listNumbers']> {
  const numbers = await allNumbers(wire);
  if (!numbers.ok) return numbers;
  return ok(
    numbers.value.filter(canText).map(({ phone_number: phone, friendly_name }) => ({
      laneRef: phone,
      phone,
      name: friendly_name === '' ? phone : friendly_name,
      mayTextUs: true,
    })),
  );
}
