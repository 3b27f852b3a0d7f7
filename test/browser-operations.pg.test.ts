import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserOf, shotOf, signIn, tooWide, violationsOf } from './browser-page.ts';
import { findChromium } from './chromium.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { storedEvents } from './stored-events.ts';
import { testDatabase } from './test-database.ts';
import { testWorld } from './world.ts';

/** The pages of Operations in a real Chromium: by keyboard, by address, and for somebody who may only look. */
const chromiumPath = findChromium();
const MINUTES = 60_000;
const VIEWER = { name: 'Vera', email: 'vera@example.com', password: 'a long password of hers' } as const;
const ANN = '+16175550123';
const PAGES = [
  'events',
  'events?state=failed',
  'replays',
  'throughput',
  'sources',
  'workers',
  'health',
  'reconciliation',
];
let world: RunningWorld;
let browser: Browser;
let page: Page;

const open = async (path: string, on = page): Promise<void> => {
  await on.goto(`${world.url}${path}`);
  await on.getByRole('heading', { level: 1 }).waitFor();
};
const rows = (on = page) => on.getByRole('grid').locator('tr[data-row]');
const focusedRow = (): Promise<string | null> =>
  page.locator('tr:focus').evaluateAll((focused) => focused[0]?.getAttribute('data-row') ?? null);
const openEvent = (): string | undefined => /\/events\/(evt_\w+)/.exec(page.url())?.[1];

