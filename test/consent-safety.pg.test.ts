import { Readable } from 'node:stream';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { previewAudience } from '../src/audiences/preview-audience.ts';
import { askedConsent, DEFAULT_CONSENT_POLICY } from '../src/compliance/consent-policy.ts';
import { findOpenReview, type ReviewDecision } from '../src/compliance/opt-out-review-store.ts';
import { recordConsent } from '../src/compliance/record-consent.ts';
import { stopByLink } from '../src/compliance/stop-by-link.ts';
import { createContact } from '../src/contacts/create-contact.ts';
import { commitImport } from '../src/contacts/import-contacts.ts';
import { importOptOuts } from '../src/contacts/import-opt-outs.ts';
import { insertImportRun } from '../src/contacts/import-run-store.ts';
import { mergeContacts } from '../src/contacts/merge-contacts.ts';
import { optOutContact } from '../src/contacts/opt-out-contact.ts';
import { recordOptOut } from '../src/contacts/record-opt-out.ts';
import { endOverdueReviews } from '../src/conversations/end-overdue-reviews.ts';
import { recordInbound } from '../src/conversations/record-inbound.ts';
import { decideReview } from '../src/conversations/settle-review.ts';
import { erasePerson } from '../src/evidence/erase-person.ts';
import { type Db, runTx, type Tx } from '../src/platform/database.ts';
import type { Uuid } from '../src/platform/ids.ts';
import { createLog } from '../src/platform/log.ts';
import { addMs, DAY_MS, HOUR_MS, type Instant, msBetween } from '../src/platform/time.ts';
import { markRefused } from '../src/sending/aftermath.ts';
import { claimTexts, takeLease } from './claimed.ts';
import { insertContacts, launchTestCampaign } from './fixtures.ts';
import { LANE, oneLineWorld } from './one-line-world.ts';
import {
  AGREEMENTS,
  DOUBTS,
  forbiddenBy,
  isOut,
  REFUSALS,
  type Said,
  standingOf,
  type What,
} from './said-of-consent.ts';

/**
 * Whatever is told of a number in whatever order: nobody is texted whom the newest word forbids. Everything is told by the product's own
 * use cases, and its claim says who is texted. What is expected is told here without any of the product's code: by when the person said what.
 */
const { database, db, world, account, laneId } = await oneLineWorld();
const deps = { ...world, database };
const log = createLog({ level: 'silent' });

/** Who records these by hand means now, however long it is since the person said it. */
const MEANT_NOW: ReadonlySet<What> = new Set<What>([
  ...(['staff', 'list', 'link', 'gateway', 'erase'] as const),
  ...(['merge one who stopped', 'merge into one who stopped'] as const),
  ...DOUBTS.filter((what) => what !== 'unclear' && what !== 'expire'),
]);
interface Step {
  readonly what: What;
  /** How long before it is told it was said, in hours. One is told each hour. */
  readonly late: number;
}
const step = fc.record<Step>({
  what: fc.constantFrom(...AGREEMENTS, ...REFUSALS, ...DOUBTS),
  late: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6 })),
});

const by = { actor: 'user:1', name: 'Kim' };

