import { getBusiness } from '../../business/business-store.ts';
import { runTx } from '../../platform/database.ts';
import { parseId, showId } from '../../platform/ids.ts';
import { invalid, notFound, type Outcome } from '../../platform/refusal.ts';
import { err, ok } from '../../platform/result.ts';
import { type Instant, instant } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import { listApiKeys } from '../../team/api-key-store.ts';
import { createApiKey, revokeApiKey } from '../../team/api-keys.ts';
import { createMember, hashNewPassword, updateMember } from '../../team/manage-members.ts';
import { deleteEndedSessions, getMember, listMembers } from '../../team/member-store.ts';
import { recordSignIn, recordSignOut } from '../../team/record-sign-in.ts';
import { changeOwnPassword, setPassword } from '../../team/set-password.ts';
import { isSetUpNeeded, setUp } from '../../team/set-up.ts';
import type { SignIn } from '../../team/sign-in.ts';
import type { ApiKey, Member } from '../../team/team.ts';
import { type Api, uuidOf } from '../api.ts';
import { attemptLimit } from '../attempt-limit.ts';
import * as contract from '../contract/session.ts';
import type { ProblemInput } from '../problem.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

type Deps = Pick<Services, 'clock' | 'newUuid' | 'random'> & { readonly db: Services['database']['db'] };

export function registerSessionRoutes(api: Api, services: Services, signIn: SignIn): void {
  const { clock, newUuid, random } = services;
  const deps: Deps = { db: services.database.db, clock, newUuid, random };
  registerSetUp(api, deps, signIn);
  registerSignIn(api, deps, signIn);
  registerPasswords(api, deps, signIn);
  registerUsers(api, deps);
  registerApiKeys(api, deps);
}

function registerSetUp(api: Api, deps: Deps, signIn: SignIn): void {
  api.handle(contract.setupState, async () => ok({ needed: await isSetUpNeeded(deps.db) }));
  api.handle(contract.setup, async ({ body, request, answerHeaders }) => {
    const owner = await setUp(deps, body);
    if (!owner.ok) return owner;
    const signedIn = await signIn.signIn({ email: body.email, password: body.password, headers: request.headers });
    for (const cookie of signedIn?.cookies ?? []) answerHeaders.append('set-cookie', cookie);
    return ok(await showMe(deps, owner.value));
  });
}

function registerSignIn(api: Api, deps: Deps, signIn: SignIn): void {
  const limit = attemptLimit(deps.clock);
  api.handle(contract.signIn, async ({ body, request, remoteAddress, answerHeaders }) => {
    const limitKey = `${remoteAddress} ${body.email.toLowerCase()}`;
    const waitSeconds = limit.attempt(limitKey);
    if (waitSeconds !== undefined) return err(tooManyAttempts(waitSeconds));
    const signedIn = await signIn.signIn({ ...body, headers: request.headers });
    await recordSignIn(deps, { email: body.email, address: remoteAddress, member: signedIn?.session });
    if (signedIn === undefined) return err(wrongCredentials);
    if (!signedIn.session.active) return err(deactivated);
    limit.succeeded(limitKey);
    await deleteEndedSessions(deps.db);
    for (const cookie of signedIn.cookies) answerHeaders.append('set-cookie', cookie);
    return ok(await showMe(deps, { ...signedIn.session, id: signedIn.session.memberId }));
  });
  api.handle(contract.signOut, async ({ request, answerHeaders, caller, remoteAddress }) => {
    for (const cookie of await signIn.signOut(request.headers)) answerHeaders.append('set-cookie', cookie);
    if (caller.kind === 'user') await recordSignOut(deps, { memberId: caller.memberId, address: remoteAddress });
    return ok({ ok: true });
  });
  api.handle(contract.me, async ({ caller }) => {
    if (caller.kind === 'anonymous') throw new Error('GET /v1/me was reached without sign-in');
    if (caller.kind === 'api_key') {
      const { actor, name, role } = caller;
      return ok({ user: { id: actor, name, email: '', role }, business: await shownBusiness(deps.db) });
    }
    const member = await getMember(deps.db, caller.memberId);
    return member === undefined ? notFound('user', caller.actor) : ok(await showMe(deps, member));
  });
}

const wrongCredentials: ProblemInput = {
  kind: 'wrong_credentials',
  detail:
    'no account has this e-mail address and password; check both, or ask an owner for a new password (an owner: textwright user set-password, on the server)',
};
const deactivated: ProblemInput = {
  kind: 'forbidden',
  detail: 'this account was switched off; ask an owner to switch it on again',
};
const tooManyAttempts = (seconds: number): ProblemInput => ({
  kind: 'too_many_requests',
  detail: `too many attempts with a password of this account; try again in ${seconds} s`,
  headers: { 'retry-after': String(seconds) },
});

