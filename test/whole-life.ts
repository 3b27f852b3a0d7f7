import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { recordConsent } from '../src/compliance/record-consent.ts';
import { recordInbound } from '../src/conversations/record-inbound.ts';
import { runTx } from '../src/platform/database.ts';
import type { Uuid } from '../src/platform/ids.ts';
import { seededRandom } from '../src/platform/random.ts';
import { secretsWithKey } from '../src/platform/secrets.ts';
import { addMs, DAY_MS } from '../src/platform/time.ts';
import { insertAccount, insertContacts, launchTestCampaign } from './fixtures.ts';
import { testDatabase } from './test-database.ts';
import { testWorld } from './world.ts';

/**
 * People who leave something in every place in which the product keeps what is about a person: under their number, and where there are words,
 * with "Zelda" in them, other ones in each place.
 */
export async function livingWorld() {
  const database = await testDatabase();
  const { db } = database;
  const world = { ...testWorld(), secrets: secretsWithKey(new Uint8Array(32).fill(7), seededRandom(1)) };
  const by = { actor: 'user:1', name: 'Olive' };
  const lane = '+16175550001';
  const lanes = [{ gatewayRef: 'PN1', phone: lane }];
  const account = await insertAccount(db, world, { baseUrl: 'http://x', apiKey: 'k', lanes });
  const form = world.newUuid();
  await sql`
    insert into opt_in_form (id, token, name, lane_id, purpose, kind, double_opt_in, allowed_origins, version, created_by, created_at)
    values (${form}, 'abcdefghijklmnop', 'Join', ${account.laneIds[0]}, 'marketing', 'express_written', false, '{}', 1, 'Olive',
      ${world.clock.now()})`.execute(db);

  let texts = 0;
  async function writes(phone: string, text: string): Promise<void> {
    texts += 1;
    await runTx(db, (tx) =>
      recordInbound(
        tx,
        world,
        { id: account.id, kind: 'quo', environment: 'sandbox' },
        {
          ...{ type: 'message_received', eventId: `EV${texts}`, gatewayMessageId: `MO${texts}`, laneRef: 'PN1' },
          ...{ from: phone, to: [lane], text, media: [], at: world.clock.now() },
        },
      ),
    );
  }

  async function agrees(phone: string): Promise<void> {
    await runTx(db, (tx) =>
      recordConsent(tx, world, {
        action: 'grant',
        phone,
        purpose: 'marketing',
        kind: 'express_written',
        evidence: { source: 'web_form', formUrl: 'https://acme.example/join?name=Zelda', ip: '203.0.113.7' },
        wording: { text: 'I agree to texts.', version: 'v1', language: 'en' },
        needsConfirmation: false,
        validUntil: 'by_policy',
        occurredAt: world.clock.now(),
        by,
      }),
    );
    await sql`insert into opt_in_submission values (${world.newUuid()}, ${form}, ${sha256(`ticket ${texts}`)}, ${phone}, 'Zelda of the form', null,
      ${world.clock.now()})`.execute(db);
  }

  const launched = (phone: string, name: string) =>
    launchTestCampaign(db, world, {
      ...{ laneIds: account.laneIds, name: `${name} ${texts}`, audience: { tags: [phone.slice(-3)] } },
    });

  async function isTexted(phone: string, contactId: Uuid): Promise<void> {
    await launched(phone, 'Campaign');
    const now = world.clock.now();
    const message = world.newUuid();
    await sql`update enrollment set state = 'sent', sent_at = ${now}, lane_id = ${account.laneIds[0]} where contact_id = ${contactId}`.execute(
      db,
    );
    await sql`
      insert into message (id, account_id, lane_id, contact_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state,
        gateway_message_id, not_before, created_at, sent_at, attempted_at, lease_epoch)
      select ${message}, ${account.id}, lane_id, contact_id, 'outbound', 'campaign', id, phone, 'Hi Zelda, shall we come by?', 'GSM-7', 1, 'sent',
        ${`MT${texts}`}, ${now}, ${now}, ${now}, ${now}, 1 from enrollment where contact_id = ${contactId}`.execute(db);
    await sql`insert into message_attempt (message_id, attempt, lease_epoch, worker, started_at, finished_at, outcome, detail)
      values (${message}, 1, 1, 'w', ${now}, ${now}, 'accepted', ${`to ${phone}`})`.execute(db);
  }

  async function calls(phone: string, contactId: Uuid): Promise<void> {
    const now = world.clock.now();
    const call = world.newUuid();
    await sql`
      insert into call (id, account_id, gateway_call_id, lane_id, conversation_id, contact_id, direction, phone, state, heard, heard_at, created_at,
        voicemail_url, voicemail_url_as_of, voicemail_transcript)
      select ${call}, ${account.id}, ${`AC${texts}`}, lane_id, id, ${contactId}, 'inbound', ${phone}, 'completed', '{completed}', ${now}, ${now},
        'https://x/Zelda-voicemail.mp3', ${now}, 'This is Zelda' from conversation where phone = ${phone}`.execute(db);
    await sql`insert into call_recording (call_id, ref, url, as_of) values (${call}, 'r', 'https://x/Zelda.mp3', ${now})`.execute(
      db,
    );
    const lines = [{ speaker: 'Zelda at the phone', text: 'Zelda speaking', startSeconds: 0, endSeconds: 2 }];
    await sql`insert into call_transcript values (${call}, 'completed', ${JSON.stringify(lines)}, ${now})`.execute(db);
    await sql`insert into call_summary values (${call}, 'completed', '{Zelda called}', '{Call Zelda back}', ${now})`.execute(
      db,
    );
  }

  async function leavesTraces(phone: string, contactId: Uuid): Promise<void> {
    const now = world.clock.now();
    await sql`update contact set attributes = '{"dog": "Zelda’s Rex"}', tags = tags || '{Zelda’s list}'::text[] where id = ${contactId}`.execute(
      db,
    );
    await sql`insert into contact_gateway_ref values (${account.id}, ${`CT-Zelda-${texts}`}, ${contactId})`.execute(db);
    for (const [type, state, of] of [
      ['message.received', 'applied', phone],
      ['call.completed', 'failed', phone],
      ['contact.updated', 'applied', null],
    ] as const)
      await sql`
        insert into gateway_event (id, account_id, event_id, type, phone, order_key, payload, headers, received_at, state, applied_at, error)
        values (${world.newUuid()}, ${account.id}, ${world.newUuid()}, ${type}, ${of}, ${of}, ${`{"from":"${phone}","name":"Zelda"}`}, '{}', ${now},
          ${state}, ${state === 'applied' ? now : null}, ${state === 'failed' ? 'boom' : null})`.execute(db);
    await sql`
      insert into opt_out_difference (id, account_id, run_id, kind, gateway_id, phone, at, found_at)
      values (${world.newUuid()}, ${account.id}, ${world.newUuid()}, 'stop', ${`MO elsewhere ${texts}`}, ${phone}, ${now}, ${now})`.execute(
      db,
    );
    await sql`insert into number_validation values (${phone}, true, 'mobile', 'Zelda Telecom', 'US', 'numverify', ${now}, '{}')`.execute(
      db,
    );
    await sql`insert into scrubbed_number values (${phone}, 'blacklist_alliance', ${now}, 'list of Zelda')`.execute(db);
    await sql`insert into idempotency_key values ('user:1', ${phone}, 'r', 's', 201, ${JSON.stringify({ phone })}, ${now})`.execute(
      db,
    );
    await sql`
      insert into dnc_exemption (id, phone, kind, reason, valid_from, valid_until, rule_version, actor, recorded_by, created_at)
      values (${world.newUuid()}, ${phone}, 'purchase', 'Zelda bought', ${now}, ${addMs(now, DAY_MS)}, '1', 'user:1', 'Olive', ${now})`.execute(
      db,
    );
  }

  /** Files, and numbers that a service or the registry is asked about. */
  async function isAskedAbout(phone: string): Promise<void> {
    const now = world.clock.now();
    const [file, check, run, scrub, validation] = Array.from({ length: 5 }, () => world.newUuid());
    const asWritten = `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`;
    const preview = {
      columns: [
        { index: 0, header: 'Phone', field: 'phone', samples: [asWritten] },
        { index: 1, header: 'Name', field: 'firstName', samples: ['Zelda of the file'] },
      ],
      sample: [{ phone, firstName: 'Zelda of the file' }],
      refused: [{ line: 3, value: `${asWritten} Zelda`, reason: 'not_a_phone' }],
    };
    await sql`
      insert into import_run (id, file_name, file_bytes, blob_key, state, preview, created_at)
      values (${file}, 'leads.csv', 1, '', 'previewed', ${JSON.stringify(preview)}, ${now})`.execute(db);
    await sql`insert into import_refusal values (${file}, 3, ${`${asWritten} Zelda`}, 'not_a_phone')`.execute(db);
    await sql`insert into import_consent values (${file}, 2, ${phone}, '{"wording": "Zelda agrees"}', 'user:1', 'Olive')`.execute(
      db,
    );
    await sql`
      insert into reassigned_check (id, state, audience, chosen, rule_version, questions, undated, asked_by, asked_at)
      values (${check}, 'asked', '{}', 'everybody', '1', 1, 0, 'Olive', ${now})`.execute(db);
    await sql`insert into reassigned_question values (${check}, ${phone}, '2026-11-01', 'reply', ${world.newUuid()})`.execute(
      db,
    );
    await sql`insert into reassigned_number values (${phone}, 'no', '2026-11-01', ${now}, '2026-11-02', ${now}, ${check})`.execute(
      db,
    );
    await sql`
      insert into reconciliation_run (id, account_id, kind, state, since, until, checkpoint, created_by, created_at, finished_at)
      values (${run}, ${account.id}, 'manual', 'cancelled', ${addMs(now, -DAY_MS)}, ${now}, '{}', 'Olive', ${now}, ${now})`.execute(
      db,
    );
    await sql`
      insert into reconciliation_diff (run_id, kind, what, gateway_id, phone, at, here, there)
      values (${run}, 'differs', 'sent', ${`MT differs ${texts}`}, ${phone}, ${now}, 'Hi Zelda', 'Hi, Zelda')`.execute(
      db,
    );
    await sql`
      insert into scrub_batch (id, state, chosen, total, started_by, created_at, finished_at)
      values (${scrub}, 'cancelled', 'everybody', 1, 'Olive', ${now}, ${now})`.execute(db);
    await sql`insert into scrub_item values (${scrub}, ${phone})`.execute(db);
    await sql`
      insert into validation_batch (id, source, state, fresh_after, total, started_by, created_at, finished_at)
      values (${validation}, 'contacts', 'cancelled', ${now}, 1, 'Olive', ${now}, ${now})`.execute(db);
    await sql`insert into validation_item values (${validation}, ${phone})`.execute(db);
    await sql`
      insert into opt_out_to_carry (id, phone, channel, actor, recorded_by, heard_at, purpose)
      values (${world.newUuid()}, ${phone}, 'staff', 'user:1', 'Zelda’s sister', ${now}, 'all')`.execute(db);
  }

  async function person(phone: string): Promise<Uuid> {
    const [id = ''] = await insertContacts(db, world, [{ phone, firstName: 'Zelda', tags: [phone.slice(-3)] }]);
    await agrees(phone);
    await isTexted(phone, id);
    await launched(phone, 'Never sent');
    await writes(phone, 'Zelda here, who is this?');
    await writes(phone, 'STOP');
    await calls(phone, id);
    await leavesTraces(phone, id);
    await isAskedAbout(phone);
    return id;
  }

  /** Every table of the database whose rows contain these words somewhere, with those rows. */
  async function rowsWith(words: string): Promise<ReadonlyMap<string, readonly object[]>> {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(
      db,
    );
    const found = new Map<string, readonly object[]>();
    for (const { name } of tables) {
      const { rows } = await sql<{ row: object }>`
        select to_jsonb(t) as row from ${sql.table(name)} t where position(${words} in t::text) > 0`.execute(db);
      if (rows.length > 0)
        found.set(
          name,
          rows.map(({ row }) => row),
        );
    }
    return found;
  }
  const tablesWith = async (words: string): Promise<readonly string[]> => [...(await rowsWith(words)).keys()];

  return { database, db, world, account, by, writes, person, rowsWith, tablesWith };
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