/** Whether it was done: the product may refuse it. */
async function tell(phone: string, { what, late }: Step): Promise<boolean> {
  const at = addMs(world.clock.now(), -late * HOUR_MS);
  switch (what) {
    case 'agree':
    case 'agree for a day':
    case 'ask':
      return recorded({
        action: 'grant',
        phone,
        purpose: 'marketing',
        kind: 'express_written',
        evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
        wording: { text: 'I agree.', version: 'v1', language: 'en' },
        needsConfirmation: what === 'ask',
        validUntil: what === 'agree for a day' ? addMs(at, DAY_MS) : 'by_policy',
        occurredAt: at,
        by,
      });
    case 'confirm':
    case 'take back':
      return recorded({
        action: what === 'confirm' ? 'confirm' : 'revoke',
        phone,
        purpose: 'marketing',
        evidence: { source: 'keyword', text: what },
        occurredAt: at,
        by,
      });
    case 'expire':
      return recorded({
        action: 'expire',
        phone,
        purpose: 'marketing',
        evidence: { source: 'policy', policy: 'such consents last a day' },
        occurredAt: at,
        by,
      });
    case 'unclear':
      await writes(phone, 'no', at);
      return true;
    case 'found harmless':
      return decided(phone, 'not_opt_out');
    case 'found to be an opt-out':
      return decided(phone, 'opt_out');
    case 'found to be the wrong number':
      return decided(phone, 'wrong_number');
    case 'a day':
    case 'four days':
      await world.clock.advance((what === 'a day' ? 1 : 4) * DAY_MS);
      return true;
    case 'end what is overdue':
      await endOverdueReviews({ ...deps, log });
      return true;
    case 'stop':
    case 'wrong number':
    case 'start':
      await writes(phone, what.toUpperCase(), at);
      return true;
    case 'api':
      return (
        await runTx(db, (tx) => recordOptOut(tx, world, { phone, reason: 'opt_out', note: 'Called', saidAt: at, by }))
      ).ok;
    case 'staff':
      return runTx(db, async (tx) => {
        await createContact(tx, world, { phone, by });
        return (await optOutContact(tx, world, { id: await contactId(tx, phone), note: 'Called, furious', by })).ok;
      });
    case 'list':
      await importOptOuts({ db, ...world }, { fileName: 'left.csv', chunks: bytes(phone), column: undefined, by });
      return true;
    case 'link':
      await stopByLink({ db, ...world }, { phone, address: '203.0.113.7', userAgent: null });
      return true;
    case 'gateway':
      await runTx(db, (tx) =>
        markRefused(tx, world, {
          ...{ accountId: account.id, phone, code: '21610', message: 'Opted out' },
          suppress: 'provider_opt_out',
        }),
      );
      return true;
    case 'erase':
      return (await runTx(db, (tx) => erasePerson(tx, world, { phone, reason: 'Asked for it', by }))).ok;
    case 'add':
      return (await runTx(db, (tx) => createContact(tx, world, { phone, by }))).ok;
    case 'import':
      return importFile(`${phone},,written,Web form,I agree.,${at.toString()}`);
    case 'merge':
    case 'merge one who stopped':
    case 'merge away':
    case 'merge into one who stopped':
      return mergedWithDuplicate(phone, {
        stays: what === 'merge' || what === 'merge one who stopped',
        stopped: what === 'merge one who stopped' || what === 'merge into one who stopped',
      });
    case 'import twice':
      return importFile(
        `${phone},Zed,,,,`,
        `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)},,written,Web form,I agree.,${at.toString()}`,
      );
  }
}

let duplicates = 0;
/** Who was kept twice, under two numbers, becomes one person; the number that is not kept is a contact no more. */
async function mergedWithDuplicate(
  phone: string,
  { stays, stopped }: { readonly stays: boolean; readonly stopped: boolean },
): Promise<boolean> {
  duplicates += 1;
  const other = `+16176${String(560_000 + duplicates)}`;
  for (const one of [phone, other]) await runTx(db, (tx) => createContact(tx, world, { phone: one, by }));
  if (stopped) await writes(other, 'STOP', world.clock.now());
  const id = await contactId(db, phone);
  const otherId = await contactId(db, other);
  const pair = stays ? { into: id, from: otherId } : { into: otherId, from: id };
  const merged = await runTx(db, (tx) => mergeContacts(tx, world, { ...pair, by }));
  if (!merged.ok && !merged.error.message.includes('nobody has decided')) throw new Error(merged.error.message);
  return merged.ok;
}

async function contactId(tx: Db | Tx, phone: string): Promise<Uuid> {
  const { rows } = await sql<{ id: Uuid }>`select id from contact where phone = ${phone}`.execute(tx);
  if (rows[0] === undefined) throw new Error(`no contact ${phone}`);
  return rows[0].id;
}

const bytes = (text: string): AsyncIterable<Uint8Array> => Readable.from([Buffer.from(text)]);

const recorded = async (consent: Parameters<typeof recordConsent>[2]): Promise<boolean> =>
  (await runTx(db, (tx) => recordConsent(tx, world, consent))).ok;

async function decided(phone: string, decision: ReviewDecision): Promise<boolean> {
  const review = await runTx(db, (tx) => findOpenReview(tx, phone));
  if (review === undefined) return false;
  return (await runTx(db, (tx) => decideReview(tx, world, { id: review.id, decision, by }))).ok;
}

