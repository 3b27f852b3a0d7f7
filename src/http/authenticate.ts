import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { err, ok } from '../platform/result.ts';
import { addMs } from '../platform/time.ts';
import { checkApiKey } from '../team/api-keys.ts';
import { noteSeen } from '../team/member-store.ts';
import type { SessionMember, SignIn } from '../team/sign-in.ts';
import { SEEN_EVERY_MS } from '../team/team.ts';
import type { Authenticate } from './api.ts';
import type { Caller } from './caller.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly signIn: SignIn;
}

/** `Authorization: Bearer tw_...` for scripts, else the session cookie. */
export const authenticator =
  (deps: Deps): Authenticate =>
  (request, answerHeaders) => {
    const authorization = request.headers.get('authorization');
    return authorization === null ? bySession(deps, request, answerHeaders) : byApiKey(deps, authorization);
  };

async function byApiKey(deps: Deps, authorization: string): ReturnType<Authenticate> {
  const secret = /^Bearer (tw_\S+)$/.exec(authorization)?.[1];
  if (secret === undefined)
    return err({
      kind: 'unauthorized',
      detail: 'Authorization: expected "Bearer tw_..."; make a key under Settings, API keys',
    });
  const key = await checkApiKey(deps, secret);
  if (!key.ok) return err({ kind: 'unauthorized', detail: key.error });
  const { id, name, role } = key.value;
  return ok({ kind: 'api_key', actor: `api_key:${showId('apiKey', id)}`, name, role });
}

async function bySession(deps: Deps, request: Request, answerHeaders: Headers): ReturnType<Authenticate> {
  if (!deps.signIn.hasCookie(request.headers))
    return err({ kind: 'unauthorized', detail: 'sign in, or send an API key as Authorization: Bearer tw_...' });
  const { session, cookies } = await deps.signIn.find(request.headers);
  for (const cookie of cookies) answerHeaders.append('set-cookie', cookie);
  if (session === undefined || !session.active)
    return err({ kind: 'session_expired', detail: 'this session has ended; sign in again' });
  const now = deps.clock.now();
  const unlessSince = addMs(now, -patience(deps.clock, SEEN_EVERY_MS));
  await noteSeen(deps.db, { memberId: session.memberId, now, unlessSince });
  return ok(callerOf(session));
}

export const callerOf = ({ memberId, name, role }: SessionMember): Caller => ({
  kind: 'user',
  actor: `user:${showId('user', memberId)}`,
  name,
  role,
  memberId,
});
