/**
 * Intake of provider events: signature on raw bytes, stored, then answered. What was answered 2xx is committed.
 *
 * The fast path: a text that asks to stop is applied in the very transaction that stores it, so that the suppression is in
 * force before the webhook is answered. Everything else is applied by a job, in order per phone number.
 */
import { isCanadian } from '../contacts/area-codes.ts';
import { classifyReceived } from '../conversations/classify-received.ts';
import type { InboundText } from '../conversations/inbound.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import type { AccountRow } from '../gateways/account.ts';
import { getAccount } from '../gateways/account-store.ts';
import { webhookUrl } from '../gateways/connect-account.ts';
import type { GatewayEvent, WebhookRefusal } from '../gateways/gateway.ts';
import { patience } from '../platform/clock.ts';
import { runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { type Instant, MINUTE_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import { APPLY_QUEUE } from './apply-event.ts';
import { insertEvent, markApplied } from './event-store.ts';

export type IntakeServices = Pick<
  Services,
  'database' | 'clock' | 'newUuid' | 'secrets' | 'jobs' | 'webhookEdge' | 'log' | 'publicUrl' | 'localUrl'
>;

export type IntakeRefusal =
  | { readonly kind: 'unknown_account'; readonly message: string }
  | { readonly kind: 'signature'; readonly message: string; readonly reason: WebhookRefusal['reason'] }
  | { readonly kind: 'unreadable'; readonly message: string };

export interface IncomingWebhook {
  readonly accountId: Uuid;
  /** From `?` on, empty without. */
  readonly query: string;
  readonly rawBody: Uint8Array;
  readonly header: (name: string) => string | undefined;
}

/** Older or newer deliveries are refused: a recorded one must not be played back later. */
const TOLERANCE_MS = 5 * MINUTE_MS;
const KEPT_HEADERS = [
  'openphone-signature',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'x-twilio-signature',
  'content-type',
  'user-agent',
] as const;

export async function receiveWebhook(
  services: IntakeServices,
  incoming: IncomingWebhook,
): Promise<Result<{ readonly repeated: boolean }, IntakeRefusal>> {
  const account = await getAccount(services.database.db, incoming.accountId);
  if (account === undefined)
    return err({
      kind: 'unknown_account',
      message: 'no such webhook address: compare it with the one in the settings of the account',
    });
  const edge = services.webhookEdge(account.kind);
  const now = services.clock.now();
  const verified = edge.verify({
    url: webhookUrl(services, account) + incoming.query,
    rawBody: incoming.rawBody,
    header: incoming.header,
    secrets: account.webhookSecretsSealed.map((sealed) => services.secrets.open(sealed)),
    now,
    toleranceMs: patience(services.clock, TOLERANCE_MS),
  });
  if (!verified.ok) return err({ kind: 'signature', reason: verified.error.reason, message: verified.error.message });
  const event = edge.parse(incoming.rawBody, now);
  if (!event.ok) return err({ kind: 'unreadable', message: event.error.message });
  const { eventId, repairs } = event.value;
  if (repairs !== undefined) services.log.warn({ account: account.id, eventId, repairs }, 'webhook repaired');
  const repeated = await runTx(services.database.db, (tx) =>
    store(tx, services, { account, event: event.value, incoming, receivedAt: now }),
  );
  return ok({ repeated });
}

async function store(
  tx: Tx,
  services: IntakeServices,
  input: {
    readonly account: AccountRow;
    readonly event: GatewayEvent;
    readonly incoming: IncomingWebhook;
    readonly receivedAt: Instant;
  },
): Promise<boolean> {
  const { account, event, incoming } = input;
  const id = services.newUuid();
  const phone = event.type === 'message_received' ? event.from : null;
  const inserted = await insertEvent(tx, {
    id,
    accountId: account.id,
    eventId: event.eventId,
    type: event.type === 'other' ? event.name : event.type,
    phone,
    payload: Buffer.from(incoming.rawBody).toString('utf8'),
    headers: keptHeaders(incoming.header),
    receivedAt: input.receivedAt,
  });
  if (!inserted) return true;
  if (event.type === 'message_received' && asksToStop(event)) {
    await recordInbound(tx, services, account, event);
    await markApplied(tx, id, services.clock.now());
    return false;
  }
  const key =
    event.type === 'message_received'
      ? event.from
      : event.type === 'message_status'
        ? event.gatewayMessageId
        : event.eventId;
  await services.jobs.enqueue(tx, APPLY_QUEUE, [{ data: { eventId: id }, key: `${account.id}:${key}` }]);
  return false;
}

const asksToStop = (text: InboundText): boolean =>
  classifyReceived(text, { canadian: isCanadian(text.from) }).outcome === 'opt_out';

function keptHeaders(header: IncomingWebhook['header']): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = header(name);
      return value === undefined ? [] : [[name, value.slice(0, 1000)]];
    }),
  );
}