let texts = 0;
async function writes(phone: string, text: string, at: Instant): Promise<void> {
  texts += 1;
  const event = {
    eventId: `EV${texts}`,
    gatewayMessageId: `MO${texts}`,
    from: phone,
    to: [LANE],
    laneRef: 'PN1',
    text,
    media: [],
    at,
  };
  await runTx(db, (tx) =>
    recordInbound(
      tx,
      world,
      { id: account.id, kind: 'quo', environment: 'sandbox' },
      { type: 'message_received', ...event },
    ),
  );
}

async function importFile(...lines: readonly string[]): Promise<boolean> {
  const importId = world.newUuid();
  const run = {
    id: importId,
    fileName: 'leads.csv',
    fileBytes: 1,
    blobKey: '',
    createdBy: 'Kim',
    createdAt: world.clock.now(),
  };
  await insertImportRun(db, run);
  const csv = ['Phone,First name,Consent,Consent source,Consent text,Consent date', ...lines, ''].join('\n');
  const done = await commitImport(deps, { importId, by, open: () => ({ chunks: bytes(csv) }) });
  if (!done.ok) throw new Error(done.error.message);
  return true;
}

/** As if they had waited in a campaign since before all of it: whether the claim begins a text to them. */
async function isTexted(phone: string, campaignId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from contact where phone = ${phone}`.execute(db);
  if (rows.length === 0) await insertContacts(db, world, [{ phone }]);
  await sql`
    insert into enrollment (id, campaign_id, contact_id, phone, variant_id, zone_group, state, not_before, created_at)
    select ${world.newUuid()}, ${campaignId}, c.id, c.phone, v.id, c.zone_group, 'pending', ${world.clock.now()}, ${world.clock.now()}
    from contact c, campaign_variant v where c.phone = ${phone} and v.campaign_id = ${campaignId}`.execute(db);
  const lease = await takeLease(db, world, account.id);
  return (await claimTexts(db, world, { lease, campaignId, laneId })).some((text) => text.phone === phone);
}

/** What the pages say of the same person. */
async function isCounted(phone: string): Promise<boolean> {
  await sql`update contact set tags = case when phone = ${phone} then array['asked'] else '{}' end
    where phone = ${phone} or tags = array['asked']`.execute(db);
  const now = world.clock.now();
  return (
    (await previewAudience(db, { tags: ['asked'] }, now, askedConsent(DEFAULT_CONSENT_POLICY, { now, waived: false })))
      .textable === 1
  );
}

const steps = (...told: readonly (What | readonly [What, number])[]): [readonly Step[]] => [
  told.map((one) => (typeof one === 'string' ? { what: one, late: 0 } : { what: one[0], late: one[1] })),
];

const EXAMPLES: [readonly Step[]][] = [
  steps('agree'),
  steps('import'),
  steps('ask', 'confirm'),
  steps('agree', 'merge'),
  ...REFUSALS.map((refusal) => steps('agree', refusal)),
  steps('stop', 'start', 'agree'),
  steps('stop', 'start', 'import'),
  steps('stop', 'start', 'import twice'),
  // The person has undone it.
  steps('stop', 'agree for a day', 'start', 'import', 'four days'),
  steps('agree', 'stop', 'start', 'agree'),
  steps('agree', 'erase', ['start', 2], 'import'),
  steps('agree', 'stop', 'erase', ['start', 1], 'agree'),
  steps('stop', 'erase', 'start', ['import', 4]),
  steps('agree', 'erase', 'import', 'start', ['agree', 5]),
  steps('agree', 'erase', 'import twice', 'start', 'agree'),
  steps('agree', 'merge away'),
  steps('agree', 'merge one who stopped'),
  steps('agree', 'merge into one who stopped', ['start', 1]),
  // What was said at either number, of two that had both said it.
  steps('take back', 'merge one who stopped', ['start', 1]),
  steps('take back', 'merge into one who stopped', ['start', 1]),
  // It was opted out before: the newer word of the other number ends what was agreed to in between.
  steps('agree', 'erase', 'merge one who stopped', 'start', ['agree', 2]),
  steps('stop', 'agree', 'merge one who stopped', 'start'),
  steps('stop', 'agree', 'merge into one who stopped', 'start'),
  steps('agree', 'stop', 'erase', 'merge', 'agree'),
  steps('stop', 'merge away', 'import'),
  steps('agree', 'stop', 'import', 'add', ['start', 3]),
  steps('stop', 'erase', ['start', 1], ['import', 1]),
  ...(['staff', 'list', 'link', 'gateway', 'api', 'stop'] as const).flatMap((again) => [
    steps(again, 'agree', again, ['start', 2]),
    steps(again, 'agree', again, 'start'),
    steps(again, 'start', again, ['start', 2], 'agree'),
  ]),
  steps('staff', 'list', 'start', 'agree'),
  steps('gateway', 'link', 'start', 'agree'),
  steps('agree', 'unclear'),
  steps('agree', 'unclear', 'found harmless'),
  steps('agree', 'unclear', 'found to be an opt-out', 'agree'),
  steps('agree', 'unclear', 'found to be the wrong number', 'agree'),
  steps('agree', 'unclear', 'a day'),
  steps('agree', 'unclear', 'a day', 'end what is overdue'),
  steps('agree', 'unclear', 'a day', 'end what is overdue', 'start', 'agree'),
  steps('agree', 'unclear', 'a day', 'found harmless'),
  steps('agree', 'unclear', 'start'),
  steps('agree', 'unclear', ['start', 3]),
  steps('agree', 'unclear', 'merge away'),
  // What is told late must not end what was said after it.
  steps('agree', 'add', 'add', 'unclear', ['stop', 3], ['start', 3], 'agree'),
  steps('agree', 'stop', 'add', 'unclear', ['start', 2], 'agree'),
  steps('agree', 'expire'),
  steps('agree', 'expire', 'agree'),
  steps('agree for a day', 'a day'),
  steps('ask', 'four days', 'confirm'),
  steps('ask', 'a day', 'confirm'),
];
/** CONSENT_ORDERS=5000 is the proof at length. */
const RANDOM_ORDERS = Number(process.env['CONSENT_ORDERS'] ?? 150);
const TEST_MS_MAX = 1_800_000;

const FIRST = '+16175550002';
await insertContacts(db, world, [{ phone: FIRST }]);
await tell(FIRST, { what: 'agree', late: 1 });
const campaignId = await launchTestCampaign(db, world, { laneIds: account.laneIds, consent: DEFAULT_CONSENT_POLICY });
/** Asks for no consent: only the suppression keeps people out of it. */
const askingNothingId = await launchTestCampaign(db, world, { laneIds: account.laneIds, consent: null });

it(
  'no order of consents, opt-outs, opt-ins, merges, imports and erasures lets a text through that the newest word forbids',
  async () => {
    let people = 0;
    let texted = 0;
    let textedUnasked = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (told) => {
        people += 1;
        const phone = `+16175${String(560_000 + people)}`;
        // Each on a day of its own, so that all is told by ten o'clock.
        await world.clock.advance(DAY_MS - told.length * HOUR_MS);
        const began = world.clock.now();
        const hours = (): number => msBetween(began, world.clock.now()) / HOUR_MS;
        const said: Said[] = [];
        for (const { what, late } of told) {
          await world.clock.advance(HOUR_MS);
          const hour = hours();
          if (await tell(phone, { what, late }))
            said.push({ what, told: hour, at: MEANT_NOW.has(what) ? hour : hour - late });
        }
        const standing = standingOf(said, hours());
        const isHeld = standing.unclear !== undefined;
        const forbidden = forbiddenBy(said, hours());
        const isCountedNow = await isCounted(phone);
        const isAllowed = await isTexted(phone, campaignId);
        if (isAllowed) texted += 1;
        expect(isAllowed || isCountedNow ? forbidden : undefined).toBeUndefined();
        const isAllowedUnasked = await isTexted(phone, askingNothingId);
        if (isAllowedUnasked) textedUnasked += 1;
        expect(isAllowedUnasked && isOut(standing)).toBe(false);
        expect((isAllowed || isAllowedUnasked) && isHeld, 'nobody has decided').toBe(false);
      }),
      {
        numRuns: EXAMPLES.length + RANDOM_ORDERS,
        examples: EXAMPLES,
      },
    );
    expect(texted).toBeGreaterThanOrEqual(6);
    expect(textedUnasked).toBeGreaterThanOrEqual(texted);
    // No foreign key watches over them (decision 19).
    const { rows: lost } = await sql`
    select 1 from enrollment e where contact_id is not null and not exists (select from contact c where c.id = e.contact_id)
    union all
    select 1 from message m where contact_id is not null and not exists (select from contact c where c.id = m.contact_id)`.execute(
      db,
    );
    expect(lost).toEqual([]);
  },
  TEST_MS_MAX,
);
