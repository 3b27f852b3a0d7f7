import { instantParameter, positionOf, tokenOf } from './read-routes.ts';
import { wrong } from './send-route.ts';
import { type ApiAnswer, conversationIdOf, invalidInput, iso } from './wire.ts';
import { threadKey, type World } from './world.ts';

const RESULTS_MAX = 100;

/** `GET /v1/conversations`: by the newest activity, text or call. */
export function listConversations(request: {
  readonly world: World;
  readonly account: number;
  readonly query: URLSearchParams;
}): ApiAnswer {
  const { query } = request;
  const resultsMax = Number(query.get('maxResults') ?? Number.NaN);
  const afterMs = instantParameter(query, { name: 'updatedAfter', absentMs: Number.NEGATIVE_INFINITY });
  const token = query.get('pageToken');
  const skipped = token === null ? 0 : positionOf(token);
  const errors = [
    ...(Number.isInteger(resultsMax) && resultsMax >= 1 && resultsMax <= RESULTS_MAX
      ? []
      : [wrong('/maxResults', `Expected integer from 1 to ${RESULTS_MAX}`, query.get('maxResults'), 'integer')]),
    ...(afterMs === undefined
      ? [wrong('/updatedAfter', 'Expected date-time', query.get('updatedAfter'), 'string')]
      : []),
    ...(skipped === undefined ? [wrong('/pageToken', 'Unknown token', query.get('pageToken'), 'string')] : []),
  ];
  if (errors.length > 0 || afterMs === undefined || skipped === undefined) return invalidInput('10', errors);
  const found = [...activityIn(request).values()]
    .filter(({ last }) => last.atMs > afterMs)
    .sort((a, b) => b.last.atMs - a.last.atMs);
  // Whoever writes meanwhile comes to the front: others are then listed twice, none is passed over.
  const end = skipped + resultsMax;
  return {
    status: 200,
    body: {
      data: found.slice(skipped, end).map(conversationJson),
      totalItems: found.length,
      nextPageToken: found.length > end ? tokenOf(end) : null,
    },
  };
}

interface Activity {
  readonly laneRef: string;
  readonly phone: string;
  readonly firstAtMs: number;
  readonly last: { readonly id: string; readonly atMs: number };
}

function activityIn({ world, account }: { readonly world: World; readonly account: number }): Map<string, Activity> {
  const found = new Map<string, Activity>();
  const texts = (world.messagesOf[account] ?? []).map((message) => ({
    ...message,
    phone: message.kind === 'outbound' ? message.to : message.from,
  }));
  const calls = [...world.calls.values()].filter((call) => call.account === account);
  for (const one of [...texts, ...calls.map((call) => ({ ...call, phone: call.from }))]) {
    const { id, atMs, laneRef, phone } = one;
    const known = found.get(threadKey({ laneRef, phone }));
    const last = known !== undefined && known.last.atMs > atMs ? known.last : { id, atMs };
    found.set(threadKey({ laneRef, phone }), { laneRef, phone, firstAtMs: known?.firstAtMs ?? atMs, last });
  }
  return found;
}

const conversationJson = ({ laneRef, phone, firstAtMs, last }: Activity) => ({
  id: conversationIdOf({ laneRef, phone }),
  phoneNumberId: laneRef,
  participants: [phone],
  name: null,
  assignedTo: null,
  lastActivityAt: iso(last.atMs),
  lastActivityId: last.id,
  mutedUntil: null,
  snoozedUntil: null,
  createdAt: iso(firstAtMs),
  updatedAt: iso(last.atMs),
  deletedAt: null,
});
