import { describe, expect, it } from 'vitest';
import { insertAccount } from '../../../test/fixtures.ts';
import { httpWorld, PASSWORD } from '../../../test/http-world.ts';
import { runTx } from '../../platform/database.ts';
import { parseId, showId } from '../../platform/ids.ts';
import { addMs, HOUR_MS, MINUTE_MS } from '../../platform/time.ts';
import type { Diff } from '../../reconciliation/run.ts';
import { advanceRun, insertDiffs } from '../../reconciliation/run-store.ts';
import { registerReconciliationRoutes } from './reconciliation-routes.ts';

const world = await httpWorld({ registrars: [registerReconciliationRoutes] });
const { db } = world.database;
const owner = await world.owner();
const account = await insertAccount(db, world.services, {
  baseUrl: 'http://127.0.0.1:1',
  apiKey: 'key',
  lanes: [{ gatewayRef: 'PNtest01', phone: '+16175550001' }],
});
const accountId = showId('account', account.id);
const now = world.clock.now();
const since = addMs(now, -24 * HOUR_MS).toString();

const client = async (role: 'manager' | 'viewer') => {
  const login = { email: `${role}@example.com`, password: PASSWORD };
  await owner.post('/v1/users', { ...login, name: role, role });
  const one = world.client();
  await one.post('/v1/sign-in', login);
  return one;
};

const found = (nth: number, diff: Partial<Diff>): Diff => ({
  kind: 'missing_here',
  what: 'received',
  gatewayId: `AC${nth}`,
  phone: `+1617555010${nth}`,
  laneId: account.laneIds[0] ?? null,
  at: addMs(now, -nth * HOUR_MS),
  here: null,
  there: 'received',
  ...diff,
});

describe('reconciliation over HTTP', () => {
  let id = '';

  it('is started by a manager, for a range', async () => {
    const viewer = await client('viewer');
    const manager = await client('manager');
    expect((await viewer.post('/v1/reconciliations', { accountId, since })).status).toBe(403);
    const { status, json } = await manager.post('/v1/reconciliations', { accountId, since });
    expect({ status, ...json }).toMatchObject({
      status: 201,
      accountId,
      accountName: 'Test',
      kind: 'manual',
      state: 'waiting',
      since,
      until: addMs(now, -2 * MINUTE_MS).toString(),
      progress: 0,
      remainingSeconds: null,
    });
    id = json.id;
    const again = await manager.post('/v1/reconciliations', { accountId, since });
    expect(again).toMatchObject({ status: 409, json: { state: 'running', allowed: ['cancel'] } });
  });

  it.each<[string, object, number]>([
    ['an account that does not exist', { accountId: showId('account', world.services.newUuid()), since }, 404],
    ['a range that is empty', { accountId, since: now.toString() }, 422],
    ['a range too long ago', { accountId, since: '2020-01-01T00:00:00Z' }, 422],
    ['no range', { accountId }, 422],
    ['fields that nobody knows', { accountId, since, fast: true }, 422],
  ])('refuses %s', async (_case, body, status) => {
    expect((await owner.post('/v1/reconciliations', body)).status).toBe(status);
  });

  it('shows what was found in sentences, page by page', async () => {
    const runId = parseId('reconciliation', id) ?? '';
    await runTx(db, async (tx) => {
      const stored = await insertDiffs(tx, runId, [
        found(1, {}),
        found(2, { what: 'sent', there: 'delivered' }),
        found(3, { kind: 'stale_here', what: 'delivered', here: 'sent', there: 'delivered' }),
        found(4, { kind: 'missing_there', what: 'text', here: 'delivered', there: null }),
        found(5, { kind: 'differs', what: 'failed', here: 'delivered', there: 'failed' }),
        // Its page was read twice.
        found(1, {}),
      ]);
      expect(stored).toEqual({ missing_here: 2, stale_here: 1, missing_there: 1, differs: 1, unreadable: 0 });
      await advanceRun(tx, runId, {
        checkpoint: { phase: 'calls', page: null, parts: [] },
        progress: 0.5,
        requests: 3,
        seenTexts: 120,
        seenCalls: 0,
        comparedNumbers: 0,
        optOutDifferences: 0,
        found: stored,
        note: undefined,
        now: addMs(now, -MINUTE_MS),
      });
    });
    expect((await owner.get(`/v1/reconciliations/${id}`)).json).toMatchObject({
      state: 'running',
      phase: 'calls',
      progress: 0.5,
      remainingSeconds: 60,
      missingHere: 2,
      staleHere: 1,
      missingThere: 1,
      differs: 1,
      seenTexts: 120,
    });
    const first = (await owner.get(`/v1/reconciliations/${id}/findings?limit=3`)).json;
    const second = (await owner.get(`/v1/reconciliations/${id}/findings?limit=3&cursor=${first.nextCursor}`)).json;
    expect(second.nextCursor).toBeNull();
    const sentences = [...first.data, ...second.data].map((one: { readonly sentence: string }) => one.sentence);
    expect(sentences).toEqual([
      'Missing here: a text from this person, now stored',
      'Missing here: a text that was sent from elsewhere, now stored',
      'No receipt had come: delivered, now known',
      'We believe that this text was delivered; the gateway has no record of it. Nothing was changed',
      'Here it is delivered, at the gateway failed. Nothing was changed',
    ]);
    const open = (await owner.get(`/v1/reconciliations/${id}/findings?settled=no`)).json.data;
    expect(open.map((one: { readonly kind: string }) => one.kind)).toEqual(['missing_there', 'differs']);
    expect((await owner.get(`/v1/reconciliations/${id}/findings?settled=yes`)).json.data).toHaveLength(3);
    expect(first.data[0]).toMatchObject({ phone: '+16175550101', name: '+16175550101', laneName: 'PNtest01' });
  });

  it('is cancelled once, and listed with all others, the newest first', async () => {
    expect((await owner.post(`/v1/reconciliations/${id}/cancel`)).json).toMatchObject({ state: 'cancelled' });
    expect((await owner.post(`/v1/reconciliations/${id}/cancel`)).status).toBe(409);
    const second = (await owner.post('/v1/reconciliations', { accountId, since })).json.id;
    const list = async (query: string) => {
      const { json } = await owner.get(`/v1/reconciliations${query}`);
      return { ids: json.data.map((run: { readonly id: string }) => run.id), next: json.nextCursor };
    };
    expect((await list('')).ids).toEqual([second, id]);
    const page = await list(`?limit=1&accountId=${accountId}`);
    expect(page.ids).toEqual([second]);
    expect((await list(`?limit=1&cursor=${page.next}`)).ids).toEqual([id]);
    expect((await owner.get(`/v1/reconciliations/${showId('reconciliation', account.id)}`)).status).toBe(404);
  });
});
