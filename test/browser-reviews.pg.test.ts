import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertReview } from '../src/compliance/opt-out-review-store.ts';
import { suppressNumber } from '../src/compliance/suppress.ts';
import { type Fixture, inboxFixture } from '../src/conversations/inbox.fixture.ts';
import { systemClock } from '../src/platform/clock.ts';
import { type Database, runTx } from '../src/platform/database.ts';
import { showId, uuidSource } from '../src/platform/ids.ts';
import { seededRandom } from '../src/platform/random.ts';
import { instant } from '../src/platform/time.ts';
import { browserOf, PATIENCE, shotOf, tooWide, violationsOf } from './browser-page.ts';
import { findChromium } from './chromium.ts';
import { insertAccount, insertContacts } from './fixtures.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { testDatabase } from './test-database.ts';

/** Opt-outs in a real Chromium: the unclear replies, decided on without a mouse, and what comes from elsewhere. */
const chromiumPath = findChromium();
const MINUTES = 60_000;
const SAID = ['NO!', 'Hi, who is this?', 'maybe later', 'Not interested'] as const;
const FAMILIES = ['bare_refusal', 'identity_question'] as const;
/** By a provider, for an opt-out of its own list; the first one is a contact. */
const REFUSED = ['+16175550130', '+16175550131'] as const;
let database: Database;
let world: RunningWorld;
let browser: Browser;
let page: Page;
let inbox: Fixture;

const current = () => page.locator('[data-review][aria-current] p').first();
const optedOut = async () =>
  (await sql`select from suppression where channel = 'import'`.execute(database.db)).rows.length;
const narrow = async (): Promise<void> => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  expect.soft(await tooWide(page)).toEqual([]);
  expect.soft(await violationsOf(page)).toEqual([]);
};
const wide = async (): Promise<void> => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
};
const replies = () => page.getByRole('list', { name: 'Replies to decide on' }).locator('> li');

