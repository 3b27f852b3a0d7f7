import { err, ok } from '../../platform/result.ts';
import { addMs, isBefore } from '../../platform/time.ts';
import { deliveryStatus } from '../delivery-status.ts';
import { type Answered, oldestFirst, sendOutcome, termsOf } from '../exchange-answer.ts';
import type { Answer, Gateway, GatewayMessage, SendOutcome, SendRequest } from '../gateway.ts';
import { classifySendFailure } from './quo-errors.ts';
import { CREATED_AFTER_OVERLAP_MS, gatewayMessage, NEWEST_PAGE_SIZE } from './quo-message.ts';
import { quoRecords } from './quo-records.ts';
import { messageAnswer, messagePage, newestPage, numbersAnswer, type RestMessage, sendAnswer } from './quo-schemas.ts';
import { quoWebhooks } from './quo-webhook-registrations.ts';
import {
  failedAnswer,
  NEWEST_VERSION,
  openWire,
  type QuoGatewayOptions,
  read,
  readMessage,
  type Wire,
} from './quo-wire.ts';

const PAGE_SIZE = 100;
const PAGES_MAX = 50;

/**
 * Quo (OpenPhone) API v1. One call of `send` is one request: there is no idempotency key, so a second one could be a second text.
 */
export function quoGateway(options: QuoGatewayOptions): Gateway {
  const wire = openWire(options);
  return {
    kind: 'quo',
    send: (request) => send(wire, request),
    listSent: (query) => listSent(wire, query),
    listNewest: (query) => listNewest(wire, query),
    getMessage: (gatewayMessageId) => getMessage(wire, gatewayMessageId),
    listNumbers: () => listNumbers(wire),
    webhooks: quoWebhooks(wire),
    records: quoRecords(wire),
  };
}

async function send(wire: Wire, request: SendRequest): Promise<SendOutcome> {
  const { userId, closeConversation, clock } = wire.options;
  const exchange = await wire.call({
    method: 'POST',
    path: '/v1/messages',
    json: {
      content: request.text,
      from: request.laneRef,
      to: [request.to],
      ...(userId === undefined ? {} : { userId }),
      ...(closeConversation === true ? { setInboxStatus: 'done' } : {}),
    },
    ...termsOf(request, clock),
  });
  return sendOutcome(wire, exchange, {
    accepted,
    refused: (answer) => classifySendFailure({ ...failedAnswer(wire, answer), to: request.to }),
  });
}

function accepted(answer: Answered): SendOutcome {
  const parsed = sendAnswer.safeParse(answer.body);
  if (!parsed.success) return { kind: 'unknown', detail: `HTTP ${answer.status} without a message id` };
  const { id, status } = parsed.data.data;
  return { kind: 'accepted', gatewayMessageId: id, status: deliveryStatus(status) };
}

async function listSent(
  wire: Wire,
  query: Parameters<Gateway['listSent']>[0],
): Promise<Answer<readonly GatewayMessage[]>> {
  const createdAfter = addMs(query.since, -CREATED_AFTER_OVERLAP_MS).toString({ smallestUnit: 'millisecond' });
  const parameters = new URLSearchParams({ phoneNumberId: query.laneRef, participants: query.to, createdAfter });
  parameters.set('maxResults', String(PAGE_SIZE));
  const messages: RestMessage[] = [];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    if (page > 0) await query.mayGoOn?.();
    const answer = await read(wire, { path: `/v1/messages?${parameters}`, schema: messagePage });
    if (!answer.ok) return answer;
    messages.push(...answer.value.data);
    const token = answer.value.nextPageToken ?? '';
    if (token === '') return ok(sentSince(messages, query));
    parameters.set('pageToken', token);
  }
  // A part of the list would look like proof that the rest was never sent.
  return err({ kind: 'unavailable', message: `more than ${PAGES_MAX} pages of messages to one number` });
}

async function listNewest(wire: Wire, query: Parameters<Gateway['listNewest']>[0]): ReturnType<Gateway['listNewest']> {
  const since = addMs(query.since, -CREATED_AFTER_OVERLAP_MS).toString({ smallestUnit: 'millisecond' });
  const parameters = new URLSearchParams({ phoneNumberId: query.laneRef, 'createdAt[gt]': since });
  parameters.set('limit', String(NEWEST_PAGE_SIZE));
  if (query.olderThan !== undefined) parameters.set('after', query.olderThan);
  const path = `/messages?${parameters}`;
  const answer = await read(wire, { path, schema: newestPage, apiVersion: NEWEST_VERSION });
  if (!answer.ok) return answer;
  const cursor = answer.value.nextCursor ?? '';
  return ok({
    messages: answer.value.data.filter(({ createdAt }) => !isBefore(createdAt, query.since)).map(gatewayMessage),
    olderThan: cursor === '' ? undefined : cursor,
  });
}

const sentSince = (
  messages: readonly RestMessage[],
  query: Parameters<Gateway['listSent']>[0],
): readonly GatewayMessage[] =>
  oldestFirst(
    messages
      .filter(({ direction, to }) => direction === 'outgoing' && to.includes(query.to))
      .filter(({ createdAt }) => !isBefore(createdAt, query.since))
      .map(gatewayMessage),
  );

async function getMessage(wire: Wire, gatewayMessageId: string): Promise<Answer<GatewayMessage | undefined>> {
  const answer = await readMessage(wire, { gatewayMessageId, schema: messageAnswer });
  if (!answer.ok) return answer;
  return ok(answer.value === undefined ? undefined : gatewayMessage(answer.value.data));
}

async function listNumbers(wire: Wire): ReturnType<Gateway['listNumbers']> {
  const answer = await read(wire, { path: '/v1/phone-numbers', schema: numbersAnswer });
  if (!answer.ok) return answer;
  return ok(
    answer.value.data.map((number) => {
      const phone = number.number ?? number.phoneNumber ?? '';
      const mayTextUs = number.restrictions?.messaging?.US !== 'restricted';
      return { laneRef: number.id, phone, name: number.name ?? phone, mayTextUs };
    }),
  );
}
