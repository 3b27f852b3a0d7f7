import { sql } from 'kysely';
import { recordConsent } from '../../src/compliance/record-consent.ts';
import { insertImportRun } from '../../src/contacts/import-run-store.ts';
import { createStage, mergeRepeats } from '../../src/contacts/import-stage-store.ts';
import { insertPortion, settleStaged, waitForOtherImports } from '../../src/contacts/import-store.ts';
import { mergeContacts } from '../../src/contacts/merge-contacts.ts';
import { storedE164 } from '../../src/contacts/phone.ts';
import { plausibleZones, zoneGroupKey } from '../../src/contacts/zones.ts';
import { erasePerson } from '../../src/evidence/erase-person.ts';
import { runTx, type Tx } from '../../src/platform/database.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import { addMs, MINUTE_MS } from '../../src/platform/time.ts';
import type { Act } from './edits.ts';
import { latecomersTag } from './prepare.ts';
import type { Asked } from './product.ts';

/** What people decide about their consents and their data while campaigns run, by the product's own use cases. */
const BY = { actor: 'operator', name: 'Operator' } as const;

const BY_FORM = {
  evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
  wording: { text: 'I agree to texts.', version: 'v1', language: 'en' },
} as const;

/** In writing or by word; of three one only for some minutes. */
export const agree =
  (number: number): Act =>
  (asked) =>
    ofPerson(asked, number, ANYBODY, (tx, phone) => {
      const now = asked.clock.now();
      return recordConsent(tx, asked, {
        action: 'grant',
        phone,
        purpose: 'marketing',
        kind: number % 2 === 0 ? 'express_written' : 'express',
        ...BY_FORM,
        needsConfirmation: false,
        validUntil: number % 3 === 0 ? addMs(now, ((number % 5) + 1) * MINUTE_MS) : null,
        occurredAt: now,
        by: BY,
      });
    });

/** Somebody whom a campaign may still take in, and who has not agreed in writing, is entered in a form: it counts with their YES. */
export const askToOptIn =
  (campaign: number, number: number): Act =>
  (asked) =>
    ofPerson(asked, number % 2, latecomersFirst(campaign), async (tx, phone) => {
      const done = await recordConsent(tx, asked, {
        action: 'grant',
        phone,
        purpose: 'marketing',
        kind: 'express_written',
        ...BY_FORM,
        needsConfirmation: true,
        validUntil: null,
        occurredAt: asked.clock.now(),
        by: BY,
      });
      return { ok: done.ok, asked: phone };
    });

export const takeBack =
  (number: number): Act =>
  (asked) =>
    ofPerson(asked, number, ANYBODY, async (tx, phone) => {
      const done = await recordConsent(tx, asked, {
        action: 'revoke',
        phone,
        purpose: 'marketing',
        evidence: { source: 'keyword', text: 'no offers any more' },
        occurredAt: asked.clock.now(),
        by: BY,
      });
      return { ok: done.ok, leftAlone: phone };
    });

/** Those who have opted out first: theirs is what must not be forgotten. */
export const erase =
  (number: number): Act =>
  (asked) =>
    ofPerson(asked, number, OPTED_OUT_FIRST, async (tx, phone) => {
      const done = await erasePerson(tx, asked, { phone, reason: 'Asked for it', by: BY });
      return { ok: done.ok, leftAlone: phone };
    });

/**
 * Two contacts that are one person: somebody who waits for a campaign, if anybody does, and one who waits too, has been texted
 * by that campaign, or has opted out.
 */
export const mergeTwo =
  (number: number, value: number): Act =>
  ({ db, ...asked }) =>
    runTx(db, async (tx) => {
      const one = await find(tx, number, WAITS_FIRST);
      if (one === undefined) return undefined;
      const texted = textedBesideFirst(one.id);
      const orders = [WAITS_FIRST, texted, OPTED_OUT_FIRST, texted];
      const nth = Math.floor(value / orders.length);
      const two = await find(tx, nth, orders[value % orders.length] ?? ANYBODY);
      if (two === undefined) return undefined;
      const [into, from] = nth % 4 === 3 ? [two, one] : [one, two];
      const done = await mergeContacts(tx, asked, {
        into: into.id,
        from: from.id,
        by: { actor: BY.actor, name: BY.name },
      });
      return { ok: done.ok, merged: { stays: into.phone, ends: from.phone } };
    });

