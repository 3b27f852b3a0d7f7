import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../src/platform/time.ts';
import { RETRY_QUEUE } from '../src/webhooks/apply-event.ts';
import { browserOf, shotOf, violationsOf } from './browser-page.ts';
import { findChromium } from './chromium.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { API_KEY, NUMBERS } from './sending-world.ts';
import { testDatabase } from './test-database.ts';

/** Events on their whole way from a gateway to the pages of Operations, in a real Chromium. */
const chromiumPath = findChromium();
const [{ phone: OFFICE }] = NUMBERS;
const ANN = '+16175550123';
const BEN = '+16175550124';
const CLEO = '+16175550125';

const database = await testDatabase();
const { db } = database;
let world: RunningWorld;
let browser: Browser;
let page: Page;

const open = async (path: string): Promise<void> => {
  await page.goto(`${world.url}${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
};
const says = (from: string, text: string) => world.sandbox.personTexts({ from, to: OFFICE, text });
const shown = (phone: string): string => `(617) 555-${phone.slice(-4)}`;
const rowOf = (phone: string) =>
  page
    .getByRole('grid')
    .getByRole('row')
    .filter({ hasText: shown(phone) });

describe.skipIf(chromiumPath === undefined)('webhooks in a browser', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    world = await runningWorld(database, { factor: 1 });
    const account = { kind: 'quo', name: 'Office', apiKey: API_KEY, baseUrl: world.sandbox.url };
    await world.client.send('POST', '/v1/accounts', account, 'connect');
    ({ browser, page } = await browserOf(chromiumPath, world.url, OWNER));
  });
  afterAll(() => browser?.close());

  it('shows an event as it comes in, on the page that is open', async () => {
    await open('/operations/events');
    await says(ANN, 'Is the crew coming today?');
    await rowOf(ANN).waitFor();
    // A reload would forget this.
    await page.evaluate(() => Object.assign(globalThis, { stays: true }));
    await says(BEN, 'And to me?');
    await rowOf(BEN).waitFor();
    await rowOf(BEN).getByText('Applied').waitFor();
    expect(await page.evaluate(() => 'stays' in globalThis)).toBe(true);
    await shotOf(page, 'events-live');
  });

  it('says within what time silence is suspicious, at this hour and at others', async () => {
    // 500 events an hour at ten and eleven, 20 in the other hours.
    await sql`
      insert into event_hour (account_id, hour, events)
      select a.id, h.hour, case when extract(hour from h.hour at time zone 'UTC') in (15, 16) then 500 else 20 end
      from gateway_account a, generate_series('2026-09-22T00:00:00Z'::timestamptz, '2026-11-17T14:00:00Z', interval '1 hour') as h (hour)
      on conflict (account_id, hour) do update set events = excluded.events`.execute(db);
    await open('/operations/health');
    await page.getByText(/^suspicious after 3\smin now, 56\smin from 12:00 EST$/).waitFor();
    await page.getByText(/^suspicious when 20 texts in a row have none after 1\smin$/).waitFor();
    await shotOf(page, 'health-limits');
    expect.soft(await violationsOf(page)).toEqual([]);
  });

  it('replays what has failed: says how many first, shows how far it is, and it is applied', async () => {
    await sql`
      create function poisoned() returns trigger language plpgsql as $$ begin raise exception 'nobody can record this'; end $$`.execute(
      db,
    );
    await sql`
      create trigger poisoned before insert on message for each row when (new.body like 'Poison%') execute function poisoned()`.execute(
      db,
    );
    for (const phone of [ANN, BEN, CLEO]) await says(phone, `Poison of ${phone}`);
    await world.until('they rest as failed', async () => {
      await sql`update pgboss.job set start_after = now() where name = ${RETRY_QUEUE} and state in ('created', 'retry')`.execute(
        db,
      );
      const { rows } = await sql`select 1 from gateway_event where state = 'failed'`.execute(db);
      return rows.length === 3;
    });
    await sql`drop trigger poisoned on message`.execute(db);
    await open('/operations/events?state=failed');
    await page.getByText('3 events rest here').waitFor();
    await page.getByRole('button', { name: 'Replay all of these' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replay these events?' });
    await dialog.getByText('3 events are applied once more.').waitFor();
    await shotOf(page, 'replay-dialog');
    expect.soft(await violationsOf(page)).toEqual([]);
    expect((await sql`select 1 from event_replay`.execute(db)).rows).toEqual([]);
    await dialog.getByLabel('Why, for the history').fill('The trigger is gone');
    await dialog.getByRole('button', { name: 'Replay 3 events' }).click();
    await page.waitForURL('**/operations/replays');
    await page.getByText('The trigger is gone').waitFor();
    await page.getByText('3 of 3').waitFor();
    await page.getByText('Completed').waitFor();
    await shotOf(page, 'replay-done');
    // A replay is through when all events are back where the appliers take them from.
    await world.until('each is applied once', async () => {
      const { rows } = await sql<{
        body: string;
      }>`select body from message where body like 'Poison%' order by phone`.execute(db);
      return `${rows.map(({ body }) => body)}` === `${[ANN, BEN, CLEO].map((phone) => `Poison of ${phone}`)}`;
    });
    await open('/operations/events?state=failed');
    await page.getByText('Nothing has failed').waitFor();
  });

  it('finds what never came, and shows it in sentences that can be read', async () => {
    world.sandbox.setFaults({ loseWebhookShare: 1 });
    await says(CLEO, 'This one is lost');
    // What is younger than two minutes may be on its way; pages of the books are read by a clock.
    world.clock.setFactor(600);
    await world.clock.sleep(3 * MINUTE_MS);
    // The page has read the comparison before it is over, and hears of nothing until then: on a busy machine the line opens late.
    const lineOpens = Promise.withResolvers<void>();
    await page.route('**/v1/events', async (route) => {
      await lineOpens.promise;
      await route.continue();
    });
    await open('/operations/reconciliation');
    await page.getByRole('button', { name: 'Compare now' }).click();
    const held = await db.startTransaction().execute();
    await sql`select 1 from account_lease for update`.execute(held);
    await page.getByRole('dialog').getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Reconciliation of Office' }).waitFor();
    await held.rollback().execute();
    await world.until('it is over', async () => {
      const { rows } =
        await sql`select 1 from reconciliation_run where kind = 'manual' and state = 'completed'`.execute(db);
      return rows.length === 1;
    });
    lineOpens.resolve();
    await page.getByText('Missing here: a text from this person, now stored').waitFor();
    const finding = page.getByRole('listitem').filter({ hasText: 'Missing here: a text' });
    await finding.getByText(shown(CLEO)).waitFor();
    await shotOf(page, 'reconciliation-run');
    expect.soft(await violationsOf(page)).toEqual([]);
    await page.reload();
    await finding.getByRole('link', { name: shown(CLEO) }).click();
    await page.getByText('This one is lost').first().waitFor();
  });
});
