import { createHmac } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../../test/test-folder.ts';
import { testWorld } from '../../test/world.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { createLog } from '../platform/log.ts';
import { seededRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { openWaitingIntake } from './intake.ts';
import { accountMemory, type KnownAccount } from './known-accounts.ts';
import { spoolIn } from './spool.ts';
import { createTally } from './tally.ts';

const KEY = Buffer.from('a key that signs webhooks').toString('base64');
const OURS = '+16175550001';
const log = createLog({ level: 'silent' });

async function world() {
  const { clock, newUuid } = testWorld();
  const folder = join(await testFolder(), 'spool');
  const secretsOf = (seed: number) => {
    const random = seededRandom(seed);
    return secretsWithKey(random.bytes(32), random);
  };
  const secrets = secretsOf(1);
  /** As a process opens it that was started with this key of the installation. */
  const memory = (seed = 1) => accountMemory({ folder, secrets: secretsOf(seed), newUuid, log });
  const account: KnownAccount = {
    id: newUuid(),
    kind: 'quo',
    environment: 'live',
    webhookSecretsSealed: [secrets.seal(KEY)],
    ownNumbers: [OURS],
  };
  return { clock, newUuid, folder, secrets, memory, account, file: join(folder, 'accounts') };
}

describe('the accounts on the disk', () => {
  it('are known to the next process, and say nothing to whoever reads the file', async () => {
    const { memory, account, file, folder } = await world();
    await memory().keep([account]);
    expect(await memory().recall()).toEqual([account]);
    expect(await readFile(file, 'utf8')).toMatch(/^v1\.[\w.-]+$/);
    expect(await readdir(folder)).toEqual(['accounts']);
  });

  it('are those that were kept last, however many are kept at once', async () => {
    const { memory, account, newUuid } = await world();
    const one = memory();
    const next = { ...account, id: newUuid() };
    await Promise.all([one.keep([account]), one.keep([]), one.keep([account, next])]);
    expect(await memory().recall()).toEqual([account, next]);
  });

  it('are none where the file is missing, damaged, or of another key', async () => {
    const { memory, account, file } = await world();
    expect(await memory().recall()).toEqual([]);
    await memory().keep([account]);
    expect(await memory(2).recall()).toEqual([]);
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, -1));
    expect(await memory().recall()).toEqual([]);
  });
});

describe('a server that has found no database at its start', () => {
  async function waiting() {
    const { clock, newUuid, folder, secrets, memory, account } = await world();
    await memory().keep([account]);
    const url = () => 'https://textwright.example';
    const services = {
      ...{ clock, newUuid, secrets, log, webhookEdge: () => quoWebhookEdge },
      ...{ publicUrl: url, localUrl: url },
    };
    const tally = createTally(clock);
    const options = { spool: spoolIn(folder), tally, perSecond: 100, refusedPerSecond: 1, memory: memory() };
    const intake = await openWaitingIntake(services, options);
    const rawBody = Buffer.from(JSON.stringify({ id: 'EV1', type: 'message.received', data: { object: {} } }));
    const post = (how: { readonly key?: string; readonly accountId?: string } = {}) => {
      const at = clock.now().epochMilliseconds;
      const key = Buffer.from(how.key ?? KEY, 'base64');
      const signature = createHmac('sha256', key).update(`${at}.`).update(rawBody).digest('base64');
      return intake.receive({
        ...{ kind: 'quo', accountId: how.accountId ?? account.id, sandboxOnly: false, query: '', source: '192.0.2.1' },
        ...{ rawBody, headers: { 'openphone-signature': `hmac;1;${at};${signature}` } },
      });
    };
    const spooled = async () => {
      const { list, read } = spoolIn(folder);
      return (await Promise.all((await list()).map(read))).flat();
    };
    return { post, spooled, account, newUuid, tally };
  }
  const away = (words: string) => ({ ok: false, error: { kind: 'away', message: expect.stringContaining(words) } });

  it('keeps what an account of before has signed, and asks for it again', async () => {
    const { post, spooled, account } = await waiting();
    expect(await post()).toMatchObject(away('kept on the disk'));
    expect(await post({ accountId: 'only' })).toMatchObject(away('kept on the disk'));
    expect(await spooled()).toMatchObject([{ eventId: 'EV1', accountId: account.id, source: 'spool' }, {}]);
  });

  it('writes nothing down for anybody else, and tells nobody that he is wrong, for he may not be', async () => {
    const { post, spooled, newUuid, tally } = await waiting();
    expect(await post({ key: Buffer.from('another').toString('base64') })).toMatchObject(away('nobody can say'));
    expect(await post({ accountId: newUuid() })).toMatchObject(away('nobody can say'));
    for (let strangers = 2; strangers < 10; strangers += 1) await post({ accountId: newUuid() });
    expect(await post({ accountId: newUuid() })).toMatchObject({ error: { kind: 'too_many' } });
    expect(await post()).toMatchObject(away('kept on the disk'));
    expect(await spooled()).toHaveLength(1);
    expect(tally.take().map(({ outcome, count }) => `${outcome} ${count}`)).toEqual([
      'signature_wrong 1',
      'unknown_account 9',
      'too_many 1',
      'away 1',
    ]);
  });
});
