import { expect } from 'vitest';
import { parseId, showId } from '../src/platform/ids.ts';
import { ok } from '../src/platform/result.ts';
import { addMs, HOUR_MS } from '../src/platform/time.ts';
import { retireOverdue } from '../src/webhooks/manage-webhooks.ts';
import { replayJob } from '../src/webhooks/replay-job.ts';
import type { ActRow, ActsWorld } from './acts-world.ts';
import { connectingGateway, gatewayNumber } from './connecting-gateway.ts';
import { everybodyAgrees } from './fixtures.ts';

const signal = new AbortController().signal;

/** What is done with gateways and what comes from them, and with the services that are asked about numbers. */
export function actsOfGateways(world: ActsWorld): readonly ActRow[] {
  const { db, services, owner, outside, contact, accountId, laneIds, events, next, stream } = world;
  const gateway = connectingGateway();
  /** The second account, made once. */
  let second: Promise<string> | undefined;
  const connect = async () => {
    outside.gateway = gateway;
    gateway.numbers = ok([gatewayNumber(1), gatewayNumber(2)]);
    const input = { kind: 'quo', name: 'Main line', apiKey: 'a-key-that-works', baseUrl: 'http://127.0.0.1:7090' };
    return owner.post('/v1/accounts', input);
  };
  const connected = (): Promise<string> => {
    second ??= connect().then(({ json }) => json.id);
    return second;
  };
  const rotate = async () => owner.post(`/v1/accounts/${await connected()}/webhooks/keys`);
  const failedEvent = () =>
    events.put({ at: '2026-11-17T14:00:00Z', type: 'call.completed', state: 'failed', error: 'broken' });
  const replay = async () => {
    await failedEvent();
    return (await owner.post('/v1/event-replays', { filter: { type: 'call.completed' }, reason: 'Mended' })).json;
  };
  const target = async () =>
    (
      await owner.post(`/v1/accounts/${accountId}/proxy-targets`, {
        ...{ url: `http://127.0.0.1:3000/hook${next()}`, allowedCidrs: ['127.0.0.1'] },
      })
    ).json.target;
  const withTarget = async (act: (path: string) => Promise<unknown>): Promise<unknown> => {
    const path = `/v1/proxy-targets/${(await target()).id}`;
    const answer = await act(path);
    await owner.delete(path);
    return answer;
  };
  const reconcile = () =>
    owner.post('/v1/reconciliations', {
      accountId,
      since: addMs(services.clock.now(), -24 * HOUR_MS).toString(),
    });
  const lanesOf = async (id: string): Promise<readonly string[]> => {
    const { data } = (await owner.get('/v1/accounts')).json;
    const account = data.find((one: { id: string }) => one.id === id);
    return account.lanes.map((lane: { id: string }) => lane.id);
  };
  /** Services that are known to be wanted; nobody is asked here. */
  const wanted = { monthlyQuota: 100, requestsPerSecond: 10, key: 'a-key-of-ours' };
  const scrub = async () => {
    await owner.put('/v1/scrubbing', { service: 'blacklist_alliance', nightly: false, ...wanted });
    await contact();
    return owner.post('/v1/scrubbing/batches', { audience: { all: true } });
  };
  const validate = async () => {
    await owner.put('/v1/number-validation', {
      importMode: 'optional',
      excludes: { landline: true, voip: false, tollFree: true, invalid: true, unverified: false },
      ...{
        maxAgeDays: 30,
        revalidate: false,
        validators: { numverify: wanted, twilio: { ...wanted, key: undefined } },
      },
    });
    await contact();
    return owner.post('/v1/number-validation/batches', {});
  };
  /** The one that an act of before has begun goes on. */
  const openOf = async (path: string, begin: () => Promise<unknown>): Promise<string> => {
    await begin();
    return `${path}/${(await owner.get(path)).json.data[0].id}`;
  };
  const openValidation = () => openOf('/v1/number-validation/batches', validate);
  const reassigned = async () => {
    await contact();
    await everybodyAgrees(db);
    return owner.post('/v1/reassigned-checks', { audience: { all: true } });
  };
  return [
    ['an account', async () => void (await connected()), { 'account.connected': { name: 'Main line' } }],
    [
      'a change of one',
      async () => owner.patch(`/v1/accounts/${await connected()}`, { optOutsConfirmedBy: 'textwright' }),
      {
        'account.changed': {
          before: { optOutsConfirmedBy: 'by_word' },
          after: { optOutsConfirmedBy: 'textwright' },
        },
      },
    ],
    [
      'its numbers, read again',
      async () => owner.post(`/v1/accounts/${await connected()}/refresh`),
      { 'account.refreshed': {} },
    ],
    [
      'its next key',
      async () => owner.put(`/v1/accounts/${await connected()}/key`, { key: 'the-next-key-of-ours' }),
      { 'account.key_replaced': {} },
    ],
    [
      'a change of a number of ours',
      () => owner.patch(`/v1/lanes/${laneIds[0]}`, { dailyCap: 40 }),
      { 'lane.changed': { before: { dailyCap: 125 }, after: { dailyCap: 40 } } },
    ],
    [
      'webhooks that are mended',
      async () => {
        const id = await connected();
        gateway.webhooks.registrations.length = 0;
        return owner.post(`/v1/accounts/${id}/webhooks/repair`, {});
      },
      { 'webhooks.repaired': { refused: [] } },
    ],
    ['their next keys', rotate, { 'webhooks.keys_rotated': { keys: 1 } }],
    [
      'how an account is checked',
      async () =>
        owner.put(`/v1/accounts/${accountId}/health-settings`, {
          enabled: false,
          fromLaneId: (await lanesOf(await connected()))[0],
          toLaneId: laneIds[0],
          intervalMinutes: 60,
        }),
      { 'health.changed': { before: null, after: { intervalMinutes: 60 } } },
    ],
    [
      'events that are given up',
      async () => {
        await failedEvent();
        return owner.post('/v1/event-discards', { filter: { type: 'call.completed' }, reason: 'A test' });
      },
      { 'events.discarded': { discarded: 1, reason: 'A test' } },
    ],
    [
      'a replay that is over',
      async () => {
        const { id } = await replay();
        const data = { replayId: parseId('replay', id) };
        await replayJob(services).handle({ id: 'job', data, signal } as never);
      },
      { 'replay.completed': { done: 1, total: 1 } },
      'system',
    ],
    [
      'one that a person ends',
      async () => owner.post(`/v1/event-replays/${(await replay()).id}/cancel`),
      { 'replay.cancelled': { done: 0 } },
    ],
    [
      'a target of the proxy',
      () => withTarget(async () => undefined),
      { 'proxy_target.added': { url: expect.any(String) } },
    ],
    [
      'a change of one',
      () => withTarget((path) => owner.patch(path, { eventTypes: ['call.completed'] })),
      { 'proxy_target.changed': { before: { eventTypes: [] }, after: { eventTypes: ['call.completed'] } } },
    ],
    [
      'an event that is forwarded again',
      () =>
        withTarget(async (path) => owner.post(`${path}/deliveries`, { eventId: showId('event', await failedEvent()) })),
      { 'proxy_target.resent': { event: expect.stringMatching(/^evt_/) } },
    ],
    [
      'the end of a target',
      () => withTarget(async () => undefined),
      { 'proxy_target.removed': { url: expect.any(String) } },
    ],
    [
      'a comparison with the books of the gateway',
      reconcile,
      { 'reconciliation.started': { account: accountId, kind: 'manual' } },
    ],
    [
      'its end by a person',
      async () => owner.post(`${await openOf('/v1/reconciliations', reconcile)}/cancel`),
      { 'reconciliation.cancelled': {} },
    ],
    ['a scrub', scrub, { 'scrubbing.started': { service: 'blacklist_alliance', chosen: 'all contacts' } }],
    [
      'its end by a person',
      async () => owner.post(`${await openOf('/v1/scrubbing/batches', scrub)}/cancel`),
      { 'scrubbing.cancelled': { clean: 0, listed: 0, unknown: 0 } },
    ],
    ['a validation of numbers', validate, { 'number_validation.started': { source: 'contacts' } }],
    [
      'an export of its answers',
      async () => stream(`${await openValidation()}/export`),
      { 'number_validation.exported': { outcome: null } },
    ],
    [
      'its end by a person',
      async () => owner.post(`${await openValidation()}/cancel`),
      { 'number_validation.cancelled': {} },
    ],
    ['questions whose numbers they are', reassigned, { 'reassigned_numbers.asked': { chosen: 'all contacts' } }],
    [
      'their answers',
      async () => {
        const { id } = (await reassigned()).json;
        const questions = (await owner.get(`/v1/reassigned-checks/${id}/questions`)).json;
        const answers = questions.replaceAll('\r\n', ',no\r\n');
        return owner.post(`/v1/reassigned-checks/${id}/answers?fileName=a.csv&asOf=2026-11-17`, answers, {
          'content-type': 'application/octet-stream',
        });
      },
      { 'reassigned_numbers.answered': {} },
    ],
    // The last one: time goes on.
    [
      'keys of webhooks whose time is over',
      async () => {
        await rotate();
        await world.clock.advance(29 * HOUR_MS);
        await retireOverdue({ ...services, db });
      },
      { 'webhooks.keys_retired': { signers: expect.any(Array) } },
      'system',
    ],
  ];
}
