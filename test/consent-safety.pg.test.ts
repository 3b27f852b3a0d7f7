import { Readable } from 'node:stream';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { previewAudience } from '../src/audiences/preview-audience.ts';
import { askedConsent, DEFAULT_CONSENT_POLICY } from '../src/compliance/consent-policy.ts';
import { recordConsent } from '../src/compliance/record-consent.ts';
import { liftOptOut, suppressNumber } from '../src/compliance/suppress.ts';
import { commitImport } from '../src/contacts/import-contacts.ts';
import { insertImportRun } from '../src/contacts/import-run-store.ts';
import { erasePerson } from '../src/evidence/erase-person.ts';
import { runTx } from '../src/platform/database.ts';
import { addMs, HOUR_MS, type Instant } from '../src/platform/time.ts';
import { insertContacts } from './fixtures.ts';
import { testDatabase } from './test-database.ts';
import { testWorld } from './world.ts';

/**
 * Whatever is told of a number in whatever order: nobody is texted whom the newest word forbids. What is expected is told here without any
 * of the product's code: by when the person said what.
 */
const database = await testDatabase();
const { db } = database;
const world = testWorld();
const deps = { ...world, database };
const NOW = world.clock.now();

type What = 'agree' | 'ask' | 'confirm' | 'stop' | 'start' | 'take back' | 'import' | 'merge' | 'erase';
interface Step {
  readonly what: What;
  /** When it was said, in hours before now; it is told in the order of the steps. */
  readonly hoursAgo: number;
}
const step = fc.record<Step>({
  what: fc.constantFrom('agree', 'ask', 'confirm', 'stop', 'start', 'take back', 'import', 'merge', 'erase'),
  hoursAgo: fc.integer({ min: 1, max: 40 }),
});

const by = { actor: 'user:1', name: 'Kim' };
const ago = (hours: number): Instant => addMs(NOW, -hours * HOUR_MS);

/** Returns whether it erased somebody. */
async function tell(phone: string, { what, hoursAgo }: Step): Promise<boolean> {
  const at = ago(hoursAgo);
  switch (what) {
    case 'agree':
    case 'ask':
      await runTx(db, (tx) =>
        recordConsent(tx, world, {
          action: 'grant',
          phone,
          purpose: 'marketing',
          kind: 'express_written',
          evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
          wording: { text: 'I agree.', version: 'v1', language: 'en' },
          needsConfirmation: what === 'ask',
          validUntil: 'by_policy',
          occurredAt: at,
          by,
        }),
      );
      return false;
    case 'confirm':
    case 'take back':
      await runTx(db, (tx) =>
        recordConsent(tx, world, {
          action: what === 'confirm' ? 'confirm' : 'revoke',
          phone,
          purpose: 'marketing',
          evidence: { source: 'keyword', text: what },
          occurredAt: at,
          by,
        }),
      );
      return false;
    case 'stop':
      await runTx(db, (tx) =>
        suppressNumber(tx, world, {
          phone,
          reason: 'opt_out',
          channel: 'sms',
          evidence: { text: 'STOP', saidAt: at.toString() },
          actor: 'contact',
          saidAt: at,
        }),
      );
      return false;
    case 'start':
      await runTx(db, (tx) => liftOptOut(tx, world, { phone, evidence: { text: 'START' }, saidAt: at }));
      return false;
    case 'merge':
      await mergeContacts(phone);
      return false;
    case 'erase':
      return (await runTx(db, (tx) => erasePerson(tx, world, { phone, reason: 'Asked for it', by }))).ok;
    case 'import':
      await importFile(phone, at);
      return false;
  }
}

async function importFile(phone: string, at: Instant): Promise<void> {
  const importId = world.newUuid();
  const run = { id: importId, fileName: 'leads.csv', fileBytes: 1, blobKey: '', createdBy: 'Kim', createdAt: NOW };
  await insertImportRun(db, run);
  const csv = `Phone,Consent,Consent source,Consent text,Consent date\n${phone},written,Web form,I agree.,${at.toString()}\n`;
  const done = await commitImport(deps, { importId, by, open: () => ({ chunks: Readable.from([Buffer.from(csv)]) }) });
  if (!done.ok) throw new Error(done.error.message);
}

