import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testFolder } from '../../test/test-folder.ts';
import { testWorld } from '../../test/world.ts';
import { listAlertRows } from '../alerts/alert-store.ts';
import type { Gateway, GatewayWebhooks } from '../gateways/gateway.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { type Sandbox, startSandbox } from '../gateways/sandbox/sandbox.ts';
import { signerOf } from '../gateways/webhook-signer.ts';
import type { ManualClock } from '../platform/clock.ts';
import { parseConfig } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { createLog, type Log } from '../platform/log.ts';
import type { Outcome } from '../platform/refusal.ts';
import { err } from '../platform/result.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { openIntake } from './intake.ts';
import {
  inspectWebhooks,
  lookDaily,
  type ManageDeps,
  repairWebhooks,
  retireKeys,
  retireOverdue,
  rotateKeys,
  showWebhooks,
} from './manage-webhooks.ts';
import { spoolIn } from './spool.ts';
import { createTally } from './tally.ts';

const KEY = 'key-of-the-sandbox';
const OUR_NUMBER = '+16175550100';
const BY = { actor: 'user:olivia' };
const FAMILIES = ['messages', 'calls', 'call-summaries', 'call-transcripts'];

let database: Database;
let sandbox: Sandbox;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => sandbox.close());

async function world() {
  const { clock, random, newUuid } = testWorld();
  sandbox = await startSandbox({
    clock,
    seed: 1,
    accounts: [{ apiKey: KEY, numbers: [{ id: 'PN1', phone: OUR_NUMBER, name: 'Main' }] }],
    people: { replyShare: 0 },
    faults: {},
    limits: { requestsPerSecond: Number.POSITIVE_INFINITY },
  });
  const secrets = secretsWithKey(random.bytes(32), random);
  const at = { publicUrl: 'https://texts.example.com', localUrl: 'http://127.0.0.1:7080' };
  const gateway: Gateway = quoGateway({ baseUrl: sandbox.url, apiKey: KEY, clock, random, requestTimeoutMs: 5_000 });
  const outside: { webhooks: GatewayWebhooks } = { webhooks: gateway.webhooks };
  const deps: ManageDeps & { readonly database: Database; readonly clock: ManualClock; readonly log: Log } = {
    log: createLog({ level: 'silent' }),
    clock,
    newUuid,
    secrets,
    database,
    db: database.db,
    openGateway: () => ({ ...gateway, webhooks: outside.webhooks }),
    publicUrl: () => at.publicUrl,
    localUrl: () => at.localUrl,
    jobs: { enqueue: async () => {} },
    config: parseConfig({}, '/nowhere'),
  };
  const account = await insertAccount(database.db, deps, {
    baseUrl: sandbox.url,
    apiKey: KEY,
    lanes: [{ gatewayRef: 'PN1', phone: OUR_NUMBER }],
  });
  const input = { ...BY, id: account.id };
  const repair = async () => granted(await repairWebhooks(deps, { ...input, generation: 'proven' }));
  const secretOf = async (part: string): Promise<string> => {
    const answer = await gateway.webhooks.list();
    const found = answer.ok ? answer.value.find((one) => one.part === part) : undefined;
    if (found?.secret === undefined) throw new Error(`no key for ${part}`);
    return found.secret;
  };
  return { ...deps, deps, at, gateway, outside, account, input, repair, secretOf };
}

function granted<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.error.message);
}

const kindsOf = (outcome: Outcome<Awaited<ReturnType<typeof showWebhooks>> extends Outcome<infer R> ? R : never>) =>
  granted(outcome).look?.findings.map(({ kind }) => kind);

const openAlerts = async () =>
  (await listAlertRows(database.db, { state: 'open', after: undefined, limit: 10 })).map(
    ({ kind, headline, severity }) => ({ kind, headline, severity }),
  );

