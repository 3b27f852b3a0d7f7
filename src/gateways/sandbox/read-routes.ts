import { instant } from '../../platform/time.ts';
import { E164, wrong } from './send-route.ts';
import { type ApiAnswer, type InputError, invalidInput, messageJson, notFound } from './wire.ts';
import { type Message, messageById, threadKey, type World } from './world.ts';

/** `GET /v1/messages` and `GET /v1/messages/{id}`. */

const RESULTS_MAX = 100;

interface ListQuery {
  readonly laneRef: string;
  readonly phone: string;
  readonly resultsMax: number;
  readonly afterMs: number;
  readonly beforeMs: number;
  /** Only messages at a lower position: how far the former page went. */
  readonly beforePosition: number;
}

export function listMessages(request: {
  readonly world: World;
  readonly account: number;
  readonly query: URLSearchParams;
}): ApiAnswer {
  const query = parseListQuery(request.query);
  if ('errors' in query) return invalidInput('02', query.errors);
  const lane = request.world.laneByRef.get(query.laneRef);
  if (lane === undefined || lane.account !== request.account) return notFound('02');
  const thread = request.world.threads.get(threadKey(query)) ?? [];
  const found = pageOf(thread, query);
  const page = found.slice(0, query.resultsMax);
  const last = page.at(-1);
  return {
    status: 200,
    body: {
      data: page.map(messageJson),
      // Documented as inaccurate, so nobody may count on it.
      totalItems: page.length,
      nextPageToken: found.length > page.length && last !== undefined ? tokenOf(last.position) : null,
    },
  };
}

/** Newest first, one more than asked for: its existence means that there is another page. */
function pageOf(thread: readonly Message[], query: ListQuery): readonly Message[] {
  const found: Message[] = [];
  for (let index = thread.length - 1; index >= 0 && found.length <= query.resultsMax; index -= 1) {
    const message = thread[index];
    if (message === undefined || message.position >= query.beforePosition) continue;
    if (message.atMs > query.afterMs && message.atMs < query.beforeMs) found.push(message);
  }
  return found;
}

export function readMessage(request: {
  readonly world: World;
  readonly account: number;
  readonly id: string;
}): ApiAnswer {
  const message = messageById(request.world, request.id);
  return message === undefined || message.account !== request.account
    ? notFound('02')
    : { status: 200, body: { data: messageJson(message) } };
}

function parseListQuery(query: URLSearchParams): ListQuery | { readonly errors: readonly InputError[] } {
  const laneRef = query.get('phoneNumberId') ?? '';
  const participants = query.getAll('participants');
  const resultsMax = Number(query.get('maxResults') ?? Number.NaN);
  const after = instantParameter(query, { name: 'createdAfter', absentMs: Number.NEGATIVE_INFINITY });
  const before = instantParameter(query, { name: 'createdBefore', absentMs: Number.POSITIVE_INFINITY });
  const beforePosition = positionOf(query.get('pageToken'));
  const errors = [
    ...(laneRef.startsWith('PN') ? [] : [wrong('/phoneNumberId', 'Required property', laneRef, 'string')]),
    ...(participants.length === 1 ? [] : [wrong('/participants', 'Expected one participant', participants, 'array')]),
    ...participants
      .filter((phone) => !E164.test(phone))
      .map((phone) => wrong('/participants/0', 'Expected string to match pattern', phone, 'string')),
    ...(Number.isInteger(resultsMax) && resultsMax >= 1 && resultsMax <= RESULTS_MAX
      ? []
      : [wrong('/maxResults', `Expected integer from 1 to ${RESULTS_MAX}`, query.get('maxResults'), 'integer')]),
    ...(after === undefined ? [wrong('/createdAfter', 'Expected date-time', query.get('createdAfter'), 'string')] : []),
    ...(before === undefined
      ? [wrong('/createdBefore', 'Expected date-time', query.get('createdBefore'), 'string')]
      : []),
    ...(beforePosition === undefined ? [wrong('/pageToken', 'Unknown token', query.get('pageToken'), 'string')] : []),
  ];
  if (errors.length > 0 || after === undefined || before === undefined || beforePosition === undefined)
    return { errors };
  return { laneRef, phone: participants[0] ?? '', resultsMax, afterMs: after, beforeMs: before, beforePosition };
}

/** Epoch milliseconds; `undefined` when unreadable. */
export function instantParameter(
  query: URLSearchParams,
  parameter: { readonly name: string; readonly absentMs: number },
): number | undefined {
  const text = query.get(parameter.name);
  if (text === null) return parameter.absentMs;
  try {
    return instant(text).epochMilliseconds;
  } catch {
    return undefined;
  }
}

export const tokenOf = (position: number): string => Buffer.from(`before:${position}`).toString('base64url');

export function positionOf(token: string | null): number | undefined {
  if (token === null) return Number.POSITIVE_INFINITY;
  const [, digits] = /^before:(\d{1,12})$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