const WAITS_FIRST = sql`exists (select from enrollment e where e.contact_id = c.id and e.state = 'pending') desc, phone`;
/** Those whom a campaign has texted that this one still waits for. */
const textedBesideFirst = (id: Uuid) => sql`exists (
  select from enrollment w join enrollment e on e.campaign_id = w.campaign_id and e.sent_at is not null
  where w.contact_id = ${id} and w.state = 'pending' and e.contact_id = c.id) desc, phone`;
/** Those of one campaign who have not agreed in writing. */
const latecomersFirst = (campaign: number) => sql`(
  select ${latecomersTag('')} || name from campaign order by name
  limit 1 offset mod(${campaign}::int, greatest(1, (select count(*)::int from campaign)))) = any(c.tags) and not exists (
  select from consent k where k.phone = c.phone and k.kind = 'express_written') desc, phone`;
const ANYBODY = sql`phone`;
const OPTED_OUT_FIRST = sql`exists (select from suppression s where s.phone = c.phone and s.lifted_at is null) desc, phone`;

/** In the transaction in which the person was found. */
const ofPerson = <T>(
  { db }: Asked,
  number: number,
  order: typeof ANYBODY,
  act: (tx: Tx, phone: string) => Promise<T>,
): Promise<T | undefined> =>
  runTx(db, async (tx) => {
    const found = await find(tx, number, order);
    return found === undefined ? undefined : act(tx, found.phone);
  });

async function find(tx: Tx, number: number, order: typeof ANYBODY) {
  const { rows } = await sql<{ id: Uuid; phone: string }>`
    select id, phone from contact c order by ${order} limit 1
    offset mod(${number}::int, greatest(1, (select count(*)::int from contact)))`.execute(tx);
  return rows[0];
}

const KNOWN_ON_LIST = 3;

/**
 * A list that somebody has bought: all who are no contacts any more, with or without the
 * numbers that were merged, and some who are. Its rows go in by the statements of an import,
 * with an insert in place of the COPY, which no transaction of the simulated world can carry.
 */
export const importList =
  (people: readonly string[], number: number): Act =>
  async (asked) => {
    const { db, clock, newUuid } = asked;
    return runTx(db, async (tx) => {
      await waitForOtherImports(tx);
      const phones = await listed(tx, people, number);
      const importId = newUuid();
      const now = clock.now();
      await insertImportRun(tx, {
        id: importId,
        fileName: 'bought.csv',
        fileBytes: 1,
        blobKey: '',
        createdBy: BY.name,
        createdAt: now,
      });
      const { rows: campaigns } = await sql<{ name: string }>`select name from campaign order by name`.execute(tx);
      await createStage(tx);
      await sql`
        insert into import_portion (line, phone, first_name, attributes, tags, zone_group)
        select line, phone, name, '{}', ${campaigns.map(({ name }) => latecomersTag(name))}::text[], zone_group
        from unnest(${phones.map((_, index) => index + 2)}::integer[], ${phones.map(({ phone }) => phone)}::text[],
          ${phones.map(({ name }) => name)}::text[], ${phones.map(({ phone }) => zoneOf(phone))}::text[])
          as x (line, phone, name, zone_group)`.execute(tx);
      const origin = { importId, firstId: newUuid(), now, by: BY };
      await insertPortion(tx, origin);
      await mergeRepeats(tx);
      await settleStaged(tx, origin);
      return { ok: true };
    });
  };

const zoneOf = (phone: string): string => zoneGroupKey(plausibleZones({ phone: storedE164(phone), state: null }));

/** Who comes back has another name: their texts are told apart from those of before. */
async function listed(tx: Tx, people: readonly string[], number: number) {
  const { rows } = await sql<{ phone: string }>`
    select p.phone from unnest(${people}::text[]) as p (phone)
    where not exists (select from contact c where c.phone = p.phone)
      and (${number % 3 === 0} or not exists (select from contact_number n where n.phone = p.phone)) order by p.phone`.execute(
    tx,
  );
  const { rows: runs } = await sql<{ n: number }>`select count(*) as n from import_run`.execute(tx);
  const known = people.slice(number * KNOWN_ON_LIST, (number + 1) * KNOWN_ON_LIST);
  const gone = rows.map(({ phone }) => ({ phone, name: `Back${runs[0]?.n ?? 0}` as string | null }));
  const away = new Set(gone.map(({ phone }) => phone));
  return [...gone, ...known.filter((phone) => !away.has(phone)).map((phone) => ({ phone, name: null }))];
}
