import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { onPhone, shotOf, violationsOf } from './browser-page.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { API_KEY } from './sending-world.ts';
import { testDatabase } from './test-database.ts';

/**
 * A new owner's first hour, in a real Chromium on the real server: account, number, contacts, campaign, replies. Through roles
 * and labels only, as a screen reader would.
 */
const chromiumPath = findChromium();
const MINUTES = 60_000;
let world: RunningWorld;
let browser: Browser;
let page: Page;

const shot = (name: string): Promise<void> => shotOf(page, name);
const violations = (): Promise<readonly string[]> => violationsOf(page);

describe.skipIf(chromiumPath === undefined)('in a browser', { timeout: 4 * MINUTES }, () => {
  beforeAll(async () => {
    const database = await testDatabase();
    // Half past one in New York: past eight for everybody in the sample, in Hawaii too.
    world = await runningWorld(database, {
      setUp: false,
      startsAt: '2026-11-17T18:30:00Z',
      factor: 60,
      sandbox: { people: { replyShare: 0, landlineShare: 0, unreachableShare: 0 } },
    });
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: [...CHROMIUM_ARGS] });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(15_000);
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('makes the owner account on the first visit', async () => {
    await page.goto(world.url);
    await page.getByLabel('Business name').fill('Acme Concrete');
    await page.getByLabel('Your name').fill(OWNER.name);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
    await shot('first-run');
    expect.soft(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Campaigns' }).first().waitFor();
    await shot('home-empty');
    expect.soft(await violations()).toEqual([]);
  });

  it('connects the number', async () => {
    // Over the API: the dialog asks for a key of the provider's, and the provider is on loopback here.
    await page.request.post(`${world.url}/v1/accounts`, {
      headers: { 'idempotency-key': 'browser-connect', origin: world.url },
      data: { kind: 'quo', name: 'Office', apiKey: API_KEY, baseUrl: world.sandbox.url },
    });
    await page.goto(`${world.url}/settings`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot('settings');
  });

  it('brings the file of the national registry, without which nobody is texted who has not agreed', async () => {
    const registry = { origin: world.url, 'idempotency-key': 'browser-registry' };
    const made = await page.request.post(`${world.url}/v1/dnc-lists`, {
      headers: registry,
      data: { kind: 'national', name: 'National registry' },
    });
    const { id } = z.object({ id: z.string() }).parse(await made.json());
    const file = new URLSearchParams({ fileName: 'registry.txt', asOf: world.clock.now().toString().slice(0, 10) });
    const brought = await page.request.post(`${world.url}/v1/dnc-lists/${id}/versions?${file}`, {
      headers: { ...registry, 'content-type': 'application/octet-stream' },
      data: Buffer.from('2015550100\n'),
    });
    expect(await brought.text()).toContain('"numbers":1');
  });

  it('imports a CSV: preview first, then the size in the button', async () => {
    await page.goto(`${world.url}/imports`);
    await page.locator('input[type=file]').setInputFiles({
      name: 'contacts.csv',
      mimeType: 'text/csv',
      buffer: await readFile(join(import.meta.dirname, '../samples/contacts.csv')),
    });
    const commit = page.getByRole('button', { name: /^Import 400 contacts/ });
    await commit.waitFor();
    await shot('import-preview');
    expect.soft(await violations()).toEqual([]);
    await commit.click();
    await page.getByRole('link', { name: 'Download as CSV' }).first().waitFor();
    await shot('import-result');
    await page.goto(`${world.url}/contacts`);
    await page.getByRole('heading', { level: 1, name: /Contacts/ }).waitFor();
    await page.getByText('400').first().waitFor();
    await shot('contacts');
    expect.soft(await violations()).toEqual([]);
  });

  it('writes and launches a campaign, and sees it finish without touching anything', async () => {
    await page.goto(`${world.url}/campaigns`);
    await page
      .getByRole('button', { name: /(new|first) campaign|write a campaign|make/i })
      .first()
      .click();
    await page.waitForURL(/\/campaigns\/cmp_/);
    await page.getByLabel('Name', { exact: true }).fill('Browser campaign');
    await page.getByRole('radio', { name: /^Everyone/ }).check();
    await page
      .getByLabel('Text', { exact: true })
      .fill('Hi {first_name|there}, shall we take a look? Reply STOP to opt out.');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByLabel('Not after').fill('20:30');
    await page.getByLabel('At most so many texts an hour').fill('100000');
    // Nobody of the file has agreed to anything: only an owner's reason lets them be texted.
    await page.getByText('Saved').first().waitFor();
    await page.getByRole('button', { name: 'Text them with a reason' }).click();
    const reason = page.getByRole('dialog');
    await reason.getByLabel('Why these people may be texted').fill('They ask');
    const letThem = reason.getByRole('button', { name: /^Let \d+ people be texted$/ });
    expect(await letThem.isDisabled()).toBe(true);
    await reason.getByLabel('Why these people may be texted').fill('They asked for it at the counter');
    await shot('consent-reason');
    expect.soft(await violations()).toEqual([]);
    await onPhone(page, 'consent-reason');
    await letThem.click();
    await page.getByText('They asked for it at the counter').waitFor();
    await shot('builder');
    const review = page.locator('button:enabled', { hasText: 'Review and launch' }).first();
    await review.waitFor();
    await page.getByText('Saved').first().waitFor();
    expect.soft(await violations()).toEqual([]);
    await review.click();
    const dialog = page.getByRole('dialog');
    const launch = dialog.getByRole('button', { name: /^Text \d+ people$/ });
    await launch.waitFor();
    // The text does not say who sends it.
    expect(await launch.isDisabled()).toBe(true);
    await dialog.getByText(/does not say who sends it/).waitFor();
    await dialog.getByText('At least 10 characters.', { exact: false }).waitFor();
    await dialog.getByLabel('Why it may go out like this').fill('They call');
    expect(await launch.isDisabled()).toBe(true);
    await dialog.getByLabel('Why it may go out like this').fill('They all called us this morning');
    await shot('launch-dialog');
    expect.soft(await violations()).toEqual([]);
    await onPhone(page, 'launch-dialog');
    await launch.click();
    await page.getByRole('button', { name: /pause/i }).first().waitFor();
    world.clock.setFactor(7_200);
    await shot('live');
    await page.getByRole('heading', { level: 1 }).waitFor();
    // Two business days of twelve seconds each; on a busy machine, texts miss their hours now and then and wait for the next day.
    await page
      .getByText(/Completed/)
      .first()
      .waitFor({ timeout: 3 * MINUTES });
    await shot('completed');
    expect.soft(await violations()).toEqual([]);
    const texts = world.sandbox.accepted().filter((text) => text.text.includes('shall we take a look'));
    expect(new Set(texts.map((text) => text.to)).size).toBe(texts.length);
    expect(texts.length).toBeGreaterThan(380);
  });

  it('tells why one person was texted, rule by rule', async () => {
    await page.getByRole('link', { name: /^People/ }).click();
    await page.getByRole('grid').getByText('Delivered', { exact: false }).first().click();
    const panel = page.getByRole('complementary').last();
    await panel.getByText('rules asked, none forbids').click();
    await panel.getByText(/^Texting was allowed where this person is until/).waitFor();
    await panel.getByText(/^\d+ attempts?$/).click();
    await panel.getByText('The gateway took the text').waitFor();
    await shot('explained');
    expect.soft(await violations()).toEqual([]);
  });

  it('shows a reply in the inbox as it comes and answers it', async () => {
    world.clock.setFactor(60);
    await page.goto(`${world.url}/inbox`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const target = world.sandbox.accepted()[0];
    await world.sandbox.personTexts({
      from: target?.to ?? '',
      to: target?.from ?? '',
      text: 'Yes please, how much is it?',
    });
    await page.getByText('Yes please, how much is it?').first().click();
    const box = page.getByRole('textbox', { name: /reply|answer|message/i }).last();
    await box.fill('The check is free. Tomorrow at ten?');
    await shot('inbox');
    await box.press('Control+Enter');
    await world.until('answered', async () =>
      world.sandbox.accepted().some((text) => text.text === 'The check is free. Tomorrow at ten?'),
    );
    expect.soft(await violations()).toEqual([]);
  });

  it('signs out, and nothing is shown without signing in again', async () => {
    await page.request.post(`${world.url}/v1/sign-out`, { headers: { origin: world.url } });
    await page.goto(`${world.url}/contacts`);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/contacts/);
    await page.getByRole('heading', { level: 1, name: /Contacts/ }).waitFor();
  });
});
