import { callJson, callPartJson } from './call-wire.ts';
import { PAGE, parsePage } from './newest-route.ts';
import { instantParameter, tokenOf } from './read-routes.ts';
import { type ApiAnswer, newestInvalid, newestNotFound, notFound, type PathError } from './wire.ts';
import type { World } from './world.ts';

/** `GET /calls` of generation 2026-03-30: the newest calls of an account. */
export function newestCalls(request: {
  readonly world: World;
  readonly account: number;
  readonly query: URLSearchParams;
}): ApiAnswer {
  const { query, world, account } = request;
  const page = parsePage(query);
  const fromMs = instantParameter(query, { name: 'createdAt[gte]', absentMs: Number.NEGATIVE_INFINITY });
  const untilMs = instantParameter(query, { name: 'createdAt[lte]', absentMs: Number.POSITIVE_INFINITY });
  const errors: readonly PathError[] = [
    ...page.errors,
    ...(fromMs === undefined || untilMs === undefined ? [PAGE.wrongTime] : []),
  ];
  if (errors.length > 0 || fromMs === undefined || untilMs === undefined) return newestInvalid(errors);
  const laneRef = query.get('phoneNumberId');
  const found = [...world.calls.values()]
    .map((call, position) => ({ call, position }))
    .filter(({ call, position }) => call.account === account && position < page.beforePosition)
    .filter(({ call }) => call.atMs >= fromMs && call.atMs <= untilMs && (laneRef ?? call.laneRef) === call.laneRef)
    .reverse();
  const shown = found.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    status: 200,
    body: {
      data: shown.map(({ call }) => callJson(call)),
      nextCursor: found.length > shown.length && last !== undefined ? tokenOf(last.position) : null,
    },
  };
}

/** `GET /calls/{id}` of the same generation. */
export function newestCall(request: {
  readonly world: World;
  readonly account: number;
  readonly id: string;
}): ApiAnswer {
  const call = request.world.calls.get(request.id);
  return call === undefined || call.account !== request.account
    ? newestNotFound
    : { status: 200, body: { data: callJson(call) } };
}

/** `GET /v1/call-recordings/{callId}`, `call-summaries`, `call-transcripts`, `call-voicemails`. */
export function readCallPart(request: {
  readonly world: World;
  readonly account: number;
  readonly resource: string;
  readonly id: string;
}): ApiAnswer {
  const call = request.world.calls.get(request.id);
  const part =
    call === undefined || call.account !== request.account ? undefined : callPartJson(call, request.resource);
  return part === undefined ? notFound(FAMILY_OF[request.resource] ?? '01') : { status: 200, body: { data: part } };
}

const FAMILY_OF: Readonly<Record<string, '05' | '06' | '09' | '12'>> = {
  'call-summaries': '05',
  'call-transcripts': '06',
  'call-recordings': '09',
  'call-voicemails': '12',
};
export const isCallPart = (resource: string | undefined): resource is string =>
  resource !== undefined && Object.hasOwn(FAMILY_OF, resource);
