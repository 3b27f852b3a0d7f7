import { sql } from 'kysely';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { FAKE_KEYS, fakeNumverify } from '../../test/fake-validators.ts';
import { importWorld } from '../../test/import-world.ts';
import { previewAudience } from '../audiences/preview-audience.ts';
import type { ConsentToRecord } from '../compliance/append-consent.ts';
import { consentStanding } from '../compliance/consent.ts';
import { askedConsent, DEFAULT_CONSENT_POLICY } from '../compliance/consent-policy.ts';
import { listConsentEvents, readConsentFacts } from '../compliance/consent-store.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { parseConfig } from '../platform/config.ts';
import { runTx } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { instant } from '../platform/time.ts';
import { listBatches } from '../validation/batch-store.ts';
import { resumeBatches } from '../validation/validation-jobs.ts';
import {
  DEFAULT_VALIDATION_SETTINGS,
  type ImportMode,
  type ValidationSettings,
} from '../validation/validation-settings.ts';
import { putValidationSettings } from '../validation/validation-settings-store.ts';
import { commitImport, previewImport } from './import-contacts.ts';
import { getImportRun } from './import-run-store.ts';
import { recordImportedConsents } from './record-imported-consents.ts';

const { deps, db, clock, random, file, newRun, requestFor, commit, stored } = await importWorld();

const use = (importMode: ImportMode, change: Partial<ValidationSettings> = {}): Promise<void> =>
  runTx(db, (tx) => putValidationSettings(tx, { ...DEFAULT_VALIDATION_SETTINGS, importMode, ...change }, clock.now()));

describe('the numbers of an import', () => {
  const batches = () => listBatches(db, { importId: undefined, after: undefined, limit: 10 });
  beforeEach(() => sql`truncate validation_batch, setting cascade`.execute(db));

  it.each([
    ['mandatory', false, 1],
    ['optional', false, 0],
    ['optional', true, 1],
    ['off', true, 0],
  ] as const)('are validated when that is %s and the importer says %s: %i', async (mode, validate, count) => {
    await use(mode);
    await commit({ ...file('Phone', '6175550123'), validate });
    expect(await batches()).toHaveLength(count);
  });

  it('are validated with those of contacts that were there, each once, and only when the import is kept', async () => {
    await commit(file('Phone,First Name', '6175550123,Ana', '6175550199,Not in the second file'));
    await use('mandatory');
    await commit(file('Phone,First Name', '6175550123,Ana', '(617) 555-0123,Ana', '6175550124,Kim', 'garbage,'));
    const importId = (await stored()).find(({ phone }) => phone === '+16175550124')?.['importId'];
    expect(await batches()).toMatchObject([
      { source: 'import', importId, state: 'open', total: 2, startedBy: 'user:1' },
    ]);
    const failed = await commitImport(deps, requestFor(await newRun(), file('Name', 'Kim')));
    expect(failed.ok).toBe(false);
    expect(await batches()).toHaveLength(1);
  });
});

describe('an import whose numbers must be validated while the service is down', () => {
  it('goes on: its people are there, unverified, and are texted or not as the policy says', async () => {
    onTestFinished(() => use('off'));
    const fake = await fakeNumverify();
    const secrets = secretsWithKey(random.bytes(32), random);
    const config = parseConfig({ NUMVERIFY_URL: fake.url }, '/');
    const services = { ...deps, secrets, config, log: createLog({ level: 'silent' }) };
    const numverify = { keySealed: secrets.seal(FAKE_KEYS.numverify), monthlyQuota: 100, requestsPerSecond: 100 };
    const { excludes, validators } = DEFAULT_VALIDATION_SETTINGS;
    const useWhile = (unverified: boolean): Promise<void> =>
      use('mandatory', { excludes: { ...excludes, unverified }, validators: { ...validators, numverify } });
    const textable = async () => {
      const { matched, textable: people, excluded } = await previewAudience(db, { all: true }, clock.now());
      return { matched, people, excluded: excluded.map(({ reason, count }) => [reason, count]) };
    };
    fake.trouble = { kind: 'cut' };
    await useWhile(false);
    expect(await commit(file('Phone', '6175550123', '6175550124'))).toMatchObject({ created: 2, refused: 0 });
    await resumeBatches(services, new AbortController().signal);
    expect(await listBatches(db, { importId: undefined, after: undefined, limit: 10 })).toMatchObject([
      { source: 'import', state: 'open', total: 2, wait: { kind: 'down' } },
    ]);
    expect(await textable()).toEqual({ matched: 2, people: 2, excluded: [] });
    await useWhile(true);
    expect(await textable()).toEqual({ matched: 2, people: 0, excluded: [['number_unverified', 2]] });

    fake.trouble = undefined;
    await clock.advance(5_000);
    await resumeBatches(services, new AbortController().signal);
    expect(await textable()).toEqual({ matched: 2, people: 2, excluded: [] });
  });
});