/** Somebody who was kept twice: whichever of the two contacts is left has the number, and nothing of what it was before. */
async function mergeContacts(phone: string): Promise<void> {
  const other = `+19785${phone.slice(-6)}`;
  await sql`delete from contact where phone in (${phone}, ${other})`.execute(db);
  await insertContacts(db, world, [{ phone: other }]);
  await sql`update contact set phone = ${phone} where phone = ${other}`.execute(db);
}

/** Whether a new campaign would text this person. */
async function isTexted(phone: string): Promise<boolean> {
  const { rows } = await sql`select 1 from contact where phone = ${phone}`.execute(db);
  if (rows.length === 0) await insertContacts(db, world, [{ phone }]);
  await sql`update contact set tags = case when phone = ${phone} then array['asked'] else '{}' end
    where phone = ${phone} or tags = array['asked']`.execute(db);
  const asked = askedConsent(DEFAULT_CONSENT_POLICY, { now: NOW, waived: false });
  return (await previewAudience(db, { tags: ['asked'] }, NOW, asked)).textable === 1;
}

/** Of what was said, the newest; undefined when nothing was. */
const newest = (steps: readonly Step[], ...whats: readonly What[]): number | undefined => {
  const said = steps.filter(({ what }) => whats.includes(what)).map(({ hoursAgo }) => hoursAgo);
  return said.length === 0 ? undefined : Math.min(...said);
};

/** A reason for which nobody may text this person, in the words of the law. */
function forbiddenBy(steps: readonly Step[], wasErased: boolean): string | undefined {
  // Who is erased now is left alone from now on, whatever they said before.
  const refused = wasErased ? 0 : newest(steps, 'stop', 'take back');
  const started = newest(steps, 'start');
  const agreed = newest(steps, 'agree', 'ask');
  if (refused === undefined)
    return agreed === undefined && newest(steps, 'import') === undefined ? 'never agreed' : undefined;
  if (started === undefined || started >= refused) return 'has asked to be left alone, and never since to be texted';
  // A file cannot undo what the person said.
  if (agreed === undefined || agreed >= refused) return 'has not agreed since';
  return undefined;
}

it('no order of consents, opt-outs, opt-ins, merges, imports and erasures lets a text through that the newest word forbids', async () => {
  let people = 0;
  let texted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 7 }), async (steps) => {
      people += 1;
      const phone = `+16175${String(550_000 + people)}`;
      let wasErased = false;
      for (const told of steps) wasErased = (await tell(phone, told)) || wasErased;
      const isAllowed = await isTexted(phone);
      if (isAllowed) texted += 1;
      expect(isAllowed ? forbiddenBy(steps, wasErased) : undefined).toBeUndefined();
    }),
    {
      numRuns: 50,
      examples: [
        [[{ what: 'agree', hoursAgo: 9 }]],
        [[{ what: 'import', hoursAgo: 9 }]],
        [
          [
            { what: 'stop', hoursAgo: 9 },
            { what: 'start', hoursAgo: 5 },
            { what: 'agree', hoursAgo: 4 },
          ],
        ],
        [
          [
            { what: 'stop', hoursAgo: 9 },
            { what: 'start', hoursAgo: 5 },
            { what: 'import', hoursAgo: 4 },
          ],
        ],
        [
          [
            { what: 'agree', hoursAgo: 20 },
            { what: 'stop', hoursAgo: 9 },
            { what: 'start', hoursAgo: 6 },
            { what: 'agree', hoursAgo: 5 },
          ],
        ],
        [
          [
            { what: 'agree', hoursAgo: 20 },
            { what: 'erase', hoursAgo: 6 },
            { what: 'start', hoursAgo: 5 },
            { what: 'import', hoursAgo: 4 },
          ],
        ],
        [
          [
            { what: 'agree', hoursAgo: 20 },
            { what: 'stop', hoursAgo: 9 },
            { what: 'merge', hoursAgo: 6 },
            { what: 'import', hoursAgo: 5 },
          ],
        ],
        [
          [
            { what: 'agree', hoursAgo: 20 },
            { what: 'merge', hoursAgo: 6 },
          ],
        ],
      ],
    },
  );
  expect(texted).toBeGreaterThanOrEqual(3);
});
