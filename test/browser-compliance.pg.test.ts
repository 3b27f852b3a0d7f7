import { sql } from 'kysely';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shotOf, signIn, violationsOf } from './browser-page.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { testDatabase } from './test-database.ts';

/** The pages of Compliance, and that of number validation, in a real Chromium. */
const chromiumPath = findChromium();
const MINUTES = 60_000;
const VIEWER = { name: 'Vera', email: 'vera@example.com', password: 'a long password of hers' } as const;
const LANDLINE = '+16175550124';
const PATIENCE = { timeout: 15_000 } as const;
const LOOKS = [
  ['on a desk', { width: 1440, height: 900 }, 'light'],
  ['on a phone', { width: 390, height: 844 }, 'dark'],
] as const;
let world: RunningWorld;
let browser: Browser;
let page: Page;

const open = async (path: string, on = page): Promise<void> => {
  await on.goto(`${world.url}${path}`);
  await on.getByRole('heading', { level: 1 }).waitFor();
  await expect.poll(() => on.locator('[aria-busy="true"]').count(), PATIENCE).toBe(0);
};
/** A page in a window of its own, as the same person. */
const otherWindow = async (
  look: { readonly width: number; readonly height: number },
  colorScheme: 'light' | 'dark',
) => {
  const storageState = await page.context().storageState();
  return (await browser.newContext({ viewport: look, colorScheme, storageState })).newPage();
};

describe.skipIf(chromiumPath === undefined)('compliance in a browser', { timeout: 2 * MINUTES }, () => {
  beforeAll(async () => {
    const database = await testDatabase();
    world = await runningWorld(database, { startsAt: '2026-11-17T15:00:00Z', factor: 1 });
    for (const phone of [LANDLINE, '+16175550125', '+16175550126'])
      await world.client.send('POST', '/v1/contacts', { phone }, `make-${phone}`);
    await sql`insert into number_validation (phone, valid, line_type, validator, checked_at, raw)
      values (${LANDLINE}, true, 'landline', 'numverify', ${world.clock.now()}, '{}')`.execute(database.db);
    await world.client.send('POST', '/v1/users', { ...VIEWER, role: 'viewer' }, 'make-the-viewer');
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: [...CHROMIUM_ARGS] });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await signIn(context, world.url, OWNER);
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('tells what a policy about numbers would change before it is saved', async () => {
    await open('/settings/number-validation');
    const contacts = page.getByRole('region', { name: 'Contacts' });
    await contacts.getByRole('button', { name: 'Validate 2 numbers' }).click();
    // Nobody has a key: it says what it waits for, and no request leaves the house.
    await contacts.getByText('Waiting: 0 of 2').waitFor();
    await shotOf(page, 'validation-waits');
    expect(await contacts.getByRole('button', { name: /Validate/ }).count()).toBe(0);
    await contacts.getByRole('button', { name: 'Cancel' }).click();
    await contacts.getByText('Cancelled after 0 of 2').waitFor();
    const effect = page.getByText(/contacts? for their number|nobody for their number/);
    await expect
      .poll(() => effect.innerText(), PATIENCE)
      .toBe('Campaigns leave out 1 contact for their number, as now.');
    await page.getByLabel('Landlines').uncheck();
    await expect.poll(() => effect.innerText(), PATIENCE).toContain('1 contact could be texted again');
    const key = page.getByRole('region', { name: 'NumVerify' }).getByLabel('Key', { exact: true });
    await key.fill('no-key-of-anybody');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('A key is set. It is not shown again').waitFor();
    expect(await key.inputValue()).toBe('');
    await expect.poll(() => effect.innerText(), PATIENCE).toBe('Campaigns leave out nobody for their number, as now.');
  });

  it.each(LOOKS)('shows every page %s, no wider than the window', async (_where, viewport, colorScheme) => {
    const other = await otherWindow(viewport, colorScheme);
    for (const path of ['settings/number-validation']) {
      await open(`/${path}`, other);
      expect.soft(await other.evaluate('document.documentElement.scrollWidth'), path).toBe(viewport.width);
      await shotOf(other, `${viewport.width}-${path.replace(/\W/g, '-')}`);
      expect.soft(await violationsOf(other), path).toEqual([]);
    }
    await other.context().close();
  });
});