describe.skipIf(chromiumPath === undefined)('opt-outs in a browser', { timeout: 2 * MINUTES }, () => {
  beforeAll(async () => {
    database = await testDatabase();
    const startsAt = '2026-11-17T15:00:00Z';
    world = await runningWorld(database, { startsAt, factor: 1 });
    const newUuid = uuidSource({ clock: systemClock, random: seededRandom(3) });
    const [now, dueAt] = [instant(startsAt), instant('2026-11-18T15:00:00Z')];
    await insertContacts(database.db, { clock: world.clock, newUuid }, [
      { phone: '+16175550120', firstName: 'Ann' },
      { phone: REFUSED[0], firstName: 'Bea' },
    ]);
    for (const [index, said] of SAID.entries())
      await runTx(database.db, (tx) =>
        insertReview(tx, {
          ...{ id: newUuid(), phone: `+1617555012${index}`, conversationId: null, said, matched: said.toLowerCase() },
          ...{ family: FAMILIES[index] ?? 'bare_refusal', classifierVersion: 'test', saidAt: now, now, dueAt },
        }),
      );
    const refusal = {
      reason: 'provider_opt_out',
      channel: 'gateway',
      evidence: { code: '21610' },
      actor: 'system',
    } as const;
    for (const phone of REFUSED)
      await runTx(database.db, (tx) => suppressNumber(tx, { clock: world.clock, newUuid }, { ...refusal, phone }));
    inbox = await inboxFixture(database.db, newUuid);
    const books = { ...world, newUuid };
    const account = await insertAccount(database.db, books, { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes: [] });
    await sql`
      insert into opt_out_difference (id, account_id, run_id, kind, gateway_id, phone, at, found_at)
      values (${newUuid()}, ${account.id}, ${newUuid()}, 'stop', 'SM1', '+16175550132', ${now}, ${now})`.execute(
      database.db,
    );
    const [dead, broken] = [newUuid(), newUuid()];
    await sql`
      with event as (
        insert into gateway_event (id, account_id, event_id, type, phone, payload, headers, received_at, state, attempts, error)
        values (${broken}, ${account.id}, 'EVdead', 'message.received', '+16175550133', '{"id": "SM2"}', '{}', ${now}, 'failed', 1, 'boom')),
      attempt as (
        insert into gateway_event_attempt (event_id, attempt, at, outcome, error) values (${broken}, 1, ${now}, 'failed', 'boom'))
      insert into opt_out_difference (id, account_id, run_id, kind, gateway_id, phone, at, found_at)
      values (${dead}, ${account.id}, ${newUuid()}, 'stop', 'SM2', '+16175550133', ${now}, ${now})`.execute(
      database.db,
    );
    ({ browser, page } = await browserOf(chromiumPath, world.url, OWNER));
  }, 2 * MINUTES);
  afterAll(() => browser?.close());

  it('are led to from the home page, walked by j and k, and decided by one key each', async () => {
    await page.goto(world.url);
    await page.getByRole('link', { name: /4 replies may be opt-outs/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Unclear replies' }).waitFor();
    await replies().nth(3).waitFor();
    expect(await page.locator('mark').allTextContents()).toEqual([
      'NO',
      'Hi, who is this',
      'maybe later',
      'Not interested',
    ]);
    expect(await violationsOf(page)).toEqual([]);
    await shotOf(page, 'reviews');
    await page.keyboard.press('j');
    expect(await current().textContent()).toBe(SAID[1]);
    await page.keyboard.press('w');
    await page.getByText('is marked as a wrong number').waitFor();
    await expect.poll(() => current().textContent(), PATIENCE).toBe(SAID[2]);
    await page.keyboard.press('k');
    await page.keyboard.press('n');
    await page.getByText('Ann may be texted again').waitFor();
    await expect.poll(() => replies().count(), PATIENCE).toBe(2);
    await page.keyboard.press('o');
    await expect.poll(() => replies().count(), PATIENCE).toBe(1);
    await page.keyboard.press('o');
    await page.getByRole('heading', { name: 'Nothing to decide' }).waitFor();
    const decided = page.getByRole('list', { name: 'Decided replies' });
    await expect.poll(() => decided.getByText('decided by Dana Ortiz').count(), PATIENCE).toBe(4);
    await narrow();
    await shotOf(page, 'reviews-decided');
  });

  it('that were told on the phone are recorded from the thread, also of somebody who is no contact', async () => {
    const phone = '+16175550140';
    const thread = await inbox.conversation({ phone, at: '2026-11-17T14:00:00Z' });
    await wide();
    await page.goto(`${world.url}/inbox/${showId('conversation', thread)}`);
    const optOut = page.getByRole('button', { name: 'Opt this person out' });
    await optOut.waitFor();
    await narrow();
    await optOut.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nobody here can undo this').waitFor();
    await shotOf(page, 'opt-out-of-thread-phone');
    await dialog.getByRole('button', { name: 'Record the opt-out' }).click();
    await dialog.getByText('Say how the person asked').waitFor();
    await dialog.getByRole('button', { name: 'On the phone' }).click();
    await dialog.getByText('Say how the person asked').waitFor({ state: 'detached' });
    await wide();
    await shotOf(page, 'opt-out-of-thread');
    await dialog.getByRole('button', { name: 'Record the opt-out' }).click();
    await page.getByText('will not be texted any more').waitFor();
    await optOut.waitFor({ state: 'detached' });
    const { rows } = await sql<{ channel: string; note: string; by: string }>`
      select channel, evidence ->> 'note' as note, evidence ->> 'by' as by from suppression where phone = ${phone}`.execute(
      database.db,
    );
    expect(rows).toEqual([{ channel: 'staff', note: 'On the phone', by: 'Dana Ortiz' }]);
  });

  it('that end in other words than START stay, and the thread says what to ask for', async () => {
    const phone = '+16175550149';
    const at = '2026-11-17T14:00:00Z';
    await inbox.message({ phone, at, direction: 'inbound', state: 'received', body: 'STOP', understoodAs: 'opt_out' });
    await inbox.suppression({ phone, at });
    const again = '2026-11-17T14:30:00Z';
    const wish = { body: 'you can text me again', understoodAs: 'opt_in_wish' };
    await inbox.message({ phone, at: again, direction: 'inbound', state: 'received', ...wish });
    const thread = await inbox.conversation({ phone, at: again });
    await wide();
    await page.goto(`${world.url}/inbox/${showId('conversation', thread)}`);
    await page.getByText('in other words than START').waitFor();
    await page.getByText('Understood as an opt-out').waitFor();
    await shotOf(page, 'opt-in-wish');
    await narrow();
    await shotOf(page, 'opt-in-wish-phone');
  });

  it('that only a provider knows are each explained, and lead to the person', async () => {
    await wide();
    await page.goto(`${world.url}/compliance`);
    await page.getByRole('link', { name: 'See each of them' }).click();
    await page.getByRole('heading', { level: 1, name: 'Provider differences' }).waitFor();
    const unheard = page.getByRole('region', { name: 'They say no, we said yes' });
    await unheard.getByText('No text of the person ever reached us', { exact: false }).first().waitFor();
    expect(await unheard.getByRole('link').allTextContents()).toEqual(['(617) 555-0131', 'Bea']);
    const found = page.getByRole('region', { name: 'Found in their books' });
    await found.getByText('A STOP that never reached us').waitFor();
    await found.getByText('A STOP that could not be applied').waitFor();
    await page.getByText('for an opt-out that was known here', { exact: false }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await shotOf(page, 'differences');
    await narrow();
    await shotOf(page, 'differences-phone');
    await found.getByRole('link', { name: 'Open the event' }).click();
    await page.getByRole('heading', { level: 2, name: 'Text received' }).waitFor();
    await page.goBack();
    await unheard.getByRole('link', { name: 'Bea' }).click();
    await page.getByRole('heading', { level: 2, name: 'Bea' }).waitFor();
  });

  it('that other systems know are seen first, then taken over from a list', async () => {
    await wide();
    await page.goto(`${world.url}/imports`);
    await page.getByRole('link', { name: 'Import opt-outs' }).click();
    await page.getByRole('heading', { level: 1, name: 'Import opt-outs' }).waitFor();
    const look = page.getByRole('button', { name: 'See what would happen' });
    expect(await look.isDisabled()).toBe(true);
    await shotOf(page, 'opt-out-list');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'File', exact: true }).click();
    const table = {
      name: 'gone.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('Mobile,Home\n6175550141,6175550142\n'),
    };
    await (await chooser).setFiles(table);
    await look.click();
    await page.getByText('several columns hold phone numbers', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Take the file away' }).click();
    await page.getByLabel('Or paste the numbers').fill('617-555-0141\n617-555-01\n(617) 555-0141\n617.555.0142');
    await look.click();
    const seen = page.getByRole('region', { name: 'What would happen' });
    await seen.getByText('4 rows of “Pasted numbers”. Nothing counts yet.').waitFor();
    await seen.getByRole('row', { name: /^2 617-555-01 no number that can exist/ }).waitFor();
    await shotOf(page, 'opt-out-list-seen');
    await narrow();
    await shotOf(page, 'opt-out-list-phone');
    expect(await optedOut()).toBe(0);
    await seen.getByRole('button', { name: 'Opt out 2 numbers' }).click();
    await page.getByRole('region', { name: 'Done' }).getByText('nobody there is opted out', { exact: false }).waitFor();
    expect(await optedOut()).toBe(2);
    await shotOf(page, 'opt-out-list-done');
  });
});
