import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { aroundTriggers } from '../../../test/around-triggers.ts';
import { type Client, httpWorld, PASSWORD } from '../../../test/http-world.ts';
import { recordAudit } from '../../compliance/audit-store.ts';
import { sealWaiting } from '../../compliance/seal-audit.ts';
import { runTx } from '../../platform/database.ts';
import { MINUTE_MS } from '../../platform/time.ts';
import { registerAuditRoutes } from './audit-routes.ts';

const world = await httpWorld({ registrars: [registerAuditRoutes] });
const { db } = world.database;
const PHONE = '+16175550123';
let owner: Client;
let manager: Client;
let agent: Client;

const seal = () => sealWaiting({ db, clock: world.clock });
const list = async (query = '') => (await owner.get(`/v1/audit-entries${query}`)).json;
const lines = async (query = ''): Promise<readonly Record<string, unknown>[]> => {
  const response = await fetch(`${world.server.url}/v1/audit-entries/export${query}`, {
    headers: { cookie: owner.cookie },
  });
  expect(response.status).toBe(200);
  return (await response.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

async function member(name: string, role: string): Promise<Client> {
  const email = `${name}@example.com`;
  await owner.post('/v1/users', { name, email, role, password: PASSWORD });
  const client = world.client();
  await client.post('/v1/sign-in', { email, password: PASSWORD });
  return client;
}

beforeAll(async () => {
  owner = await world.owner();
  manager = await member('Mary', 'manager');
  agent = await member('Ann', 'agent');
  await world.clock.advance(MINUTE_MS);
  for (let nth = 1; nth <= 5; nth += 1)
    await runTx(db, (tx) =>
      recordAudit(tx, {
        id: world.services.newUuid(),
        at: world.clock.now(),
        actor: 'contact',
        action: 'number.suppressed',
        subject: PHONE,
        phone: PHONE,
        detail: { nth, said: 'Stop ✋', share: 0.1 },
      }),
    );
  await seal();
});

describe('the audit log over HTTP', () => {
  it('lists the newest first, with the name of who acted and the place in the chain', async () => {
    const { data, nextCursor } = await list('?limit=3');
    expect(data.map((entry: { detail: { nth: number } }) => entry.detail.nth)).toEqual([5, 4, 3]);
    const rest = await list(`?limit=200&cursor=${nextCursor}`);
    expect(rest.nextCursor).toBeNull();
    expect(rest.data[0].detail.nth).toBe(2);
    const { json: made } = await owner.get('/v1/audit-entries?action=user.created&limit=1');
    expect(made.data[0]).toMatchObject({ actorName: 'Olivia Owner', seal: { seq: expect.any(Number) } });
  });

  it('tells one entry by its id', async () => {
    const { data } = await list('?limit=1');
    expect((await manager.get(`/v1/audit-entries/${data[0].id}`)).json).toEqual(data[0]);
    expect((await manager.get(`/v1/audit-entries/aud_${'0'.repeat(32)}`)).status).toBe(404);
    expect((await agent.get(`/v1/audit-entries/${data[0].id}`)).status).toBe(403);
  });

  it.each([
    ['?phone=(617) 555-0123', 5],
    ['?subject=%2B16175550123', 5],
    ['?action=user.created', 3],
    ['?actor=contact', 5],
    ['?actor=contact&action=user.created', 0],
    ['?until=2026-11-17T15:00:30Z&actor=contact', 0],
    ['?from=2026-11-17T15:00:30Z&action=number.suppressed', 5],
  ])('finds by %s', async (query, count) => {
    expect((await list(query)).data).toHaveLength(count);
  });

  it('tells how far it is sealed, and which kinds of act there are', async () => {
    const { json } = await owner.get('/v1/audit-chain');
    expect(json).toMatchObject({ waiting: 0, overdue: 0, sealedAt: '2026-11-17T15:01:00Z' });
    expect(json.actions).toEqual(expect.arrayContaining(['number.suppressed', 'user.created', 'user.signed_in']));
    expect(json.actions).toEqual(json.actions.toSorted());
    // Tests connect as the owner of the tables.
    expect(json.databaseRole).toMatchObject({ mayChange: true, sentence: expect.stringContaining('database-roles') });
  });

  it('is for managers, and leaves the house with an owner only', async () => {
    expect((await agent.get('/v1/audit-entries')).status).toBe(403);
    expect((await agent.get('/v1/audit-chain')).status).toBe(403);
    expect((await agent.post('/v1/audit-chain/verify', {})).status).toBe(403);
    expect((await manager.get('/v1/audit-entries')).status).toBe(200);
    expect((await manager.get('/v1/audit-entries/export')).status).toBe(403);
  });

  it('is exported so that anybody can verify it by the description in docs/decisions/0035', async () => {
    const exported = await lines();
    const { json: chain } = await owner.get('/v1/audit-chain');
    expect(exported).toHaveLength(chain.head.seq);
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    // Not canonicalJson: what a stranger would write. Members of details that are sorted already.
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .toSorted(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, one]) => [name, sorted(one)]),
            )
          : value;
    let before = '0'.repeat(64);
    for (const { seq, sealedAt, digest, hash, ...content } of exported) {
      expect(sha256(JSON.stringify(sorted(content)))).toBe(digest);
      expect(sha256(`${before}\n${seq}\n${sealedAt}\n${digest}`)).toBe(hash);
      before = String(hash);
    }
    expect(before).toBe(chain.head.hash);
    expect((await list('?action=audit.exported')).data[0].detail).toEqual({
      after: 0,
      until: exported.length,
      rows: exported.length,
    });
    expect(await lines(`?after=${exported.length - 2}`)).toEqual(exported.slice(-2));
  });

  it('is verified, also against a head that was noted', async () => {
    await seal();
    const { json: whole } = await manager.post('/v1/audit-chain/verify', {});
    expect(whole).toMatchObject({ state: 'whole', broken: null, checked: whole.head.seq });
    expect(whole.sentence).toMatch(/^\d+ entries fit the chain\. Nothing was changed, removed or inserted\.$/);
    expect((await owner.post('/v1/audit-chain/verify', { expect: whole.head })).json.state).toBe('whole');
    const other = { seq: whole.head.seq, hash: 'a'.repeat(64) };
    const { json: made } = await owner.post('/v1/audit-chain/verify', { expect: other });
    expect(made.broken).toEqual({ kind: 'not_as_noted', seq: other.seq, entryId: null });

    await aroundTriggers(db, (tx) =>
      sql`update audit_entry set detail = '{}' where detail @> '{"nth": 3}'`.execute(tx),
    );
    const { json: broken } = await owner.post('/v1/audit-chain/verify', {});
    expect(broken).toMatchObject({ state: 'broken', broken: { kind: 'entry_changed' } });
    expect(broken.sentence).toContain(`"number.suppressed" about ${PHONE} by contact at 2026-11-17T15:01:00.000000Z`);
  });
});