describe.skipIf(chromiumPath === undefined)('operations in a browser', { timeout: 2 * MINUTES }, () => {
  beforeAll(async () => {
    const database = await testDatabase();
    world = await runningWorld(database, { startsAt: '2026-11-17T15:00:00Z', factor: 1 });
    const events = await storedEvents(database.db, testWorld());
    for (let minute = 10; minute < 40; minute += 1)
      await events.put({
        at: `2026-11-17T14:${minute}:00Z`,
        type: minute % 3 === 0 ? 'call.completed' : 'message.received',
        phone: ANN,
        payload: JSON.stringify({ id: `EV${minute}`, from: ANN, text: `it's "${minute}"` }),
        ...(minute % 10 === 0 ? { state: 'failed' as const, error: `nobody can record ${ANN}` } : {}),
      });
    await world.client.send('POST', '/v1/users', { ...VIEWER, role: 'viewer' }, 'make-the-viewer');
    ({ browser, page } = await browserOf(chromiumPath, world.url, OWNER));
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('goes through the events by keyboard', async () => {
    await open('/operations/events');
    await rows().first().waitFor();
    const ids = await rows().evaluateAll((all) => all.slice(0, 3).map((row) => row.getAttribute('data-row')));
    const walked: (string | null)[] = [];
    for (const key of ['j', 'j', 'ArrowDown', 'k', 'ArrowUp']) {
      await page.keyboard.press(key);
      walked.push(await focusedRow());
    }
    expect(walked).toEqual([ids[0], ids[1], ids[2], ids[1], ids[0]]);
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Call ended' }).getByText('Payload').waitFor();
    expect(openEvent()).toBe(ids[0]);
    await page.keyboard.press('j');
    await page.waitForURL(`**/events/${ids[1]}`);
    await page.keyboard.press('j');
    await page.waitForURL(`**/events/${ids[2]}`);
    await page.getByText('Payload').waitFor();
    await shotOf(page, 'event-by-keyboard');
    expect.soft(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.waitForURL('**/operations/events');
    await expect.poll(focusedRow).toBe(ids[2]);
    await page.keyboard.press('/');
    await page.keyboard.type('nobody can');
    await page.waitForURL(/search=nobody/);
    await expect.poll(() => rows().count()).toBe(3);
    await page.keyboard.press('Escape');
    await page.waitForURL('**/operations/events');
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog');
    for (const words of ['Search events', 'Next row; Enter opens it', 'Previous row'])
      await help.getByText(words).waitFor();
    await page.keyboard.press('Escape');
  });

  it('closes by Escape what is open, and nothing more at once', async () => {
    await open('/operations/events');
    await rows().nth(1).click();
    await page.getByText('Payload').waitFor();
    await page.getByRole('search').getByText('State', { exact: true }).click();
    await page.getByRole('option', { name: 'Applied' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('option', { name: 'Applied' }).waitFor({ state: 'hidden' });
    expect(openEvent()).toBeDefined();
    // On a busy machine the closing list of options may take the focus back to its field once more.
    const closesFromRow = async (): Promise<string | undefined> => {
      await rows().nth(3).focus();
      await page.keyboard.press('Escape');
      return openEvent();
    };
    await expect.poll(closesFromRow, { timeout: 15_000 }).toBeUndefined();
  });

  it('keeps the filters in the address, through a reload and on the way back', async () => {
    await open('/operations/events');
    await page.getByRole('button', { name: 'Type' }).click();
    await page.getByRole('option', { name: 'Call ended' }).click();
    await page.waitForURL(/type=call.completed/);
    await expect.poll(() => rows().count()).toBe(10);
    await page.reload();
    await page.getByRole('button', { name: 'Type Call ended' }).waitFor();
    await expect.poll(() => rows().count()).toBe(10);
    await rows().first().click();
    await page.getByText('Payload').waitFor();
    expect(page.url()).toContain('type=call.completed');
    await page.goBack();
    await page.waitForURL(/events\?type=call.completed$/);
    await page.getByRole('navigation', { name: 'Operations' }).getByRole('link', { name: 'Throughput' }).click();
    await page.getByText('Table', { exact: true }).click();
    await page.waitForURL(/look=table/);
    await page.goBack();
    await page.getByRole('button', { name: 'Type Call ended' }).waitFor();
    await page.goForward();
    await page.reload();
    await page.getByRole('columnheader', { name: '95% within' }).waitFor();
  });

  it('hands over an event as a command, byte for byte', async () => {
    await open('/operations/events?type=message.received');
    await rows().first().click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toContain(`printf %s '{"id":"EV38","from":"${ANN}","text":"it'\\''s \\"38\\""}' |`);
    expect(copied).toContain(`--header 'user-agent: Quo'`);
  });

  it.each([
    ['on a desk', { width: 1440, height: 900 }, 'light'],
    ['on a phone', { width: 390, height: 844 }, 'dark'],
    ['at 200% zoom', { width: 720, height: 450 }, 'light'],
  ] as const)(
    'stands still from page to page %s, and nothing is wider than the window',
    async (_where, viewport, colorScheme) => {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        storageState: await page.context().storageState(),
      });
      const other = await context.newPage();
      const tops = new Set<number>();
      for (const path of PAGES) {
        await open(`/operations/${path}`, other);
        const tabs = other.getByRole('navigation', { name: 'Operations' });
        await tabs.locator('[aria-current]').waitFor();
        await expect.poll(() => other.locator('[aria-busy="true"]').count()).toBe(0);
        tops.add((await tabs.boundingBox())?.y ?? -1);
        const current = await tabs.locator('[aria-current]').boundingBox();
        expect.soft(current?.x, path).toBeGreaterThanOrEqual(0);
        expect.soft((current?.x ?? 0) + (current?.width ?? 0), path).toBeLessThanOrEqual(viewport.width);
        expect.soft(await tooWide(other), path).toEqual([]);
        await shotOf(other, `${viewport.width}-${path.replace(/\W/g, '-')}`);
        expect.soft(await violationsOf(other), path).toEqual([]);
      }
      expect(tops.size).toBe(1);
      await context.close();
    },
  );

  it('shows a viewer no whole number, and nothing to press that is refused', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await signIn(context, world.url, VIEWER);
    const viewer = await context.newPage();
    await open('/operations/events?state=failed', viewer);
    await rows(viewer).first().click();
    const panel = viewer.getByRole('complementary', { name: /Text|Call/ });
    await panel.getByText('Numbers are masked: a viewer does not see whole ones.').waitFor();
    await shotOf(viewer, 'viewer-event');
    expect.soft(await violationsOf(viewer)).toEqual([]);
    expect(await viewer.locator('body').innerText()).not.toMatch(/6175550123|555-0123/);
    for (const name of [/Copy as curl/, /Replay/, /Export/])
      expect(
        await viewer
          .getByRole('button', { name })
          .or(viewer.getByRole('link', { name, exact: true }))
          .filter({ hasNotText: 'Replays' })
          .count(),
      ).toBe(0);
    // What a viewer may not filter by is neither offered nor taken from an address.
    await open('/operations/events?search=6175550123', viewer);
    await viewer
      .getByRole('row', { name: /Text|Call/ })
      .first()
      .waitFor();
    expect(await viewer.getByPlaceholder(/Whole number/).count()).toBe(0);
    for (const [path, name] of [
      ['health', /Check now/],
      ['reconciliation', /Compare now/],
    ] as const) {
      await open(`/operations/${path}`, viewer);
      expect(await viewer.getByRole('button', { name }).count()).toBe(0);
      expect.soft(await violationsOf(viewer), path).toEqual([]);
    }
    await context.close();
  });

  it('says what failed and goes on when it is asked again', async () => {
    let fail = true;
    // Nothing happens meanwhile that would make it read again by itself.
    await page.route('**/v1/events', () => undefined);
    await page.route('**/v1/webhook-events?**', (route) =>
      fail ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{}' }) : route.continue(),
    );
    await open('/operations/events?within=24h');
    await page.getByText('The events could not be loaded').waitFor();
    await shotOf(page, 'events-error');
    expect.soft(await violationsOf(page)).toEqual([]);
    fail = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await rows().first().waitFor();
    await page.unroute('**/v1/webhook-events?**');
    await page.unroute('**/v1/events');
  });
});