describe('consents of a file', () => {
  const [PROVEN, TICKED, STOPPED, FUTURE, SAYS_NO] = ['1', '2', '3', '4', '5'].map((n) => `+1617555070${n}`);
  const consents = file(
    'Phone,Consent,Consent source,Consent text,Consent date,Opt-in page,Opt-in IP,Consent version',
    `${PROVEN},PEWC,Web form,"I agree, not a condition of purchase.",2026-05-03 14:30,https://acme.example/join,203.0.113.7,v3`,
    `${TICKED},yes,,,,,,`,
    `${STOPPED},written,Web form,I agree.,2026-11-01,,,`,
    `${FUTURE},written,Web form,I agree.,2031-01-01,,,`,
    `${SAYS_NO},no,Web form,I agree.,2026-05-03,,,`,
  );
  const standings = async () => {
    const { rows } = await sql<{ phone: string; state: string }>`
      select phone, state from consent where purpose = 'marketing' and phone like '+1617555070_'`.execute(db);
    return Object.fromEntries(rows.map(({ phone, state }) => [phone, state]));
  };

  const signsForm = (phone: string): Promise<unknown> => {
    const grant: ConsentToRecord = {
      action: 'grant',
      phone,
      purpose: 'marketing',
      kind: 'express_written',
      evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '192.0.2.7' },
      wording: { text: 'I agree.', version: '1', language: 'en' },
      needsConfirmation: false,
      validUntil: null,
      occurredAt: clock.now(),
      by: { actor: 'contact', name: 'The person' },
    };
    return runTx(db, (tx) => recordConsent(tx, deps, grant));
  };

  it('are events with the file and the row, and cannot undo an opt-out', async () => {
    await runTx(db, (tx) =>
      suppressNumber(tx, deps, {
        phone: STOPPED ?? '',
        reason: 'opt_out',
        channel: 'sms',
        evidence: { text: 'STOP' },
        actor: 'contact',
        saidAt: instant('2026-10-01T12:00:00Z'),
      }),
    );
    const preview = await previewImport(deps, consents);
    expect(preview.ok && preview.value.warnings).toEqual([
      '1 row with a consent does not say when, how and to which words the person agreed: that is no proof, and marketing does not rest on it',
    ]);
    const done = await commitImport(deps, requestFor(await newRun(), consents));
    expect(done.ok).toBe(true);
    expect(await standings()).toEqual({
      [PROVEN ?? '']: 'written',
      [TICKED ?? '']: 'imported_unverified',
      [STOPPED ?? '']: 'opted_out',
      [FUTURE ?? '']: 'imported_unverified',
    });
    const [event] = await listConsentEvents(db, { phone: PROVEN ?? '', after: undefined, limit: 5 });
    expect(event).toMatchObject({
      kind: 'express_written',
      source: 'import',
      documented: true,
      wording: 'I agree, not a condition of purchase.',
      wordingVersion: 'v3',
      evidence: {
        file: 'contacts.csv',
        row: 2,
        method: 'Web form',
        formUrl: 'https://acme.example/join',
        ip: '203.0.113.7',
      },
      occurredAt: instant('2026-05-03T14:30:00Z'),
    });
  });

  it('are none in a row that says no, says nothing or says what nobody understands, and a refusal opts out', async () => {
    const cells = ['Written', 'No written consent', 'not signed', '', 'maybe', 'written consent revoked', 'Opted out'];
    const phones = cells.map((_, n) => `+1617555072${n}`);
    const twice = '+16175550729';
    const own = phones[6] ?? '';
    await signsForm(own);
    const row = (phone: string | undefined, cell: string) =>
      `${phone},${cell},Web form,I agree to get texts,2026-05-03`;
    const list = file(
      'Phone,Consent,Consent source,Consent text,Consent date',
      ...cells.map((cell, n) => row(phones[n], cell)),
      row(twice, 'Written'),
      row(twice, 'No'),
    );
    const readings = { agreed: 2, unproven: 0, unclear: 1, notGiven: 3, refused: 2, silent: 1 };
    const preview = await previewImport(deps, list);
    expect(preview.ok && preview.value.consents).toMatchObject({
      ...readings,
      cells: expect.arrayContaining([
        { said: 'Opted out', reading: 'refused', rows: 1 },
        { said: 'Written', reading: 'agreed', rows: 2 },
      ]),
    });
    expect(preview.ok && preview.value.warnings).toContain(
      '2 rows say that the person asked to be left alone, which the import records as an opt-out',
    );
    const run = await newRun();
    expect(await commitImport(deps, requestFor(run, list))).toMatchObject({ value: { consents: readings } });
    expect(await getImportRun(db, run)).toMatchObject({ consentReadings: readings });
    const asked = askedConsent(DEFAULT_CONSENT_POLICY, { now: clock.now(), waived: false });
    const reached = await previewAudience(db, { all: true }, clock.now(), asked);
    expect(reached).toMatchObject({ matched: 8, textable: 1 });
    expect(reached.sample.map(({ phone }) => phone)).toEqual([phones[0]]);
    const { rows } = await sql<{ phone: string; evidence: object }>`
      select phone, evidence from suppression where channel = 'import' and lifted_at is null order by phone`.execute(
      db,
    );
    expect(rows).toEqual([
      { phone: phones[5], evidence: { file: 'contacts.csv', row: 7, said: 'written consent revoked', by: 'Kim' } },
      { phone: own, evidence: { file: 'contacts.csv', row: 8, said: 'Opted out', by: 'Kim' } },
    ]);
  });

  it('end with a column of those who opted out, also in a file that tells of no consent', async () => {
    const phone = '+16175550741';
    const list = file('Phone,Opted Out', `${phone},TRUE`, '6175550742,FALSE', '6175550743,');
    const preview = await previewImport(deps, list);
    expect(preview.ok && preview.value.consents).toMatchObject({ refused: 1, silent: 2, agreed: 0 });
    await commit(list);
    const { rows } = await sql`select phone, evidence from suppression where channel = 'import'`.execute(db);
    expect(rows).toEqual([{ phone, evidence: { file: 'contacts.csv', row: 2, said: 'TRUE', by: 'Kim' } }]);
  });

  it('of an earlier file end by a later one that says no; one that the person gave themselves does not', async () => {
    const [told, own] = ['+16175550731', '+16175550732'] as const;
    await signsForm(own);
    const rows = (cell: string) =>
      file(
        'Phone,Consent,Consent source,Consent text,Consent date',
        ...[told, own].map((phone) => `${phone},${cell},Web form,I agree,2026-05-03`),
      );
    await commit(rows('Written'));
    await clock.advance(1_000);
    await commit(rows('No'));
    const standing = async (phone: string) => consentStanding(await readConsentFacts(db, phone), 'marketing').state;
    expect([await standing(told), await standing(own)]).toEqual(['opted_out', 'written']);
  });

  it('are recorded after a kill between the import and its end, each once', async () => {
    const id = await newRun();
    const later = ['6', '7'].map((n) => `+1617555070${n}`);
    await sql`
      insert into import_consent (import_id, line, phone, consent, actor, recorded_by)
      select ${id}::uuid, n, phone, ${JSON.stringify({ reading: 'agreed', said: 'PEWC', purpose: 'marketing', kind: 'express_written', method: 'Web form', wording: 'I agree.', givenAt: '2026-05-03T00:00:00Z' })},
        'user:1', 'Kim' from unnest(${later}::text[]) with ordinality as x (phone, n)`.execute(db);
    await Promise.all([recordImportedConsents(deps), recordImportedConsents(deps)]);
    await recordImportedConsents(deps);
    for (const phone of later)
      expect(await listConsentEvents(db, { phone, after: undefined, limit: 5 })).toHaveLength(1);
    expect((await sql`select 1 from import_consent`.execute(db)).rows).toEqual([]);
  });
});
