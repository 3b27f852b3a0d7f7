import { createHash, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { testWorld } from '../../test/world.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { twilioWebhookEdge } from '../gateways/twilio/twilio-webhook.ts';
import { createLog } from '../platform/log.ts';
import type { ReceivedWebhook } from './incoming.ts';
import { QUERY_HEADER, readEvent } from './read-webhook.ts';

const URL_OF_ACCOUNT = 'https://textwright.example/webhooks/twilio/acc_1';
const TOKEN = 'the auth token';
const world = testWorld();
const body = Buffer.from('{"CallSid":"CA1"}');
const QUERY = `?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;

function storedHeaders(kind: 'quo' | 'twilio', headers: ReceivedWebhook['headers']): Readonly<Record<string, string>> {
  const webhookEdge = () => (kind === 'twilio' ? twilioWebhookEdge : quoWebhookEdge);
  const account = { id: world.newUuid(), kind, environment: 'live' } as const;
  const keys = { secrets: () => [TOKEN], signers: () => ['first'] };
  const endpoint = { account, ...keys, changingUntil: null, ownNumbers: new Set<string>() };
  const address = { kind, accountId: account.id, sandboxOnly: false, source: '192.0.2.1', query: QUERY };
  const incoming = { ...address, rawBody: body, headers, receivedAt: world.clock.now() };
  const services = { ...world, webhookEdge, log: createLog({ level: 'silent' }) };
  return readEvent(services, incoming, { endpoint, secretIndex: 0 }).stored.headers;
}

it('what is kept of an event of Twilio is enough to check its signature once more', () => {
  const signature = createHmac('sha1', TOKEN).update(`${URL_OF_ACCOUNT}${QUERY}`).digest('base64');
  const kept = storedHeaders('twilio', { 'x-twilio-signature': signature, cookie: 'session=secret' });
  expect(Object.keys(kept).toSorted()).toEqual([QUERY_HEADER, 'x-twilio-signature']);
  const verified = twilioWebhookEdge.verify({
    url: URL_OF_ACCOUNT + kept[QUERY_HEADER],
    rawBody: body,
    header: (name) => kept[name],
    secrets: [TOKEN],
    now: world.clock.now(),
    toleranceMs: 0,
  });
  expect(verified).toMatchObject({ ok: true });
});

it('a query that nobody signs is not kept: it may be a secret of whoever sits in between', () => {
  expect(storedHeaders('quo', { 'user-agent': 'Quo', [QUERY_HEADER]: 'forged' })).toEqual({ 'user-agent': 'Quo' });
});
