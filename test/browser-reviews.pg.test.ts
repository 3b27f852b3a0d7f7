import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertReview } from '../src/compliance/opt-out-review-store.ts';
import { systemClock } from '../src/platform/clock.ts';
import { runTx } from '../src/platform/database.ts';
import { uuidSource } from '../src/platform/ids.ts';
import { seededRandom } from '../src/platform/random.ts';
import { instant } from '../src/platform/time.ts';
import { shotOf, violationsOf } from './browser-page.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { insertContacts } from './fixtures.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { testDatabase } from './test-database.ts';

/** The queue of unclear replies in a real Chromium, decided on without a mouse. */
const chromiumPath = findChromium();
const MINUTES = 60_000;
const SAID = ['NO!', 'Hi, who is this?', 'maybe later', 'Not interested'] as const;
let world: RunningWorld;
let browser: Browser;
let page: Page;

const current = () => page.locator('[data-review][aria-current] p').first();
const replies = () => page.getByRole('list', { name: 'Replies to decide on' }).locator('> li');

describe.skipIf(chromiumPath === undefined)('unclear replies in a browser', { timeout: 2 * MINUTES }, () => {
  beforeAll(async () => {
    const database = await testDatabase();
    const startsAt = '2026-11-17T15:00:00Z';
    world = await runningWorld(database, { startsAt, factor: 1 });
    const newUuid = uuidSource({ clock: systemClock, random: seededRandom(3) });
    const [now, dueAt] = [instant(startsAt), instant('2026-11-18T15:00:00Z')];
    await insertContacts(database.db, { clock: world.clock, newUuid }, [{ phone: '+16175550120', firstName: 'Ann' }]);
    for (const [index, said] of SAID.entries())
      await runTx(database.db, (tx) =>
        insertReview(tx, {
          ...{ id: newUuid(), phone: `+1617555012${index}`, conversationId: null, said, matched: said.toLowerCase() },
          ...{ family: 'bare_refusal', classifierVersion: 'test', saidAt: now, now, dueAt },
        }),
      );
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: [...CHROMIUM_ARGS] });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const { email, password } = OWNER;
    const sent = { headers: { origin: world.url }, data: { email, password } };
    await context.request.post(`${world.url}/v1/sign-in`, sent);
    page = await context.newPage();
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
    await expect.poll(() => current().textContent()).toBe(SAID[2]);
    await page.keyboard.press('k');
    await page.keyboard.press('n');
    await page.getByText('Ann may be texted again').waitFor();
    await expect.poll(() => replies().count()).toBe(2);
    await page.keyboard.press('o');
    await expect.poll(() => replies().count()).toBe(1);
    await page.keyboard.press('o');
    await page.getByRole('heading', { name: 'Nothing to decide' }).waitFor();
    const decided = page.getByRole('list', { name: 'Decided replies' });
    expect(await decided.getByText('decided by Dana Ortiz').count()).toBe(4);
    await page.setViewportSize({ width: 390, height: 800 });
    await shotOf(page, 'reviews-decided');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});
