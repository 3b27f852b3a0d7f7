import { instantParameter, positionOf, tokenOf } from './read-routes.ts';
import { type ApiAnswer, messageJson, newestInvalid, type PathError } from './wire.ts';
import type { Message, World } from './world.ts';

/** `GET /messages` of generation 2026-03-30: the newest of an account or of one of its numbers, whoever the other end is. */

const LIMIT_MAX = 50;
const LIMIT_DEFAULT = 10;

export function newestMessages(request: {
  readonly world: World;
  readonly account: number;
  readonly query: URLSearchParams;
}): ApiAnswer {
  const query = parseQuery(request.query);
  if ('errors' in query) return newestInvalid(query.errors);
  const found = pageOf(request.world.messagesOf[request.account] ?? [], query);
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  return {
    status: 200,
    body: {
      data: page.map(messageJson),
      nextCursor: found.length > page.length && last !== undefined ? tokenOf(last.position) : null,
    },
  };
}

interface NewestQuery {
  readonly laneRef: string | undefined;
  readonly direction: 'incoming' | 'outgoing' | undefined;
  readonly limit: number;
  readonly afterMs: number;
  readonly beforeMs: number;
  readonly beforePosition: number;
}

/** Newest first, one more than asked for: its existence means that there is another page. */
function pageOf(messages: readonly Message[], query: NewestQuery): readonly Message[] {
  const found: Message[] = [];
  for (let index = messages.length - 1; index >= 0 && found.length <= query.limit; index -= 1) {
    const message = messages[index];
    if (message === undefined || message.position >= query.beforePosition || message.atMs >= query.beforeMs) continue;
    if (message.atMs <= query.afterMs) break;
    const direction = message.kind === 'outbound' ? 'outgoing' : 'incoming';
    const wanted =
      (query.laneRef === undefined || query.laneRef === message.laneRef) &&
      (query.direction === undefined || query.direction === direction);
    if (wanted) found.push(message);
  }
  return found;
}

const error = (path: string, message: string): PathError => ({ path, message, schema: { type: 'string' } });

/** What the listings of this generation have in common. */
export const PAGE = { wrongTime: error('createdAt', 'Expected date-time') } as const;

export function parsePage(query: URLSearchParams): {
  readonly limit: number;
  readonly beforePosition: number;
  readonly errors: readonly PathError[];
} {
  const limit = Number(query.get('limit') ?? LIMIT_DEFAULT);
  const beforePosition = positionOf(query.get('after'));
  const errors = [
    ...(Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX
      ? []
      : [error('limit', `Expected integer from 1 to ${LIMIT_MAX}`)]),
    ...(beforePosition === undefined ? [error('after', 'Unknown cursor')] : []),
  ];
  return { limit, beforePosition: beforePosition ?? 0, errors };
}

function parseQuery(query: URLSearchParams): NewestQuery | { readonly errors: readonly PathError[] } {
  const direction = query.get('direction') ?? undefined;
  const page = parsePage(query);
  const after = instantParameter(query, { name: 'createdAt[gt]', absentMs: Number.NEGATIVE_INFINITY });
  const before = instantParameter(query, { name: 'createdAt[lt]', absentMs: Number.POSITIVE_INFINITY });
  const isDirection = direction === undefined || direction === 'incoming' || direction === 'outgoing';
  const errors = [
    ...page.errors,
    ...(isDirection ? [] : [error('direction', "Expected 'incoming' or 'outgoing'")]),
    ...(after === undefined || before === undefined ? [PAGE.wrongTime] : []),
  ];
  if (!isDirection || after === undefined || before === undefined || errors.length > 0) return { errors };
  return {
    laneRef: query.get('phoneNumberId') ?? undefined,
    direction,
    limit: page.limit,
    afterMs: after,
    beforeMs: before,
    beforePosition: page.beforePosition,
  };
}
