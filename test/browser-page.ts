import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong on the page as it is now. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return found.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`);
}

/** For a look at what a failing step saw: a picture in the folder SCREENSHOTS, if that is set. */
export async function shotOf(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}
