import { signerOf } from '../gateways/webhook-signer.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Services } from '../services.ts';
import { subjectOf } from './decide-subject.ts';
import { type EventEffect, findEffect } from './event-effect-store.ts';
import {
  type EventAttempt,
  type EventContent,
  getWholeEvent,
  type ListedEvent,
  listAttempts,
  listNeighbours,
  type StoredWhole,
} from './event-read-store.ts';

export interface EventDetail extends ListedEvent, EventContent {
  /** The key that signed it, and whether the account still has it (null: not looked up); null for what was not signed. */
  readonly signature: { readonly key: string; readonly standing: 'current' | 'previous' | 'retired' | null } | null;
  readonly errorStack: string | null;
  /** Oldest first; an event that was applied at once has none. */
  readonly history: readonly EventAttempt[];
  readonly effect: EventEffect;
  /** Of the same number, newest first, before and after it. */
  readonly neighbours: readonly ListedEvent[];
}

const HISTORY_MAX = 100;
const NEIGHBOURS_EACH = 4;

/** Without secrets nothing sealed is opened. */
type ShowServices = Pick<Services, 'webhookEdge'> & { readonly secrets?: Services['secrets'] };

/** One stored event with everything that is known of it. */
export async function showEvent(db: Db | Tx, services: ShowServices, id: Uuid): Promise<Outcome<EventDetail>> {
  const event = await getWholeEvent(db, id);
  if (event === undefined) return notFound('event', showId('event', id));
  const { account, signedBy, ...shown } = event;
  return ok({
    ...shown,
    signature: standingOf(services, account, signedBy),
    history: await listAttempts(db, id, HISTORY_MAX),
    effect: await effectOf(db, services, event),
    neighbours: event.phone === null ? [] : await listNeighbours(db, { id, phone: event.phone }, NEIGHBOURS_EACH),
  });
}

function standingOf(
  { secrets }: ShowServices,
  account: StoredWhole['account'],
  key: string | null,
): EventDetail['signature'] {
  if (key === null) return null;
  if (secrets === undefined) return { key, standing: null };
  const index = account.webhookSecretsSealed.findIndex((sealed) => signerOf(secrets.open(sealed)) === key);
  return { key, standing: index === 0 ? 'current' : index > 0 ? 'previous' : 'retired' };
}

function effectOf(db: Db | Tx, { webhookEdge }: ShowServices, event: StoredWhole): Promise<EventEffect> {
  const parsed = webhookEdge(event.account.kind).parse(Buffer.from(event.payload, 'utf8'), event.receivedAt);
  const subject = parsed.ok ? subjectOf(parsed.value) : ({ kind: 'none' } as const);
  return findEffect(db, event.account.id, { subject, contactId: event.contactId });
}