async function intakeOf({ deps, account }: Awaited<ReturnType<typeof world>>) {
  const folder = join(await testFolder(), 'spool');
  const log = createLog({ level: 'silent' });
  const intake = openIntake(
    { ...deps, database, log, webhookEdge: () => quoWebhookEdge },
    { spool: spoolIn(folder), perSecond: 1_000, tally: createTally(deps.clock) },
  );
  const target = { kind: 'quo', accountId: account.id, sandboxOnly: false, query: '', source: '192.0.2.1' } as const;
  let posted = 0;
  const post = (secret: string) => {
    posted += 1;
    const rawBody = Buffer.from(
      JSON.stringify({ id: `EV${posted}`, type: 'task.created', data: { object: { id: `TK${posted}` } } }),
    );
    const at = deps.clock.now().epochMilliseconds;
    const signature = createHmac('sha256', Buffer.from(secret, 'base64')).update(`${at}.`).update(rawBody);
    const headers = { 'openphone-signature': `hmac;1;${at};${signature.digest('base64')}` };
    return intake.receive({ ...target, rawBody, headers });
  };
  return { post, posted: () => posted };
}

describe('the webhooks of an account', () => {
  it('are missing at first, which is told until they are made', async () => {
    const { deps, account, repair } = await world();
    expect(granted(await showWebhooks(deps, account.id)).look).toBeUndefined();
    expect(kindsOf(await inspectWebhooks(deps, account.id))).toEqual(FAMILIES.map(() => 'missing'));
    expect(await openAlerts()).toEqual([
      { kind: 'webhook_registration', severity: 'error', headline: 'Test: events do not all arrive here' },
    ]);
    const report = await repair();
    expect(report.look?.findings).toEqual([]);
    expect(report.keys.map(({ part }) => part).sort()).toEqual([...FAMILIES].sort());
    expect(await openAlerts()).toEqual([]);
    const { rows } = await sql`select 1 from audit_entry where action = 'webhooks.repaired'`.execute(database.db);
    expect(rows.length).toBeGreaterThan(0);
  });

  it('are looked at once a day, and not again before', async () => {
    const { deps, clock, repair, gateway } = await world();
    await repair();
    const listed = await gateway.webhooks.list();
    if (listed.ok && listed.value[0] !== undefined) await gateway.webhooks.remove(listed.value[0]);
    const requests = sandbox.requests();
    await lookDaily(deps);
    expect(sandbox.requests()).toBe(requests);
    await clock.advance(25 * HOUR_MS);
    await lookDaily(deps);
    expect(await openAlerts()).toMatchObject([{ kind: 'webhook_registration' }]);
  });

  it('follow the server to another address', async () => {
    const { deps, at, account, repair, gateway } = await world();
    await repair();
    at.localUrl = 'http://127.0.0.1:7999';
    expect(kindsOf(await inspectWebhooks(deps, account.id))).toEqual(FAMILIES.map(() => 'elsewhere'));
    expect((await repair()).look?.findings).toEqual([]);
    const listed = await gateway.webhooks.list();
    expect(listed.ok && listed.value.map(({ url }) => new URL(url).port)).toEqual(['7999', '7999', '7999', '7999']);
  });

  it('of other programs are neither told of nor touched', async () => {
    const { deps, account, repair, gateway } = await world();
    await gateway.webhooks.create({ part: 'messages', url: 'http://127.0.0.1:9/zapier' });
    await repair();
    await repair();
    expect(kindsOf(await inspectWebhooks(deps, account.id))).toEqual([]);
    const listed = await gateway.webhooks.list();
    expect(listed.ok && listed.value.map(({ url }) => url).filter((url) => url.endsWith('/zapier'))).toHaveLength(1);
  });

  it('that somebody makes a second time are told of, and removed', async () => {
    const { deps, account, repair, gateway } = await world();
    const { url } = await repair();
    await gateway.webhooks.create({ part: 'calls', url });
    expect(kindsOf(await inspectWebhooks(deps, account.id))).toEqual(['unknown_key']);
    await repair();
    const listed = await gateway.webhooks.list();
    expect(listed.ok && listed.value.length).toBe(4);
  });

  it('move to the newest generation, whose one webhook takes the place of the four', async () => {
    const { deps, input, repair, gateway } = await world();
    await repair();
    const moved = granted(await repairWebhooks(deps, { ...input, generation: 'newest' }));
    expect(moved.look?.findings).toEqual([]);
    const listed = await gateway.webhooks.list();
    expect(listed.ok && listed.value.map(({ part }) => part)).toEqual(['all']);
    expect(moved.keys.filter(({ retireAt }) => retireAt === null).map(({ part }) => part)).toEqual(['all']);
    // Mended as before, it stays there; and its key changes without another webhook.
    expect((await repair()).look?.findings).toEqual([]);
    granted(await rotateKeys(deps, input));
    const after = await gateway.webhooks.list();
    expect(after.ok && after.value.map(({ ref }) => ref)).toEqual(listed.ok && listed.value.map(({ ref }) => ref));
  });

  it('are not asked about where the gateway does not answer, and nobody is alarmed by that', async () => {
    const { deps, account, repair } = await world();
    await repair();
    await sandbox.close();
    const outcome = await inspectWebhooks(deps, account.id);
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
    expect(granted(await showWebhooks(deps, account.id)).look).toMatchObject({
      findings: [],
      problem: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await openAlerts()).toEqual([]);
  });
});

describe('other keys for the webhooks', () => {
  it('refuse none of a constant stream of events, signed with old keys and with new ones before these are known', async () => {
    const here = await world();
    const { deps, clock, outside, gateway, input, repair, secretOf } = here;
    await repair();
    const { post, posted } = await intakeOf(here);
    const old = await Promise.all(FAMILIES.map(secretOf));
    const answers: ReturnType<typeof post>[] = [];
    outside.webhooks = {
      ...gateway.webhooks,
      async rotate(registration, url) {
        answers.push(...old.map(post));
        const made = await gateway.webhooks.rotate(registration, url);
        // Before the gateway's answer has even arrived.
        if (made.ok && made.value.secret !== undefined) answers.push(post(made.value.secret));
        answers.push(...old.map(post));
        return made;
      },
    };
    const report = granted(await rotateKeys(deps, input));
    answers.push(...old.map(post), ...(await Promise.all(FAMILIES.map(secretOf))).map(post));
    for (let step = 0; step < 8; step += 1) await clock.advance(250);
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ ok: true });
    const { rows } = await sql<{ n: number; signers: number }>`
      select count(*) as n, count(distinct signed_by) as signers from gateway_event`.execute(database.db);
    expect(rows).toEqual([{ n: posted(), signers: 8 }]);
    expect(report.keys).toHaveLength(8);
    expect((await Promise.all(FAMILIES.map(secretOf))).filter((secret) => old.includes(secret))).toEqual([]);
  });

  it('are given by one at a time, once nothing is to be repaired', async () => {
    const { deps, input, repair, outside, gateway } = await world();
    expect(await rotateKeys(deps, input)).toMatchObject({ ok: false, error: { state: 'broken', allowed: ['repair'] } });
    await repair();
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    outside.webhooks = {
      ...gateway.webhooks,
      async rotate(registration, url) {
        begun.resolve();
        await goOn.promise;
        return gateway.webhooks.rotate(registration, url);
      },
    };
    const first = rotateKeys(deps, input);
    await begun.promise;
    expect(await rotateKeys(deps, input)).toMatchObject({ error: { kind: 'conflict', state: 'changing' } });
    goOn.resolve();
    expect((await first).ok).toBe(true);
    expect((await rotateKeys(deps, input)).ok).toBe(true);
  });

  it('that a process made and died before it kept them are found, told of, and replaced', async () => {
    const { deps, clock, outside, gateway, input, repair } = await world();
    await repair();
    granted(await repairWebhooks(deps, { ...input, generation: 'newest' }));
    const dead = new Promise<never>(() => {});
    const begun = Promise.withResolvers<void>();
    outside.webhooks = {
      ...gateway.webhooks,
      async rotate(registration, url) {
        await gateway.webhooks.rotate(registration, url);
        begun.resolve();
        return dead;
      },
    };
    void rotateKeys(deps, input);
    await begun.promise;
    await clock.advance(4 * MINUTE_MS);
    await lookDaily(deps);
    expect(await openAlerts()).toMatchObject([{ kind: 'webhook_registration' }]);
    const requests = sandbox.requests();
    await lookDaily(deps);
    expect(sandbox.requests()).toBe(requests);
    expect(await rotateKeys(deps, input)).toMatchObject({ error: { state: 'broken', allowed: ['repair'] } });
    outside.webhooks = { ...gateway.webhooks, rotate: async () => err({ kind: 'refused', message: 'not now' }) };
    expect(await repairWebhooks(deps, input)).toMatchObject({ ok: false });
    expect(kindsOf(await inspectWebhooks(deps, input.id))).toEqual(['unknown_key']);
    const made: (string | undefined)[] = [];
    outside.webhooks = {
      ...gateway.webhooks,
      async rotate(registration, url) {
        const key = await gateway.webhooks.rotate(registration, url);
        made.push(key.ok ? key.value.secret : undefined);
        return key;
      },
    };
    const repaired = granted(await repairWebhooks(deps, input));
    expect(repaired.look?.findings).toEqual([]);
    expect(made.map((secret) => signerOf(secret ?? ''))).toEqual(
      repaired.keys.filter(({ retireAt, part }) => retireAt === null && part === 'all').map(({ signer }) => signer),
    );
    expect(await openAlerts()).toEqual([]);
  });

  it('whose making the gateway has not confirmed are told of at once, in doubt until a repair has made others', async () => {
    const { deps, clock, outside, gateway, input, repair } = await world();
    await repair();
    granted(await repairWebhooks(deps, { ...input, generation: 'newest' }));
    const made: string[] = [];
    const rotate: GatewayWebhooks['rotate'] = async (registration, url) => {
      const key = await gateway.webhooks.rotate(registration, url);
      if (key.ok && key.value.secret !== undefined) made.push(key.value.secret);
      return key;
    };
    const lost = err({ kind: 'unavailable', message: 'no answer in time', mayBeDone: true } as const);
    outside.webhooks = { ...gateway.webhooks, rotate: (...asked) => rotate(...asked).then(() => lost) };
    expect(await rotateKeys(deps, input)).toMatchObject({
      error: { kind: 'unavailable', message: expect.stringContaining('Repair the webhooks of "Test"') },
    });
    const told = granted(await showWebhooks(deps, input.id));
    expect(told).toMatchObject({ inDoubtSince: clock.now(), look: { findings: [{ kind: 'unknown_key' }] } });
    expect(told.look?.findings[0]?.sentence).toContain('how it ended is not known');
    expect(await openAlerts()).toMatchObject([{ kind: 'webhook_registration', severity: 'error' }]);
    const signing = ({ keys }: typeof told) => keys.flatMap((key) => (key.retireAt === null ? [key.signer] : []));
    expect(signing(told)).not.toContain(signerOf(made[0] ?? ''));

    outside.webhooks = { ...gateway.webhooks, rotate };
    const repaired = granted(await repairWebhooks(deps, input));
    expect(repaired).toMatchObject({ inDoubtSince: null, look: { findings: [] } });
    expect(await openAlerts()).toEqual([]);
    expect(signing(repaired)).toEqual([signerOf(made[1] ?? '')]);
    const { rows } = await sql`select detail from audit_entry where action = 'webhooks.keys_rotated'`.execute(
      database.db,
    );
    expect(rows).toEqual([{ detail: { keys: 0, inDoubt: true } }]);
  });

  it('are in doubt, and told to be, also while the gateway cannot be looked at', async () => {
    const { deps, outside, gateway, input, repair } = await world();
    await repair();
    granted(await repairWebhooks(deps, { ...input, generation: 'newest' }));
    const lost = err({ kind: 'unavailable', message: 'no answer in time', mayBeDone: true } as const);
    outside.webhooks = {
      ...gateway.webhooks,
      async rotate() {
        outside.webhooks = { ...gateway.webhooks, list: async () => lost };
        return lost;
      },
    };
    expect(await rotateKeys(deps, input)).toMatchObject({ error: { kind: 'unavailable' } });
    expect(granted(await showWebhooks(deps, input.id)).inDoubtSince).not.toBeNull();
    expect(await openAlerts()).toMatchObject([{ kind: 'webhook_registration' }]);
  });

  it('are in no doubt where nothing was made, or where the list of the gateway tells them', async () => {
    const { deps, outside, gateway, input, repair } = await world();
    await repair();
    const { rotate } = gateway.webhooks;
    const answers = [{ mayBeDone: true } as const, {}];
    for (const mayBeDone of answers) {
      const refused = err({ kind: 'unavailable', message: 'no answer', ...mayBeDone } as const);
      outside.webhooks = { ...gateway.webhooks, rotate: async () => refused };
      expect((await rotateKeys(deps, input)).ok).toBe(false);
      expect(granted(await showWebhooks(deps, input.id))).toMatchObject({ inDoubtSince: null, look: { findings: [] } });
    }
    outside.webhooks = { ...gateway.webhooks, rotate };
    granted(await rotateKeys(deps, input));
    expect(await openAlerts()).toEqual([]);
  });

  it('end the old ones by hand only where a new one has been seen to sign', async () => {
    const here = await world();
    const { deps, input, repair, secretOf, clock } = here;
    await repair();
    const { post } = await intakeOf(here);
    const [oldMessages = '', oldCalls = ''] = await Promise.all(['messages', 'calls'].map(secretOf));
    granted(await rotateKeys(deps, input));
    await post(oldMessages);
    expect(await retireKeys(deps, input)).toMatchObject({ ok: false, error: { state: 'unproven' } });
    await clock.advance(2 * SECOND_MS);
    expect(await post(await secretOf('messages'))).toMatchObject({ ok: true });
    const retired = granted(await retireKeys(deps, input));
    expect(retired.keys.filter(({ retireAt }) => retireAt !== null).map(({ part }) => part)).not.toContain('messages');
    expect(retired.keys).toHaveLength(7);
    await clock.advance(31 * SECOND_MS);
    expect(await post(oldMessages)).toMatchObject({ ok: false, error: { reason: 'signature_wrong' } });
    expect(await post(oldCalls)).toMatchObject({ ok: true });
  });

  it('end the old ones after 28 hours, when no attempt of the gateway can come any more', async () => {
    const here = await world();
    const { deps, input, repair, secretOf, clock } = here;
    await repair();
    const { post } = await intakeOf(here);
    const old = await secretOf('messages');
    const begun = clock.now();
    granted(await rotateKeys(deps, input));
    await clock.set(addMs(begun, 28 * HOUR_MS - SECOND_MS));
    await retireOverdue(deps);
    expect(await post(old)).toMatchObject({ ok: true });
    await clock.advance(2 * SECOND_MS);
    await retireOverdue(deps);
    await clock.advance(31 * SECOND_MS);
    expect(await post(old)).toMatchObject({ ok: false });
    expect(granted(await showWebhooks(deps, input.id)).keys).toHaveLength(4);
  });
});

describe('another installation', () => {
  it('knows nothing of an account', async () => {
    const { deps } = await world();
    const id = '00000000-0000-7000-8000-00000000000f' as Uuid;
    expect(await inspectWebhooks(deps, id)).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });
});
