import { recordAudit } from '../compliance/audit-store.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import type { Random } from '../platform/random.ts';
import { invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { sha256Hex } from '../platform/secrets.ts';
import { addMs, type Instant, isBefore } from '../platform/time.ts';
import { findApiKey, insertApiKey, noteKeyUsed, revokeApiKeyRow } from './api-key-store.ts';
import { type ApiKey, type Role, SEEN_EVERY_MS } from './team.ts';

/** Keys for scripts: `tw_` with 256 random bits, shown once, kept as SHA-256. */
const KEY_BYTES = 32;
const PREFIX_LENGTH = 9;

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly random: Random;
}

export async function createApiKey(
  { db, clock, newUuid, random }: Deps,
  input: {
    readonly name: string;
    readonly role: Role;
    readonly expiresAt: Instant | null;
    readonly actor: string;
  },
): Promise<Outcome<{ readonly key: ApiKey; readonly secret: string }>> {
  const now = clock.now();
  const { name, role, expiresAt, actor } = input;
  if (expiresAt !== null && !isBefore(now, expiresAt))
    return invalid(`expiresAt: expected an instant after ${now}, got ${expiresAt}`, {
      errors: [{ pointer: '/expiresAt', message: 'must be in the future' }],
    });
  const secret = `tw_${Buffer.from(random.bytes(KEY_BYTES)).toString('base64url')}`;
  const key: ApiKey = {
    id: newUuid(),
    name,
    role,
    prefix: secret.slice(0, PREFIX_LENGTH),
    createdAt: now,
    expiresAt,
    lastUsedAt: null,
    revokedAt: null,
  };
  await runTx(db, async (tx) => {
    await insertApiKey(tx, { ...key, sha256: sha256Hex(secret), createdBy: actor });
    const subject = showId('apiKey', key.id);
    await recordAudit(tx, {
      id: newUuid(),
      at: now,
      actor,
      action: 'api_key.created',
      subject,
      detail: { name, role },
    });
  });
  return ok({ key, secret });
}

export async function revokeApiKey(
  { db, clock, newUuid }: Omit<Deps, 'random'>,
  input: { readonly id: Uuid; readonly actor: string },
): Promise<Outcome<undefined>> {
  const subject = showId('apiKey', input.id);
  return runTx(db, async (tx) => {
    const now = clock.now();
    const name = await revokeApiKeyRow(tx, input.id, now);
    if (name === undefined) return notFound('API key', subject);
    const act = { id: newUuid(), at: now, actor: input.actor, subject, detail: { name } };
    await recordAudit(tx, { ...act, action: 'api_key.revoked' });
    return ok(undefined);
  });
}

/** The key that this secret belongs to, or in words why it does not count. */
export async function checkApiKey(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  secret: string,
): Promise<Result<ApiKey, string>> {
  const key = await findApiKey(db, sha256Hex(secret));
  const now = clock.now();
  if (key === undefined) return err('the API key is unknown; copy it whole, with its tw_, or make a new one');
  if (key.revokedAt !== null) return err(`the API key ${key.prefix}… was revoked; make a new one`);
  if (key.expiresAt !== null && !isBefore(now, key.expiresAt))
    return err(`the API key ${key.prefix}… expired at ${key.expiresAt}; make a new one`);
  await noteKeyUsed(db, { id: key.id, now, unlessSince: addMs(now, -patience(clock, SEEN_EVERY_MS)) });
  return ok(key);
}
