import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { insertAccount, insertContacts } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { keepLocalAddress } from '../business/local-address.ts';
import { keepPublicAddress } from '../business/public-address.ts';
import { showId } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const env = { DATABASE_URL: connectionString, TEXTWRIGHT_PUBLIC_URL: 'https://texts.acme.example' };
const cli = (args: readonly string[], stdin?: string): Promise<CliRun> =>
  runCli(args, { env, ...(stdin === undefined ? {} : { stdin }) });
const world = testWorld();
const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
const secrets = secretsWithKey(world.random.bytes(32), world.random);
const { laneIds } = await insertAccount(
  db,
  { ...world, secrets },
  { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes },
);

it('what everybody agreed to is listed and exported; the effect of a validity is told, and asked for before it reaches back', async () => {
  await insertContacts(db, world, [{ phone: '+16175550123', firstName: 'Ann' }]);
  const proof = [
    '--source',
    'paper',
    '--proof',
    'document=The drawer',
    '--wording',
    'I agree.',
    '--wording-version',
    'v1',
  ];
  const old = ['--kind', 'express_written', '--at', '2024-01-01T12:00:00Z'];
  expect(await cli(['contact', 'consent', 'grant', '+16175550123', ...old, ...proof])).toMatchObject({ code: 0 });
  expect((await cli(['consent', 'list', '--state', 'written'])).out).toMatch(
    /\+16175550123 {2}Express written consent to marketing texts by a signed paper, wording v1 {2}cns_/,
  );
  expect(jsonLines(await cli(['consent', 'list', '--json']))).toMatchObject([
    { phone: '+16175550123', wording: 'I agree.' },
  ]);
  expect((await cli(['consent', 'export', '--phone', '617-555-0123'])).out.split('\r\n')).toHaveLength(3);
  expect(await cli(['consent', 'list', '--state', 'asleep'])).toMatchObject({ code: 2 });

  const wanted = ['consent', 'validity', '--express-written', '12', '--also-recorded'];
  expect((await cli([...wanted, '--dry-run'])).out).toContain('this excludes 1 contact, within minutes and for good');
  expect(await cli(wanted)).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
  expect(jsonLines(await cli(['consent', 'validity', '--json']))).toMatchObject([
    { express_written: null, changed: false },
  ]);
  expect(await cli([...wanted, '--yes'])).toMatchObject({ code: 0, err: expect.stringContaining('Saved') });
  expect(jsonLines(await cli(['consent', 'asking', '--confirm-within', '5', '--json']))).toEqual([
    { confirmWithinDays: 5, askAgainAfterDays: 30 },
  ]);
  expect(await cli(['consent', 'asking', '--confirm-within', '31'])).toMatchObject({ code: 2 });
});

it('a form is made from JSON, gives its snippet, and is closed', async () => {
  const form = {
    ...{ name: 'Website', laneId: showId('lane', laneIds[0] ?? ''), purpose: 'marketing', kind: 'express_written' },
    ...{ allowedOrigins: ['https://acme.example'], redirectUrl: null },
    wordings: [{ language: 'en', heading: 'Join', wording: 'I agree.', button: 'Go' }],
  };
  expect((await cli(['consent', 'form', 'create'], JSON.stringify(form))).out).toMatch(
    /^Website {2}open {2}version 1 {2}https:\/\/texts\.acme\.example\/f\/[\w-]{16} {2}frm_/,
  );
  expect(await cli(['consent', 'form', 'create'], '{')).toMatchObject({ code: 2 });
  expect((await cli(['consent', 'form', 'snippet', 'Website'])).out).toContain(
    '<form action="https://texts.acme.example/f/',
  );
  expect((await cli(['consent', 'form', 'close', 'Website'])).out).toContain('closed');
  expect((await cli(['consent', 'form', 'list'])).out).toContain('closed');
  expect(await cli(['consent', 'form', 'close', 'Other'])).toMatchObject({ code: 1 });
});

it('a form is where the server says that it is, unless the command knows another address', async () => {
  const snippet = async (more = {}) =>
    (await runCli(['consent', 'form', 'snippet', 'Website'], { env: { DATABASE_URL: connectionString, ...more } })).out;
  expect(await snippet({ PORT: '4001' })).toContain('<form action="http://127.0.0.1:4001/f/');
  await keepLocalAddress(db, { url: 'http://127.0.0.1:4002', machine: hostname() }, world.clock.now());
  expect(await snippet()).toContain('<form action="http://127.0.0.1:4002/f/');
  await keepPublicAddress(db, 'https://served.acme.example', world.clock.now());
  expect(await snippet()).toContain('<form action="https://served.acme.example/f/');
  expect(await snippet({ TEXTWRIGHT_PUBLIC_URL: 'https://told.acme.example' })).toContain(
    '<form action="https://told.acme.example/f/',
  );
});
