import { extractText, getDocumentProxy } from 'unpdf';
import { expect, it } from 'vitest';
import { type ChainProof, verifyProof } from '../src/evidence/chain-proof.ts';
import { digestOfAll } from '../src/evidence/read-evidence.ts';
import type { Campaign } from '../src/http/contract/campaigns.ts';
import type { ContactConsents } from '../src/http/contract/consents.ts';
import type { Contact } from '../src/http/contract/contacts.ts';
import type { Account } from '../src/http/contract/operations.ts';
import { AS_IT_IS } from './fixtures.ts';
import { runningWorld } from './running-world.ts';
import { API_KEY } from './sending-world.ts';

/** From a consent to a court: what the engine really sent, and what a STOP really did, is what the files say. All over HTTP. */
const world = await runningWorld(undefined, { startsAt: '2026-11-17T18:30:00Z', factor: 60 });
const { client, sandbox } = world;
const PHONE = '+16175550123';
const WORDS = 'I agree to offers of Acme Concrete by text. Consent is no condition of a purchase.';

const account = await client.send<Account>(
  'POST',
  '/v1/accounts',
  { kind: 'quo', name: 'Office', apiKey: API_KEY, baseUrl: sandbox.url },
  'connect',
);
const contact = await client.send<Contact>(
  'POST',
  '/v1/contacts',
  { phone: PHONE, firstName: 'Zoë', state: 'MA' },
  'zoe',
);
const consents = await client.send<ContactConsents>(
  'POST',
  `/v1/contacts/${contact.id}/consents`,
  {
    ...{ action: 'grant', purpose: 'marketing', kind: 'express_written', happenedAt: '2026-11-02T15:00:00Z' },
    evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
    wording: { text: WORDS, version: 'v7', language: 'en' },
  },
  'agreed',
);
const consentId = consents.standings[0]?.consentId;

const draft = await client.send<Campaign>(
  'POST',
  '/v1/campaigns',
  {
    name: 'Spring',
    audience: { all: true },
    variants: [
      { label: 'A', weight: 1, body: '{business_name}: still need that estimate, {first_name|there}? STOP ends' },
    ],
    laneIds: account.lanes.map(({ id }) => id),
  },
  'draft',
);
await client.send(
  'POST',
  `/v1/campaigns/${draft.id}/launch`,
  { revision: draft.revision, acknowledgement: AS_IT_IS.reason },
  'launch',
);
const sent = await world.until('texted', async () => sandbox.accepted().find(({ to }) => to === PHONE));
const said = await sandbox.personTexts({ from: PHONE, to: sent.from, text: 'Stop texting me' });
await world.until('confirmed', async () => sandbox.accepted().length === 2);

const { secret } = await client.send<{ secret: string }>(
  'POST',
  '/v1/api-keys',
  { name: 'Counsel', role: 'manager' },
  'key',
);
const file = (path: string) => fetch(world.url + path, { headers: { authorization: `Bearer ${secret}` } });
const EVIDENCE = `/v1/evidence/export?phone=${encodeURIComponent(PHONE)}`;
const REPORT = `/v1/campaigns/${draft.id}/compliance-report`;

async function textOfPdf(path: string): Promise<string> {
  const pdf = await getDocumentProxy(new Uint8Array(await (await file(path)).arrayBuffer()));
  return (await extractText(pdf, { mergePages: true })).text.replace(/\s+/g, ' ');
}

/** With nothing of the log left without its seal but that the file was asked for. */
const sealed = (path: string) =>
  world.until('sealed', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: a file as somebody without this program reads it.
    const document: any = await (await file(path)).json();
    const proof: ChainProof = document.proof;
    return proof.unsealed <= 1 && { document, proof };
  });

it('the files have the text that went out, why it was allowed, and what the STOP did', async () => {
  expect(sent.text).toBe('Acme Concrete: still need that estimate, Zoë? STOP ends');
  const { document: evidence, proof } = await sealed(`${EVIDENCE}&format=json`);
  const { document: report, proof: proofOfReport } = await sealed(REPORT);

  const text = evidence.texts.find(({ purpose }: { purpose: string }) => purpose === 'campaign');
  expect(text).toMatchObject({
    ...{ text: sent.text, gatewayMessageId: sent.id, ourNumber: sent.from, consentId },
    campaign: { id: draft.id, variant: 'A' },
    decision: {
      v: 2,
      quietHours: {
        ...{ table: report.rules.quietHours, holidays: report.rules.holidays },
        zoneGroup: 'MA|America/New_York',
      },
      eligibility: { rules: expect.arrayContaining(['opted_out', 'no_consent']) },
      consent: {
        ...{ purpose: 'marketing', kind: 'express_written', policy: 'marketing' },
        ruleVersion: report.rules.consent,
      },
      limits: { laneTexts: 0 },
    },
    attempts: [{ attempt: 1, outcome: 'accepted' }],
  });
  expect(evidence.consents.find(({ id }: { id: string }) => id === consentId)).toMatchObject({
    ...{ wording: WORDS, wordingVersion: 'v7', language: 'en', evidence: { ip: '203.0.113.7' } },
  });

  const [optOut] = evidence.optOuts;
  const latencySeconds = (Date.parse(optOut.effectiveAt) - Date.parse(optOut.saidAt)) / 1_000;
  expect(optOut).toMatchObject({
    ...{ channel: 'sms', latencySeconds, liftedAt: null },
    evidence: { text: 'Stop texting me', gatewayMessageId: said.id, classifierVersion: report.rules.optOutClassifier },
    confirmation: { text: sandbox.accepted()[1]?.text },
  });
  expect(report).toMatchObject({
    campaign: { name: 'Spring', texts: [{ variant: 'A', text: draft.variants[0]?.body }] },
    hours: {
      sent: [{ table: text.decision.quietHours.table, rule: text.decision.quietHours.rule, texts: 1, late: 0 }],
    },
    records: { texts: 1, decided: 1, rested: 1, waived: 0, suppressed: 0 },
    optOuts: { count: 1, list: [{ saidAt: optOut.saidAt, effectiveAt: optOut.effectiveAt, latencySeconds }] },
  });
  for (const { findings } of [evidence, report])
    expect(findings.slice(0, 3).map(({ holds }: { holds: boolean }) => holds)).toEqual([true, true, true]);

  for (const { digest, ...rest } of [evidence, report]) expect(digestOfAll(rest)).toBe(digest);
  for (const [chain, acts] of [
    [proof, ['consent.granted', 'number.suppressed']],
    [proofOfReport, ['campaign.launched']],
  ] as const) {
    expect(verifyProof(chain)).toMatchObject({ state: 'whole' });
    expect(chain.entries.map(({ action }) => action)).toEqual(expect.arrayContaining([...acts]));
  }

  const words = await textOfPdf(`${EVIDENCE}&format=pdf`);
  for (const shown of [
    ...[sent.text, WORDS, 'Stop texting me', `Rested on the consent ${consentId}.`, 'version v7, language en'],
    `Checked: consent for marketing texts: express written (policy marketing, rules ${report.rules.consent}).`,
    `(rules ${report.rules.quietHours}, holidays ${report.rules.holidays}); may be in MA|`,
    `${latencySeconds} seconds later`,
    `the gateway’s id ${sent.id}`,
    proof.entries.find(({ action }) => action === 'number.suppressed')?.hash ?? 'no hash',
  ])
    expect(words).toContain(shown);
  expect(await textOfPdf(`${REPORT}?format=pdf`)).toContain('Compliance report: Spring');
});
