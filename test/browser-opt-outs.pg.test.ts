import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suppressNumber } from '../src/compliance/suppress.ts';
import { tallyTexts } from '../src/compliance/tally-texts.ts';
import { manualClock, systemClock } from '../src/platform/clock.ts';
import { type Database, runTx } from '../src/platform/database.ts';
import { type Uuid, uuidSource } from '../src/platform/ids.ts';
import { seededRandom } from '../src/platform/random.ts';
import { addMs, instant, MINUTE_MS } from '../src/platform/time.ts';
import { browserOf, PATIENCE, shotOf, tooWide, violationsOf } from './browser-page.ts';
import { findChromium } from './chromium.ts';
import { everybodyAgrees, insertAccount, insertContacts, launchCampaignIn, testPhones } from './fixtures.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { sendWaiting } from './sent-texts.ts';
import { testDatabase } from './test-database.ts';

/** How many people texts drive away, narrowed and taken along by hand, in a real Chromium: every figure follows from the rows below. */
const chromiumPath = findChromium();
const MINUTES = 60_000;
const NOW = '2026-11-17T15:00:00Z';
const NUMBERS = { Office: '+16175550001', Van: '+16175550002' } as const;
/** What went out, and how many of them opted out a minute later. */
const SENT = [
  { campaign: 'Fall roofs', variant: 'A', number: 'Office', day: '2026-11-17', texts: 60, outs: 1, state: 'MA' },
  { campaign: 'Fall roofs', variant: 'B', number: 'Office', day: '2026-11-17', texts: 60, outs: 6, state: 'MA' },
  { campaign: 'Fall roofs', variant: 'B', number: 'Van', day: '2026-11-16', texts: 40, outs: 0, state: 'TX' },
  { campaign: 'Winter drains', variant: 'A', number: 'Van', day: '2026-11-16', texts: 50, outs: 2, state: 'TX' },
  { campaign: 'Winter drains', variant: 'A', number: 'Van', day: '2026-11-05', texts: 30, outs: 3, state: 'TX' },
] as const;
const LOOKS = [
  [1440, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const;
let database: Database;
let world: RunningWorld;
let browser: Browser;
let page: Page;

/** Two campaigns that went out like this. */
async function makeBooks(): Promise<void> {
  const { db } = database;
  const newUuid = uuidSource({ clock: systemClock, random: seededRandom(3) });
  const books = { clock: world.clock, newUuid, secrets: world.secrets };
  const lanes = Object.entries(NUMBERS).map(([gatewayRef, phone]) => ({ gatewayRef, phone }));
  const { laneIds } = await insertAccount(db, books, { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes });
  const laneOf = (number: keyof typeof NUMBERS): Uuid => laneIds[Object.keys(NUMBERS).indexOf(number)] ?? '';
  const free = { MA: [...testPhones(300, '617')], TX: [...testPhones(300, '512')] };
  const sent = SENT.map((row) => ({
    ...row,
    phones: free[row.state].splice(0, row.texts),
    at: instant(`${row.day}T14:30:00Z`),
  }));
  await insertContacts(
    db,
    books,
    sent.flatMap(({ phones, state, campaign }) => phones.map((phone) => ({ phone, state, tags: [campaign] }))),
  );
  await everybodyAgrees(db);
  // At once, before the engine finds that something waits.
  await runTx(db, async (tx) => {
    for (const [name, labels] of [
      ['Fall roofs', ['A', 'B']],
      ['Winter drains', ['A']],
    ] as const) {
      const variants = labels.map((label) => ({ label, weight: 1, body: 'Acme: hi. Reply STOP' }));
      const campaignId = await launchCampaignIn(tx, books, { name, laneIds, variants, audience: { tags: [name] } });
      for (const { number, ...row } of sent.filter(({ campaign }) => campaign === name))
        await sendWaiting(tx, { ...row, campaignId, laneId: laneOf(number) });
    }
  });
  for (const { phones, outs, at } of sent)
    for (const phone of phones.slice(0, outs)) {
      const clock = manualClock(addMs(at, MINUTE_MS));
      const asked = {
        phone,
        reason: 'opt_out',
        channel: 'sms',
        how: 'keyword',
        evidence: {},
        actor: 'contact',
      } as const;
      await runTx(db, (tx) => suppressNumber(tx, { clock, newUuid }, asked));
    }
  // On the hour older hours are counted as well.
  await tallyTexts({ database, clock: manualClock(instant(NOW)) });
}

const told = (name: string): Promise<readonly string[]> =>
  page
    .getByRole('group', { name })
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent).join(' | ')));
const tells = (name: string, rows: readonly string[]) => expect.poll(() => told(name), PATIENCE).toEqual(rows);
const says = (words: string) => page.getByRole('main').getByText(words, { exact: true }).waitFor();
const choose = async (filter: string, option: string): Promise<void> => {
  await page
    .getByRole('search')
    .getByRole('combobox', { name: new RegExp(`^${filter}`) })
    .click();
  await page.getByRole('option', { name: option }).click();
};
const takeOff = (filter: string) => page.getByRole('button', { name: `Remove filter ${filter}` }).click();
/** Campaign, variant and number of each row, and how often. */
async function downloaded(): Promise<Readonly<Record<string, number>>> {
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Opt-outs as CSV' }).click();
  const [head = '', ...lines] = (await readFile(await (await download).path(), 'utf8')).trimEnd().split('\r\n');
  const columns = head.split(',');
  const found: Record<string, number> = {};
  for (const line of lines) {
    const cells = line.split(',');
    const row = ['campaign', 'variant', 'number', 'state'].map((name) => cells[columns.indexOf(name)]).join(' ');
    found[row] = (found[row] ?? 0) + 1;
  }
  return found;
}
const FALL_A = { 'Fall roofs A +16175550001 MA': 1 };
const FALL_B = { 'Fall roofs B +16175550001 MA': 6 };
const WINTER = 'Winter drains A +16175550002 TX';

