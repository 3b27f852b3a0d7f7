import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { launchTestCampaign } from '../../test/fixtures.ts';
import { livingWorld } from '../../test/whole-life.ts';
import { sealWaiting } from '../compliance/seal-audit.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { MINUTE_MS } from '../platform/time.ts';
import { decideEvidenceDocument } from './decide-evidence-document.ts';
import type { Evidence } from './evidence.ts';
import { readEvidence } from './read-evidence.ts';

const { db, world, account, person, writes, rowsWith, tablesWith } = await livingWorld();
const PHONE = '+16175550131';

/** Where a person's own file tells what a table has of them. */
const TOLD: Readonly<Record<string, (evidence: Evidence) => readonly unknown[] | null | undefined>> = {
  audit_entry: ({ proof }) => proof.entries,
  call: ({ calls }) => calls,
  call_recording: ({ calls }) => calls[0]?.recordings,
  call_summary: ({ calls }) => calls[0]?.nextSteps,
  call_transcript: ({ calls }) => calls[0]?.transcript,
  consent: ({ consents }) => consents,
  consent_event: ({ consents }) => consents,
  contact: ({ contact }) => contact?.tags,
  contact_gateway_ref: ({ contact }) => contact?.gatewayContactIds,
  dnc_exemption: ({ doNotCall }) => doNotCall.exemptions,
  enrollment: ({ leftOut }) => leftOut,
  message: ({ texts }) => texts,
  message_attempt: ({ texts }) => texts.flatMap(({ attempts }) => attempts),
  number_validation: ({ validation }) => (validation === null ? [] : [validation]),
  opt_in_submission: ({ submissions }) => submissions,
  opt_out_difference: ({ differences }) => differences,
  opt_out_review: ({ reviews }) => reviews,
  reassigned_question: ({ reassigned }) => reassigned,
  scrubbed_number: ({ doNotCall }) => doNotCall.scrubbed,
  suppression: ({ optOuts }) => optOuts,
};

/** Told elsewhere than here, or nothing about the person. */
const NOT_HERE: Readonly<Record<string, string>> = {
  contact_number: 'other numbers of the person: named, and each with a file of its own',
  conversation: 'the thread of texts and calls that are told',
  gateway_event: 'what the provider posted of texts and calls that are told, byte for byte',
  idempotency_key: 'the answer to a request whose effect is told, kept for a day',
  import_consent: 'rows of a file between its preview and its import; then they are consents',
  import_refusal: 'cells of a file that are no numbers of ours, by which nobody is found',
  import_run: 'the first rows of a file, as whoever imports it sees them; then they are contacts',
  opt_out_to_carry: 'opt-outs on their way to another number of the person, for a moment',
  reassigned_number: 'of the questions that are told, the answer that holds',
  reconciliation_diff: 'texts and calls that were brought in late, and are told',
  scrub_item: 'numbers that a service is asked about now; then the answer is told',
  validation_item: 'numbers that a service is asked about now; then the answer is told',
  waived_person: 'drafts that an owner answers for; when launched, the record of the text tells it',
  lane: 'our own numbers',
};

it('a person who asks is told what every table has of them, in the file and in the document', async () => {
  await person(PHONE);
  await sealWaiting({ db, clock: world.clock });
  const evidence = await readEvidence(db, { phone: PHONE, now: world.clock.now(), version: '0' });
  const { rows: columns } = await sql<{ name: string }>`
    select distinct c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and column_name in ('phone', 'contact_id', 'call_id')`.execute(
    db,
  );
  const holding = await rowsWith('Zelda');
  const tables = new Set([...columns.map(({ name }) => name), ...holding.keys(), ...(await tablesWith(PHONE))]);
  expect([...tables].toSorted()).toEqual([...Object.keys(TOLD), ...Object.keys(NOT_HERE)].toSorted());
  for (const [table, told] of Object.entries(TOLD))
    expect([table, told(evidence)]).toEqual([table, expect.arrayContaining([expect.anything()])]);

  const inFile = new Set(textsIn(JSON.parse(JSON.stringify(evidence))));
  const inDocument = textsIn(decideEvidenceDocument(evidence)).join('\n');
  for (const [table, rows] of holding) {
    const words = table in NOT_HERE ? [] : textsIn(rows).filter((text) => text.includes('Zelda'));
    for (const text of words) {
      expect([table, inFile.has(text), text]).toEqual([table, true, text]);
      if (table !== 'contact_gateway_ref') expect([table, inDocument]).toEqual([table, expect.stringContaining(text)]);
    }
  }
});

it('a person who asks is told of every campaign that has chosen them, whatever came of it', async () => {
  const phone = '+16175550132';
  const contactId = await person(phone);
  await world.clock.advance(MINUTE_MS);
  await writes(phone, 'START');
  const draft = { laneIds: account.laneIds, name: 'Still to come', audience: { tags: [phone.slice(-3)] } };
  const waitsFor = await launchTestCampaign(db, world, draft);
  const { rows } = await sql<{ campaignId: Uuid }>`
    select campaign_id from enrollment where contact_id = ${contactId}`.execute(db);
  const evidence = await readEvidence(db, { phone, now: world.clock.now(), version: '0' });
  expect(evidence.waiting).toEqual([
    { at: world.clock.now(), campaign: { id: showId('campaign', waitsFor), name: 'Still to come' } },
  ]);
  const inFile = new Set(textsIn(JSON.parse(JSON.stringify(evidence))));
  const untold = rows.filter(({ campaignId }) => !inFile.has(showId('campaign', campaignId)));
  expect([rows.length, untold]).toEqual([3, []]);
  expect(textsIn(decideEvidenceDocument(evidence))).toContain(
    'Chosen for campaign Still to come, which has not texted them yet',
  );
});

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

it('a file in which not everything has room says that it is not complete', async () => {
  const phone = '+16175550132';
  const isComplete = async () => (await readEvidence(db, { phone, now: world.clock.now(), version: '0' })).complete;
  expect(await isComplete()).toBe(true);
  await sql`
    insert into dnc_exemption (id, phone, kind, reason, valid_from, valid_until, rule_version, actor, recorded_by, created_at)
    select gen_random_uuid(), ${phone}, 'inquiry', 'Called', at, at + interval '1 day', 'v1', 'test', 'Kim', at
    from generate_series(1, 10000) n, (select ${world.clock.now()}::timestamptz as at) x`.execute(db);
  expect(await isComplete()).toBe(false);
});
