import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { CHROMIUM_ARGS } from './chromium.ts';

/** Everything that the pages of this context then do, they do as this member. */
export async function signIn(
  context: BrowserContext,
  url: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> {
  const headers = { origin: url };
  const answer = await context.request.post(`${url}/v1/sign-in`, { headers, data: { email, password } });
  expect(answer.status()).toBe(200);
}

/** What axe finds wrong on the page as it is now. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return found.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`);
}

/**
 * What can be moved sideways on the page as it is now, and should not: "main: 512 of 390 px". The window alone does not tell, since the
 * page, a panel beside it and a dialog scroll by themselves.
 */
export const tooWide = (page: Page): Promise<readonly string[]> => page.evaluate(FIND_TOO_WIDE);
const FIND_TOO_WIDE = `[...document.querySelectorAll('html, main, aside, [role="dialog"]')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ localName, scrollWidth, clientWidth }) => localName + ': ' + scrollWidth + ' of ' + clientWidth + ' px')`;

/** A new browser with a page of this person, who may copy and paste. The caller closes the browser. */
export async function browserOf(
  executablePath: string | undefined,
  worldUrl: string,
  person: Parameters<typeof signIn>[2],
): Promise<{ readonly browser: Browser; readonly page: Page }> {
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: [...CHROMIUM_ARGS] });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(context, worldUrl, person);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return { browser, page };
}

/** For a look at what a failing step saw: a picture in the folder SCREENSHOTS, if that is set. */
export async function shotOf(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** For `expect.poll` in a browser on a busy machine. */
export const PATIENCE = { timeout: 15_000 } as const;

/** What is open, in the hand and at night: nothing too wide, nothing that axe finds, and `also`; then the desk again. */
export async function onPhone(page: Page, name: string, also?: () => Promise<void>): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  expect.soft(await tooWide(page), `${name}, phone`).toEqual([]);
  expect.soft(await violationsOf(page), `${name}, phone`).toEqual([]);
  await shotOf(page, `${name}-phone`);
  await also?.();
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}
