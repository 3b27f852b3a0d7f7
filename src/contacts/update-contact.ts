import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { type Contact, type ContactChange, changedFields, FIELD_WORDS, tidyTags, zoneGroupOf } from './contact.ts';
import { lockContactRow, updateContactRow } from './contact-store.ts';
import { getContact } from './list-contacts.ts';
import { storedE164 } from './phone.ts';

/** Changes the given fields of one person. Another address may mean other quiet hours; they follow in the same transaction. */
export async function updateContact(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: {
    readonly id: Uuid;
    readonly change: ContactChange;
    readonly by: { readonly actor: string; readonly name: string };
  },
): Promise<Outcome<Contact>> {
  const before = await lockContactRow(tx, input.id);
  if (before === undefined) return notFound('contact', showId('contact', input.id));
  const now = deps.clock.now();
  const fields = changedFields(before, input.change);
  const tags = input.change.tags === undefined ? before.tags : tidyTags(input.change.tags);
  const changed = changedNames(before, { ...fields, tags });
  if (changed.length === 0) return getContact(tx, input.id);
  await updateContactRow(tx, input.id, { fields, tags, zoneGroup: zoneGroupOf(storedE164(before.phone), fields), now });
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: input.by.actor,
    action: 'contact.changed',
    subject: showId('contact', input.id),
    phone: before.phone,
    detail: { by: input.by.name, fields: changed },
  });
  await notifyLive(tx, ['contacts', `contact:${input.id}`]);
  return getContact(tx, input.id);
}

const FIELD_NAMES = Object.keys(FIELD_WORDS) as readonly (keyof typeof FIELD_WORDS)[];

/** Which fields differ, by name only: the audit log keeps no second copy of a person's data. */
const changedNames = (
  before: Pick<Contact, keyof typeof FIELD_WORDS>,
  after: Pick<Contact, keyof typeof FIELD_WORDS>,
): readonly string[] => FIELD_NAMES.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