describe.skipIf(chromiumPath === undefined)('rates of opt-outs in a browser', { timeout: 2 * MINUTES }, () => {
  beforeAll(async () => {
    database = await testDatabase();
    world = await runningWorld(database, { startsAt: NOW, factor: 1 });
    ({ browser, page } = await browserOf(chromiumPath, world.url, OWNER));
  }, 2 * MINUTES);
  afterAll(() => browser?.close());

  it('a first day has no figures to show, and says what will be here', async () => {
    await page.goto(`${world.url}/compliance`);
    await says('No campaign text in 30 days');
    await page.getByRole('heading', { name: 'Nothing to watch over yet' }).waitFor();
    await page.getByRole('region', { name: 'Rules in force' }).getByText('Version 2025-04').waitFor();
    expect(await page.getByRole('region', { name: 'Opt-outs' }).count()).toBe(0);
    await shotOf(page, 'rates-first-day');
    expect.soft(await violationsOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'Opt-outs', exact: true }).click();
    await page.getByText('As soon as campaigns send, this shows', { exact: false }).waitFor();
    await page.getByRole('search').getByRole('combobox', { name: 'Campaign' }).click();
    await page.getByRole('listbox', { name: 'Campaign' }).getByText('Nothing to choose from yet').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'Import contacts' }).click();
    await page.getByRole('heading', { level: 1, name: 'Import contacts' }).waitFor();
  });

  it('the overview has counts beside each rate, by campaign, number, variant and day, and names the worst', async () => {
    await makeBooks();
    await page.goto(`${world.url}/compliance`);
    await says('12 opt-outs from 240 texts in 30 days, 5%. Office has 5% or more: carriers flag the number');
    await tells('Opt-outs by campaign', [
      'Winter drains | 5 | 80 | 6.3% | 5% or more: carriers flag the number',
      'Fall roofs | 7 | 160 | 4.4% | 3% or more: providers warn',
    ]);
    await tells('Opt-outs by number', [
      'Office | 7 | 120 | 5.8% | 5% or more: carriers flag the number',
      'Van | 5 | 120 | 4.2% | 3% or more: providers warn',
    ]);
    await tells('Opt-outs by variant', [
      'Fall roofs, B | 6 | 100 | 6% | 5% or more: carriers flag the number',
      'Winter drains, A | 5 | 80 | 6.3% | 5% or more: carriers flag the number',
      'Fall roofs, A | 1 | 60 | 1.7% | Below every level',
    ]);
    await page
      .getByRole('img', { name: 'Opt-outs by day of the text: 12 opt-outs, most at Tue 17 Nov: 7 of 120, 5.8%' })
      .waitFor();
    await shotOf(page, 'rates-overview');
    expect.soft(await violationsOf(page)).toEqual([]);
  });

  it.each(LOOKS)('no page of figures is wider than the window of %i px, %s', async (width, colorScheme) => {
    const storageState = await page.context().storageState();
    const viewport = { width, height: 1_400 };
    const other = await (await browser.newContext({ viewport, colorScheme, storageState })).newPage();
    for (const path of ['compliance', 'compliance/opt-out-report?by=variant']) {
      await other.goto(`${world.url}/${path}`);
      await other.getByText('carriers flag the number').first().waitFor();
      expect.soft(await tooWide(other), path).toEqual([]);
      await shotOf(other, `rates-${width}-${colorScheme}-${path.replace(/\W/g, '-')}`);
      expect.soft(await violationsOf(other), path).toEqual([]);
    }
    await other.context().close();
  });

  it('the report is looked at from another side by choosing it', async () => {
    await page.getByRole('link', { name: 'Report' }).click();
    await says('12 opt-outs from 240 texts of 30 days, 5%');
    await tells('Opt-outs by campaign', [
      'Fall roofs | 7 | 160 | 4.4% | 3% or more: providers warn',
      'Winter drains | 5 | 80 | 6.3% | 5% or more: carriers flag the number',
    ]);
    await choose('By', 'Variant');
    await tells('Opt-outs by variant', [
      'Fall roofs, B | 6 | 100 | 6% | 5% or more: carriers flag the number',
      'Winter drains, A | 5 | 80 | 6.3% | 5% or more: carriers flag the number',
      'Fall roofs, A | 1 | 60 | 1.7% | Below every level',
    ]);
    await choose('By', 'Number');
    await tells('Opt-outs by number', [
      'Office | 7 | 120 | 5.8% | 5% or more: carriers flag the number',
      'Van | 5 | 120 | 4.2% | 3% or more: providers warn',
    ]);
    await choose('By', 'State');
    await tells('Opt-outs by state', [
      'MA | 7 | 120 | 5.8% | 5% or more: carriers flag the number',
      'TX | 5 | 120 | 4.2% | 3% or more: providers warn',
    ]);
    await choose('By', 'Day of the text');
    await tells('Opt-outs by day of the text', [
      'Thu 5 Nov | 3 | 30 | 10% | Fewer than 50 texts: too few to say',
      'Mon 16 Nov | 2 | 90 | 2.2% | Below every level',
      'Tue 17 Nov | 7 | 120 | 5.8% | 5% or more: carriers flag the number',
    ]);
    await shotOf(page, 'rates-by-day');
    await takeOff('By');
    await tells('Opt-outs by campaign', [
      'Fall roofs | 7 | 160 | 4.4% | 3% or more: providers warn',
      'Winter drains | 5 | 80 | 6.3% | 5% or more: carriers flag the number',
    ]);
    expect(await downloaded()).toEqual({ ...FALL_A, ...FALL_B, [WINTER]: 5 });
  });

  it('is narrowed to a campaign, a number, a state and a time, and its file with it', async () => {
    await choose('Campaign', 'Fall roofs');
    await says('7 opt-outs from 160 texts of 30 days, 4.4%');
    await choose('By', 'Variant');
    await tells('Opt-outs by variant', [
      'Fall roofs, B | 6 | 100 | 6% | 5% or more: carriers flag the number',
      'Fall roofs, A | 1 | 60 | 1.7% | Below every level',
    ]);
    expect(await downloaded()).toEqual({ ...FALL_A, ...FALL_B });
    await choose('Number', 'Van');
    await says('0 opt-outs from 40 texts of 30 days, 0%');
    await tells('Opt-outs by variant', ['Fall roofs, B | 0 | 40 | 0% | Fewer than 50 texts: too few to say']);
    expect(await downloaded()).toEqual({});
    await takeOff('Campaign');
    await says('5 opt-outs from 120 texts of 30 days, 4.2%');
    expect(await downloaded()).toEqual({ [WINTER]: 5 });
    await choose('Time', '7 days');
    await says('2 opt-outs from 90 texts of 7 days, 2.2%');
    expect(await downloaded()).toEqual({ [WINTER]: 2 });
    await shotOf(page, 'rates-narrowed');
    expect.soft(await violationsOf(page)).toEqual([]);
    await page.reload();
    await says('2 opt-outs from 90 texts of 7 days, 2.2%');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await says('12 opt-outs from 240 texts of 30 days, 5%');
    await choose('State', 'MA');
    await says('7 opt-outs from 120 texts of 30 days, 5.8%');
    expect(await downloaded()).toEqual({ ...FALL_A, ...FALL_B });
    await choose('Number', 'Van');
    await page.getByText('No campaign text in this time').waitFor();
    await shotOf(page, 'rates-none');
    expect(await downloaded()).toEqual({});
  });
});