function registerPasswords(api: Api, deps: Deps, signIn: SignIn): void {
  const limit = attemptLimit(deps.clock);
  api.handle(contract.changePassword, async ({ body, caller, request }) => {
    if (caller.kind !== 'user') return err(keyHasNoPassword);
    const waitSeconds = limit.attempt(caller.memberId);
    if (waitSeconds !== undefined) return err(tooManyAttempts(waitSeconds));
    const keepSessionId = await signIn.sessionId(request.headers);
    const { memberId, actor } = caller;
    const changed = await changeOwnPassword(deps, { ...body, memberId, actor, keepSessionId });
    if (!changed.ok) return changed;
    limit.succeeded(memberId);
    return ok({ ok: true });
  });
  api.handle(contract.setPassword, async ({ params, body, caller }) => {
    const id = parseId('user', params.id);
    if (id === undefined) return notFound('user', params.id);
    if (caller.kind === 'user' && caller.memberId === id) return err(ownPassword);
    const passwordHash = await hashNewPassword(body.password);
    const set = await runTx(deps.db, (tx) => setPassword(tx, deps, { id, passwordHash, actor: caller.actor }));
    return set.ok ? ok({ ok: true }) : set;
  });
}

const keyHasNoPassword: ProblemInput = {
  kind: 'forbidden',
  detail: 'an API key has no password; sign in to change yours, or revoke the key under Settings, API keys',
};
const ownPassword: ProblemInput = {
  kind: 'forbidden',
  detail: 'this is your own password; change it with PUT /v1/me/password, which asks for the old one',
};

async function showMe({ db }: Deps, { id, name, email, role }: Pick<Member, 'id' | 'name' | 'email' | 'role'>) {
  return { user: { id: showId('user', id), name, email, role }, business: await shownBusiness(db) };
}

async function shownBusiness(db: Deps['db']) {
  const { name, zone } = await getBusiness(db);
  return { name, zone };
}

function registerUsers(api: Api, deps: Deps): void {
  api.handle(contract.listUsers, async () => ok({ data: (await listMembers(deps.db)).map(showUser) }));
  api.effect(contract.createUser, {
    prepare: async ({ body }): Promise<Outcome<string>> => ok(await hashNewPassword(body.password)),
    effect: async (tx, { body, caller }, passwordHash) => {
      const { name, email, role } = body;
      const made = await createMember(tx, deps, { name, email, role, passwordHash, actor: caller.actor });
      return made.ok ? ok(showUser(made.value)) : made;
    },
  });
  api.handle(contract.updateUser, async ({ params, body, caller }) => {
    const id = parseId('user', params.id);
    if (id === undefined) return notFound('user', params.id);
    const { name, role, active } = body;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(role === undefined ? {} : { role }),
      ...(active === undefined ? {} : { active }),
    };
    const changed = await runTx(deps.db, (tx) => updateMember(tx, deps, { id, change, actor: caller.actor }));
    return changed.ok ? ok(showUser(changed.value)) : changed;
  });
}

const showUser = ({ id, name, email, role, active, createdAt, lastSeenAt }: Member) => ({
  id: showId('user', id),
  name,
  email,
  role,
  active,
  createdAt: isoText(createdAt),
  lastSeenAt: isoTextOrNull(lastSeenAt),
});

function registerApiKeys(api: Api, deps: Deps): void {
  api.handle(contract.listApiKeys, async () => ok({ data: (await listApiKeys(deps.db)).map(showApiKey) }));
  api.handle(contract.createApiKey, async ({ body, caller }) => {
    const expiresAt = body.expiresAt === undefined ? ok(null) : parseInstant(body.expiresAt);
    if (!expiresAt.ok) return expiresAt;
    const { name, role } = body;
    const made = await createApiKey(deps, { name, role, expiresAt: expiresAt.value, actor: caller.actor });
    return made.ok ? ok({ key: showApiKey(made.value.key), secret: made.value.secret }) : made;
  });
  api.handle(contract.revokeApiKey, async ({ params, caller }) => {
    const revoked = await revokeApiKey(deps, { id: uuidOf('apiKey', params.id), actor: caller.actor });
    return revoked.ok ? ok({ ok: true }) : revoked;
  });
}

function parseInstant(text: string): Outcome<Instant> {
  try {
    return ok(instant(text));
  } catch {
    return invalid(`expiresAt: expected an instant like 2027-01-31T00:00:00Z, got "${text}"`, {
      errors: [{ pointer: '/expiresAt', message: 'is not an instant like 2027-01-31T00:00:00Z' }],
    });
  }
}

const showApiKey = ({ id, createdAt, expiresAt, lastUsedAt, revokedAt, ...key }: ApiKey) => ({
  ...key,
  id: showId('apiKey', id),
  createdAt: isoText(createdAt),
  expiresAt: isoTextOrNull(expiresAt),
  lastUsedAt: isoTextOrNull(lastUsedAt),
  revokedAt: isoTextOrNull(revokedAt),
});
