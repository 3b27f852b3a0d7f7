import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserOf, PATIENCE, shotOf, signIn, tooWide, violationsOf } from './browser-page.ts';
import { findChromium } from './chromium.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { API_KEY } from './sending-world.ts';
import { testDatabase } from './test-database.ts';

/** How people agree by a form, on our page and in another, and how it is looked through, in a real Chromium. */
const chromiumPath = findChromium();
const MINUTES = 60_000;
const VIEWER = { name: 'Vera', email: 'vera@example.com', password: 'a long password of hers' } as const;
const LOOKS = [
  ['on a desk', { width: 1440, height: 900 }, 'light'],
  ['on a desk at night', { width: 1440, height: 900 }, 'dark'],
  ['on a phone', { width: 390, height: 844 }, 'light'],
  ['on a phone at night', { width: 390, height: 844 }, 'dark'],
] as const;
/** Where a sentence breaks depends on them. */
const PHONE_WIDTHS = [320, 340, 360, 375, 390, 400, 412, 430] as const;
/** Run in the page: the numbers in the text of its dialog that are broken over two lines. */
const BROKEN_NUMBERS = `(() => {
  const texts = document.createTreeWalker(document.querySelector('[role="dialog"]'), NodeFilter.SHOW_TEXT);
  const found = [];
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode())
    for (const match of text.data.matchAll(/\\(\\d{3}\\) \\d{3}-\\d{4}/g)) {
      const range = document.createRange();
      range.setStart(text, match.index);
      range.setEnd(text, match.index + match[0].length);
      if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) found.push(text.data);
    }
  return found;
})()`;
let world: RunningWorld;
let browser: Browser;
let page: Page;
let address = '';
let snippet = '';
/** A website of the business: holds the form, and thanks. */
const website = createServer((request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(request.url === '/thanks' ? '<h1>Thanks</h1>' : `<h1>Join</h1>${snippet}`);
}).listen(0, '127.0.0.1');
const site = (): string => `http://127.0.0.1:${(website.address() as AddressInfo).port}`;

const open = async (path: string, on = page): Promise<void> => {
  await on.goto(`${world.url}${path}`);
  await on.getByRole('heading', { level: 1 }).waitFor();
  await expect.poll(() => on.locator('[aria-busy="true"]').count(), PATIENCE).toBe(0);
};
const entries = async () =>
  (await world.client.get<{ data: readonly { id: string; phone: string }[] }>('/v1/consents')).data;
/** A stranger’s browser. */
const stranger = async (javaScriptEnabled = true): Promise<Page> =>
  (await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled })).newPage();
const fillIn = async (on: Page, phone: string): Promise<void> => {
  await on.getByLabel('Mobile number').fill(phone);
  await on.getByLabel('First name').fill('Ann');
  await on.getByRole('checkbox').check();
};

