import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SANDBOX_ACCOUNT } from '../gateways/sandbox/local-sandbox.ts';
import type { Review } from '../http/contract/campaign-review.ts';
import type { Campaign } from '../http/contract/campaigns.ts';
import type { Import } from '../http/contract/contacts.ts';
import type { DncList } from '../http/contract/dnc-lists.ts';
import type { Account } from '../http/contract/operations.ts';
import type { Clock } from '../platform/clock.ts';
import { patience } from '../platform/clock.ts';
import { type DemoClient, DemoRequestFailed } from './demo-client.ts';

/** What a new user does in the first five minutes. Every step may be repeated: a demo that was killed goes through them again. */
export const OWNER = { name: 'Dana Ortiz', email: 'owner@example.com', password: 'sandbox-demo' } as const;
/** A new number is warmed up: far below the usual 125, so that the campaign takes three business days. */
export const DEMO_DAILY_CAP = 66;

export const SAMPLE_FILE = join(import.meta.dirname, '../../samples/contacts.csv');
const ZONE = 'America/New_York';

export async function signIn(client: DemoClient): Promise<void> {
  const { needed } = await client.get<{ needed: boolean }>('/v1/setup');
  if (needed)
    await client.send('POST', '/v1/setup', { ...OWNER, businessName: 'Bay State Foundation Repair', zone: ZONE });
  else await client.send('POST', '/v1/sign-in', { email: OWNER.email, password: OWNER.password });
  await client.send('PUT', '/v1/business', {
    name: 'Bay State Foundation Repair',
    zone: ZONE,
    phone: '617-555-0100',
    email: 'help@example.com',
  });
}

export async function connectNumbers(client: DemoClient, sandboxUrl: string): Promise<Account> {
  const account = await client.send<Account>(
    'POST',
    '/v1/accounts',
    { kind: 'quo', name: 'Sandbox', apiKey: SANDBOX_ACCOUNT.apiKey, baseUrl: sandboxUrl },
    'demo-connect-account',
  );
  for (const lane of account.lanes) await client.send('PATCH', `/v1/lanes/${lane.id}`, { dailyCap: DEMO_DAILY_CAP });
  return account;
}

export async function importSample(client: DemoClient, clock: Clock): Promise<Import> {
  const { data } = await client.get<{ data: readonly Import[] }>('/v1/imports');
  const known =
    data[0] ?? (await client.upload<Import>('/v1/imports?fileName=contacts.csv', await readFile(SAMPLE_FILE)));
  if (known.state === 'uploaded') await client.send('POST', `/v1/imports/${known.id}/preview`, {});
  if (known.state !== 'completed') await commit(client, known.id);
  for (;;) {
    const current = await client.get<Import>(`/v1/imports/${known.id}`);
    if (current.state === 'completed') return current;
    if (current.state === 'failed') throw new Error(`import of the sample failed: ${current.error}`);
    await clock.sleep(patience(clock, 100));
  }
}

/** An import that was running when the demo was killed goes on by its job; asking again is then refused, which is fine. */
async function commit(client: DemoClient, id: string): Promise<void> {
  try {
    await client.send('POST', `/v1/imports/${id}/commit`, {}, `demo-commit-${id}`);
  } catch (error) {
    if (!(error instanceof DemoRequestFailed && error.status === 409)) throw error;
  }
}

/** Nobody of the sample is on it; without any list of the registry nobody is texted who has not agreed in writing. */
export async function uploadRegistry(client: DemoClient, clock: Clock): Promise<void> {
  const { data } = await client.get<{ data: readonly DncList[] }>('/v1/dnc-lists');
  const known = data.find(({ kind }) => kind === 'national');
  if (known !== undefined && known.asOf !== null) return;
  const made = { kind: 'national', name: 'National registry, made up' };
  const list = known ?? (await client.send<DncList>('POST', '/v1/dnc-lists', made, 'demo-create-registry'));
  const query = new URLSearchParams({ fileName: 'registry.txt', asOf: clock.now().toString().slice(0, 10) });
  await client.upload(`/v1/dnc-lists/${list.id}/versions?${query}`, Buffer.from('2015550100\n'));
}

const VARIANT_A =
  'Hi {first_name|there}, Dana from Bay State Foundation Repair. We have two openings for free inspections{if city} in {city}{endif} this month. Want one? Reply STOP to opt out.';
const VARIANT_B =
  'Hi {first_name|there}! Bay State Foundation Repair here. {if problem}Still dealing with that {problem}? {else}Any cracks or water in the basement? {endif}A free check takes 30 minutes. Shall I hold a slot? Reply STOP to opt out.';

export async function launchDemoCampaign(client: DemoClient, account: Account): Promise<Campaign> {
  const draft = await client.send<Campaign>(
    'POST',
    '/v1/campaigns',
    {
      name: 'Fall inspections',
      audience: { all: true },
      variants: [
        { label: 'A', weight: 1, body: VARIANT_A },
        { label: 'B', weight: 1, body: VARIANT_B },
      ],
      laneIds: account.lanes.map((lane) => lane.id),
    },
    'demo-create-campaign',
  );
  const known = await client.get<Campaign>(`/v1/campaigns/${draft.id}`);
  if (known.state !== 'draft') return known;
  const { revision } = known.consentWaiver === null ? await textWithoutConsent(client, known) : known;
  return client.send<Campaign>('POST', `/v1/campaigns/${draft.id}/launch`, { revision }, 'demo-launch-campaign');
}

/** Nobody in the sample has agreed to anything. */
async function textWithoutConsent(client: DemoClient, { id, revision }: Campaign): Promise<Campaign> {
  const { consent } = await client.get<Review>(`/v1/campaigns/${id}/review`);
  return client.send<Campaign>('PUT', `/v1/campaigns/${id}/consent-waiver`, {
    revision,
    people: consent?.people ?? 0,
    reason: 'The people of the sandbox are made up, and nothing leaves this machine',
  });
}