describe.skipIf(chromiumPath === undefined)('consent in a browser', { timeout: 2 * MINUTES }, () => {
  beforeAll(async () => {
    world = await runningWorld(await testDatabase(), { startsAt: '2026-11-17T15:00:00Z', factor: 60 });
    await world.client.send('POST', '/v1/users', { ...VIEWER, role: 'viewer' }, 'make-the-viewer');
    const account = { kind: 'quo', name: 'Test', apiKey: API_KEY, baseUrl: world.sandbox.url, historyDays: 0 };
    await world.client.send('POST', '/v1/accounts', account, 'connect');
    ({ browser, page } = await browserOf(chromiumPath, world.url, OWNER));
    page.setDefaultTimeout(10_000);
  });
  afterAll(async () => {
    await browser?.close();
    website.close();
  });

  it('a form is made beside how it will look, and gives what a website needs', async () => {
    await open('/compliance/forms');
    await page.getByText('No form yet').waitFor();
    await shotOf(page, 'forms-empty');
    await page.getByRole('link', { name: 'New form' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Website');
    const preview = page.frameLocator('iframe[title="How the form looks"]');
    await page.getByLabel('Heading', { exact: true }).fill('Get our offers');
    await preview.getByRole('heading', { name: 'Get our offers' }).waitFor();
    expect(await preview.getByRole('checkbox').isChecked()).toBe(false);
    const words = page.getByLabel('Beside the box', { exact: true });
    const suggested = await words.inputValue();
    await words.fill('I agree.');
    await page.getByText(/Carriers and courts look for: .*STOP, HELP/).waitFor();
    await shotOf(page, 'form-words-missing');
    await words.fill(suggested);
    await page.getByLabel('Also in Spanish').check();
    await page.getByLabel('Sites that may hold it').fill(`${site()}/join`);
    await page.getByLabel('Where people go afterwards').fill(`${site()}/thanks`);
    await page.getByRole('button', { name: 'Make the form' }).click();
    await page
      .getByText(/Expected the site of a page alone/)
      .first()
      .waitFor();
    await page.getByLabel('Sites that may hold it').fill(site());
    await page.getByRole('button', { name: 'Make the form' }).click();
    await page.getByRole('region', { name: 'For your website' }).getByRole('button', { name: 'Copy' }).click();
    snippet = String(await page.evaluate('navigator.clipboard.readText()'));
    address = /action="([^"]+)"/.exec(snippet)?.[1] ?? '';
    expect(address).toMatch(/\/f\/[\w-]{16}$/);
    await shotOf(page, 'form-made');
    expect.soft(await violationsOf(page)).toEqual([]);
  });

  it('people agree on our page, without any script of it', async () => {
    const ann = await stranger(false);
    await ann.goto(address);
    await shotOf(ann, 'form-public');
    await fillIn(ann, '617 555 0123');
    await ann.getByRole('button', { name: 'Sign me up' }).click();
    await ann.getByRole('heading', { name: 'Almost done' }).waitFor();
    await shotOf(ann, 'form-public-done');
    expect((await entries()).map(({ phone }) => phone)).toEqual(['+16175550123']);
    await ann.goto(`${address}?lang=es`);
    await ann.getByRole('button', { name: 'Inscribirme' }).waitFor();
    await ann.context().close();
  });

  it.each([
    ['with scripts in one step', true, '+16175550124'],
    ['without scripts in two', false, '+16175550125'],
  ])('people agree on a website %s', async (_how, scripts, phone) => {
    const bob = await stranger(scripts);
    await bob.goto(`${site()}/join`);
    if (scripts) await expect.poll(() => bob.locator('input[name=ticket]').inputValue(), PATIENCE).not.toBe('');
    await fillIn(bob, phone);
    await bob.getByRole('button', { name: 'Sign me up' }).click();
    if (scripts) await bob.getByRole('heading', { name: 'Thanks' }).waitFor();
    else {
      await bob.getByText('One more step').waitFor();
      expect(await bob.getByLabel('Mobile number').inputValue()).toBe(phone);
      await bob.getByRole('checkbox').check();
      await bob.getByRole('button', { name: 'Sign me up' }).click();
      await bob.getByRole('heading', { name: 'Almost done' }).waitFor();
    }
    expect((await entries())[0]?.phone).toBe(phone);
    await bob.context().close();
  });

  it('everything that was recorded is found by its filters, with its words and proof', async () => {
    await open('/compliance/consents');
    const rows = page.getByRole('grid').locator('tr[data-row]');
    await expect.poll(() => rows.count(), PATIENCE).toBe(3);
    await open('/compliance/consents?search=617+555+0123&state=pending');
    await expect.poll(() => rows.count(), PATIENCE).toBe(1);
    await rows.first().click();
    const panel = page.getByRole('complementary');
    await panel.getByText('I agree to get automated texts').waitFor();
    await panel.getByText('617 555 0123', { exact: true }).waitFor();
    await shotOf(page, 'consent-open');
    expect.soft(await violationsOf(page)).toEqual([]);
    await open('/compliance/consents?source=voice');
    await page.getByRole('button', { name: 'Show everything' }).click();
    await expect.poll(() => rows.count(), PATIENCE).toBe(3);
  });

  it('the effect of how long consents last is told before it is saved', async () => {
    const phone = '+16175550140';
    const { id } = await world.client.send<{ id: string }>('POST', '/v1/contacts', { phone }, 'make-old');
    const evidence = { source: 'paper', document: 'The drawer' };
    const wording = { text: 'I agree.', version: 'v1' };
    const grant = { action: 'grant', purpose: 'marketing', kind: 'express_written', evidence, wording };
    await world.client.send(
      'POST',
      `/v1/contacts/${id}/consents`,
      { ...grant, happenedAt: '2024-01-01T12:00:00Z' },
      'old',
    );
    await open('/settings/consent');
    const status = page.getByRole('status').filter({ hasText: /exclude/ });
    await page.getByLabel('What was signed or agreed to in writing').fill('24');
    await expect.poll(() => status.innerText(), PATIENCE).toMatch(/^This excludes nobody now: 1 contact /);
    await page.getByLabel('Also for what was recorded before').check();
    await expect.poll(() => status.innerText(), PATIENCE).toContain('This would exclude 1 contact (of 1 who agreed)');
    await shotOf(page, 'settings-consent');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText('The policy is saved').waitFor();
  });

  it.each(LOOKS)('every page fits %s', async (_where, viewport, colorScheme) => {
    const storageState = await page.context().storageState();
    const other = await (await browser.newContext({ viewport, colorScheme, storageState })).newPage();
    const { data } = await world.client.get<{ data: readonly { id: string }[] }>('/v1/opt-in-forms');
    const newest = (await entries())[0]?.id;
    for (const path of [
      ...['compliance/forms', `compliance/forms/${data[0]?.id}`, 'compliance/forms/new'],
      ...['compliance/consents', `compliance/consents/${newest}`, 'settings/consent'],
    ]) {
      await open(`/${path}`, other);
      expect.soft(await tooWide(other), path).toEqual([]);
      await shotOf(other, `${viewport.width}-${colorScheme}-${path.replace(/_\w+/, '').replace(/\W/g, '-')}`);
      expect.soft(await violationsOf(other), path).toEqual([]);
    }
    await other.context().close();
  });

  const numbersStayWhole = async (on: Page): Promise<void> => {
    for (const width of PHONE_WIDTHS) {
      await on.setViewportSize({ width, height: 844 });
      expect.soft(await on.evaluate(BROKEN_NUMBERS), `at ${width}`).toEqual([]);
    }
  };

  it('a person who is there twice becomes one contact, shown before and confirmed by the number that ends', async () => {
    const add = (phone: string, more: object) =>
      world.client.send<{ id: string }>('POST', '/v1/contacts', { phone, firstName: 'Zelda', ...more }, phone);
    const { id } = await add('617-555-0171', { lastName: 'Orr' });
    const { id: unnamed } = await add('617-555-0173', { firstName: null });
    const ended = await add('617-555-0172', { email: 'zelda@example.org', tags: ['estimate'] });
    await world.client.send('POST', `/v1/contacts/${ended.id}/opt-out`, { note: 'Called' }, 'asked');
    const storageState = await page.context().storageState();
    for (const [_where, viewport, colorScheme] of [LOOKS[0], LOOKS[3]]) {
      const other = await (await browser.newContext({ viewport, colorScheme, storageState })).newPage();
      await other.goto(`${world.url}/contacts/${id}`);
      await other.getByRole('button', { name: 'Merge' }).click();
      const dialog = other.getByRole('dialog', { name: /Merge another contact into Zelda Orr/ });
      await dialog.getByRole('combobox', { name: 'The contact that ends' }).fill('0172');
      await dialog.getByRole('option', { name: /0172/ }).click();
      await dialog.getByText('Tags added: estimate').waitFor();
      await dialog.getByText('(617) 555-0171 is opted out too').waitFor();
      await shotOf(other, `merge-${viewport.width}-${colorScheme}`);
      expect.soft(await tooWide(other)).toEqual([]);
      expect.soft(await violationsOf(other)).toEqual([]);
      await numbersStayWhole(other);
      await other.goto(`${world.url}/contacts/${unnamed}`);
      await other.getByRole('button', { name: 'Merge' }).click();
      await other.getByRole('dialog', { name: 'Merge another contact into (617) 555-0173?' }).waitFor();
      await numbersStayWhole(other);
      await other.context().close();
    }
    await page.goto(`${world.url}/contacts/${id}`);
    await page.getByRole('button', { name: 'Merge' }).click();
    const dialog = page.getByRole('dialog', { name: /Merge another contact/ });
    await dialog.getByRole('combobox', { name: 'The contact that ends' }).fill('0172');
    await dialog.getByRole('option', { name: /0172/ }).click();
    await dialog.getByLabel(/Type/).fill('(617) 555-0172');
    await dialog.getByRole('button', { name: 'Merge the two' }).click();
    await page.getByText('(617) 555-0172 was merged into this contact').waitFor();
    await page.getByText('zelda@example.org').first().waitFor();
    await page.getByText('merged another contact of this person into this one').waitFor();
    const entry = page
      .getByRole('listitem')
      .filter({ hasText: 'merged the contact with this number into another one' });
    await entry.getByText('(617) 555-0172').waitFor();
  });

  it('a viewer is offered nothing that is refused', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await signIn(context, world.url, VIEWER);
    const viewer = await context.newPage();
    const refused: string[] = [];
    viewer.on('response', (answer) => void (answer.status() === 403 && refused.push(answer.url())));
    for (const path of ['/compliance/forms', '/compliance/consents', '/settings/consent', '/compliance/forms/new'])
      await open(path, viewer);
    await open('/compliance/forms', viewer);
    await viewer.getByRole('link', { name: 'Website' }).click();
    await viewer.getByRole('region', { name: 'For your website' }).waitFor();
    expect(await viewer.getByRole('button', { name: /Save|Close/ }).count()).toBe(0);
    expect(refused).toEqual([]);
    await context.close();
  });
});
