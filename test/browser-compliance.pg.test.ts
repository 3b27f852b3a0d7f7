import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../src/platform/database.ts';
import { aroundTriggers } from './around-triggers.ts';
import { browserOf, PATIENCE, shotOf, signIn, tooWide, violationsOf } from './browser-page.ts';
import { findChromium } from './chromium.ts';
import { fakeDncScrub, SCRUB_KEY } from './fake-scrubs.ts';
import { FAKE_KEYS, fakeNumverify } from './fake-validators.ts';
import { everybodyAgrees } from './fixtures.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { testDatabase } from './test-database.ts';
import { zipFile } from './zip-file.ts';

/** The pages of Compliance, and that of number validation, in a real Chromium. */
const chromiumPath = findChromium();
const MINUTES = 60_000;
const VIEWER = { name: 'Vera', email: 'vera@example.com', password: 'a long password of hers' } as const;
const MANAGER = { name: 'Mona', email: 'mona@example.com', password: 'a long password of hers' } as const;
const LISTED = '+16175550126';
const PAGES = [
  'settings/compliance',
  'compliance',
  'compliance/opt-out-report?by=hour',
  'settings/number-validation',
  'compliance/do-not-call?check=6175550126',
  'compliance/do-not-call/reassigned',
  'compliance/do-not-call/service',
  'compliance/audit-log',
  'compliance/evidence',
  'compliance/evidence?phone=6175550124',
] as const;
const LANDLINE = '+16175550124';
const LOOKS = [
  ['on a desk', { width: 1440, height: 900 }, 'light'],
  ['on a phone', { width: 390, height: 844 }, 'dark'],
] as const;
let world: RunningWorld;
let database: Database;
let browser: Browser;
let page: Page;

const open = async (path: string, on = page): Promise<void> => {
  await on.goto(`${world.url}${path}`);
  await on.getByRole('heading', { level: 1 }).waitFor();
  await expect.poll(() => on.locator('[aria-busy="true"]').count(), PATIENCE).toBe(0);
};
const newestId = async (path: string): Promise<string> =>
  (await world.client.get<{ data: readonly { id: string }[] }>(path)).data[0]?.id ?? '';
const rows = (on = page) => on.getByRole('grid').locator('tr[data-row]');
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
    database = await testDatabase();
    const numverify = await fakeNumverify();
    numverify.numbers.set(LANDLINE.slice(1), { valid: true, lineType: 'landline' });
    const scrub = await fakeDncScrub();
    scrub.listed.set(LISTED.slice(2), 'D|National (USA) 2003-06-01;;;');
    world = await runningWorld(database, {
      startsAt: '2026-11-17T15:00:00Z',
      factor: 1,
      env: { NUMVERIFY_URL: numverify.url, DNCSCRUB_URL: scrub.url, SCRUB_NETWORKS: '127.0.0.1' },
    });
    for (const phone of [LANDLINE, '+16175550125', LISTED])
      await world.client.send('POST', '/v1/contacts', { phone }, `make-${phone}`);
    await sql`insert into number_validation (phone, valid, line_type, validator, checked_at, raw)
      values (${LANDLINE}, true, 'landline', 'numverify', ${world.clock.now()}, '{}')`.execute(database.db);
    await world.client.send('POST', '/v1/users', { ...VIEWER, role: 'viewer' }, 'make-the-viewer');
    await world.client.send('POST', '/v1/users', { ...MANAGER, role: 'manager' }, 'make-the-manager');
    ({ browser, page } = await browserOf(chromiumPath, world.url, OWNER));
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('tells what a policy about numbers would change before it is saved', async () => {
    await open('/settings/number-validation');
    const contacts = page.getByRole('region', { name: 'Contacts' });
    await contacts.getByRole('button', { name: 'Validate 2 numbers' }).click();
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
    await key.fill(FAKE_KEYS.numverify);
    await page.getByLabel('When the importer wants it').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('A key is set. It is not shown again').waitFor();
    await expect.poll(() => key.inputValue(), PATIENCE).toBe('');
    await expect.poll(() => effect.innerText(), PATIENCE).toBe('Campaigns leave out nobody for their number, as now.');
  });

  it('validates the numbers of an import when that is wanted, and says what they are', async () => {
    await open('/imports');
    const buffer = Buffer.from(`Phone,First name\n${LANDLINE},Ann\n6175550128,Bob\n`);
    await page.getByLabel('CSV file with contacts').setInputFiles({ name: 'two.csv', mimeType: 'text/csv', buffer });
    await page.getByLabel('Validate the numbers after the import').check();
    await page.getByText('100 requests are left this month').waitFor();
    await page.getByRole('button', { name: 'Import 2 contacts' }).click();
    const numbers = page.getByRole('region', { name: 'The numbers' });
    await numbers.getByText('Done: 2 numbers. 1 mobile phone, 1 landline').waitFor({ timeout: MINUTES });
    await shotOf(page, 'import-numbers');
    expect.soft(await violationsOf(page)).toEqual([]);
    await numbers.getByRole('link', { name: 'See the numbers' }).click();
    await expect.poll(() => rows().count(), PATIENCE).toBe(2);
    await page.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'Landline 1' }).click();
    await expect
      .poll(() => rows().allInnerTexts(), PATIENCE)
      .toEqual([expect.stringMatching(/555-0124\s+Landline\s+Ann/)]);
    await shotOf(page, 'validated-numbers');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export these' }).click();
    expect(await readFile(await (await download).path(), 'utf8')).toMatch(/^phone,[^\n]+\n\+16175550124,Ann,[^\n]+\n$/);
    await rows().first().click();
    await page.getByRole('heading', { level: 2, name: 'Ann' }).waitFor();
    await open('/settings/number-validation');
    await page.getByText('1 of 100 requests used this month').waitFor();
  });

  it('makes a do-not-call list, fills it, and finds a number on it', async () => {
    await open('/compliance/do-not-call');
    await page.getByText('No list yet').waitFor();
    await shotOf(page, 'dnc-empty');
    await page.getByRole('button', { name: 'New list' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Whose list is it?').selectOption('state');
    await dialog.getByLabel('State').fill('ma');
    await dialog.getByLabel('Name').fill('Massachusetts');
    await shotOf(page, 'dnc-new');
    expect.soft(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the list' }).click();
    await page.getByRole('heading', { level: 1, name: 'Massachusetts' }).waitFor();
    const upload = async (name: string, content: string | Buffer) => {
      const chooser = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: 'File', exact: true }).click();
      await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
      await page.getByRole('button', { name: 'Upload the list' }).click();
    };
    await upload('half.txt', '6175550126\n617555012X\n');
    await page.getByText(/“half.txt” was not uploaded/).waitFor();
    await page.getByText('The refused lines').click();
    await page.getByText('Line 2: 617555012X').waitFor();
    await shotOf(page, 'dnc-refused');
    expect.soft(await violationsOf(page)).toEqual([]);
    await upload('whole.zip', zipFile({ data: '6175550126\n6175550127\n' }));
    await page.getByText('“Massachusetts” has 2 numbers now').waitFor();
    await page.getByText(/2 numbers, of Tue 17 Nov 2026. In force/).waitFor();
    await page.getByRole('link', { name: 'Do-not-call lists' }).click();
    await page.getByLabel('Phone number to check').fill('617 555 0126');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Lists that it is on' }).getByText('Massachusetts').waitFor();
    await page.getByRole('button', { name: 'Record an exemption' }).click();
    await dialog.getByLabel('What shows it').fill('Invoice 1204');
    await dialog.getByLabel('When').fill('2026-10-01');
    await dialog.getByRole('button', { name: 'Record the exemption' }).click();
    await page.getByText(/Exempt until Sat 1 Apr 2028/).waitFor();
    await page.getByRole('button', { name: 'End it now' }).click();
    await page.getByText(/Ended Tue 17 Nov/).waitFor();
    await page.getByLabel('Phone number to check').fill('12');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Not checked').waitFor();
  });

  it('lets an owner alone say that a list may be much smaller', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await signIn(context, world.url, MANAGER);
    const list = `/compliance/do-not-call/${await newestId('/v1/dnc-lists')}`;
    for (const [whose, isOffered] of [
      [await context.newPage(), false],
      [page, true],
    ] as const) {
      await open(list, whose);
      await whose.getByText('Take a file that is not perfect').click();
      await whose.getByLabel('So many lines may be no numbers').waitFor();
      expect(await whose.getByLabel(/less than 90%/).count()).toBe(isOffered ? 1 : 0);
    }
    await context.close();
  });

  it('asks a scrub service about the contacts, and shows what it said', async () => {
    await open('/compliance/do-not-call');
    await page.getByRole('link', { name: 'Scrub service' }).click();
    await page.getByText('No service is asked.', { exact: false }).waitFor();
    await page.getByLabel('Whom to ask').selectOption('dncscrub');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('enter the key of the service').waitFor();
    await page.getByLabel('Key', { exact: true }).fill(SCRUB_KEY);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('A key is set. It is not shown again').waitFor();
    await page.getByRole('button', { name: 'Ask the service' }).click();
    await page.getByText('1 on a list, 3 on none, 0 not known.', { exact: false }).waitFor({ timeout: MINUTES });
    await page.getByText('DNCScrub: 4 of 10,000 numbers asked this month.').waitFor();
    await shotOf(page, 'scrub-done');
    expect.soft(await violationsOf(page)).toEqual([]);
    await open('/compliance/do-not-call');
    await page.getByRole('link', { name: 'DNCScrub: national registry' }).waitFor();
  });

  it('asks about reassigned numbers by files, refuses a wrong file, and tells what was answered', async () => {
    await everybodyAgrees(database.db);
    await open('/compliance/do-not-call');
    await page.getByRole('link', { name: 'Reassigned numbers' }).click();
    await page.getByText('Nothing yet').waitFor();
    await shotOf(page, 'reassigned-empty');
    await page.getByLabel('Some of them').check();
    expect(await page.getByRole('button', { name: 'Make the questions' }).isDisabled()).toBe(true);
    await page.getByLabel('Every contact').check();
    await page.getByRole('button', { name: 'Make the questions' }).click();
    await page.getByText('Not answered yet.').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Questions' }).click();
    const questions = await readFile(await (await download).path(), 'utf8');
    expect(questions).toMatch(/^(\d{10},\d{4}-\d\d-\d\d\r\n){4}$/);
    await page.getByText('Upload the answers').click();
    const upload = async (text: string) => {
      const chooser = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: 'File of answers' }).click();
      await (await chooser).setFiles({ name: 'answers.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
    };
    await upload(questions);
    await page.getByText(/expected yes, no or no data/).waitFor();
    await shotOf(page, 'reassigned-refused');
    expect.soft(await violationsOf(page)).toEqual([]);
    await upload(questions.replace('\r\n', ',yes\r\n').replaceAll(/(\d)\r\n/g, '$1,no\r\n'));
    await page.getByRole('list').getByText('1 given up and left out of campaigns, 3 not', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'Record' }).waitFor();
    await shotOf(page, 'reassigned-answered');
  });

  it('goes through the audit log by keyboard, and keeps the filters in the address', async () => {
    await open('/compliance/audit-log');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary');
    await panel.getByText('What was recorded').waitFor();
    await panel.getByText('Hash', { exact: true }).waitFor();
    await shotOf(page, 'audit-entry');
    expect.soft(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.waitForURL('**/compliance/audit-log');
    await page.getByRole('search').getByText('What', { exact: true }).click();
    await page.getByRole('option', { name: 'User created' }).click();
    await page.waitForURL(/action=user.created/);
    await expect.poll(() => rows().count(), PATIENCE).toBe(3);
    await page.reload();
    // The newest in front: the manager, who has signed in since, then the viewer.
    await rows().nth(1).click();
    await panel.getByText(VIEWER.email).first().waitFor();
    await panel.getByRole('link', { name: 'All that happened to it' }).click();
    await page.waitForURL(/search=usr_/);
    await expect.poll(() => rows().count(), PATIENCE).toBe(1);
    await page.keyboard.press('/');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('nothing of this name');
    await page.getByText('No entry matches').waitFor();
    await page.getByRole('button', { name: 'Show all entries' }).click();
    await expect.poll(() => rows().count(), PATIENCE).toBeGreaterThan(3);
  });

  it('verifies the log, and names the entry that somebody has changed', async () => {
    await open('/compliance/audit-log');
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Verify every entry' }).click();
    await dialog.getByText(/entries fit the chain\. Nothing was changed/).waitFor();
    await shotOf(page, 'audit-whole');
    expect.soft(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: /Copy the head/ }).click();
    const head = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(head).toMatch(/^\d+:[0-9a-f]{64}$/);
    const noted = dialog.getByLabel(/Head that was noted/);
    await noted.fill('1204');
    expect(await dialog.getByRole('button', { name: 'Verify again' }).isDisabled()).toBe(true);
    await noted.fill(head.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
    await dialog.getByRole('button', { name: 'Verify again' }).click();
    await dialog.getByText(/the chain was made anew/).waitFor();
    await aroundTriggers(database.db, (tx) =>
      sql`update audit_entry set detail = '{}' where action = 'user.created'`.execute(tx),
    );
    await noted.fill('');
    await dialog.getByRole('button', { name: 'Verify again' }).click();
    await dialog.getByText(/was changed after it was sealed/).waitFor();
    await shotOf(page, 'audit-broken');
    await dialog.getByRole('link', { name: 'See that entry' }).click();
    await page.getByRole('complementary', { name: 'User created' }).getByText('Nothing but the act itself').waitFor();
  });

  it('tells all about a number as a file, and erases the person for whoever types the number', async () => {
    await open('/contacts?search=Ann');
    await rows().first().click();
    await page.getByRole('complementary').getByRole('link', { name: 'Evidence' }).click();
    await page.getByRole('heading', { level: 2, name: 'Ann, (617) 555-0124' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'PDF' }).click();
    expect((await download).suggestedFilename()).toBe('evidence-16175550124.pdf');
    await shotOf(page, 'evidence');
    expect.soft(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Erase this person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 contact', { exact: true }).waitFor();
    const erase = dialog.getByRole('button', { name: 'Erase this person' });
    await dialog.getByLabel('Why?').fill('Asked by letter');
    await dialog.getByLabel(/to confirm/).fill('(617) 555-0125');
    expect(await erase.isDisabled()).toBe(true);
    await dialog.getByLabel(/to confirm/).fill('(617) 555-0124');
    await shotOf(page, 'erase');
    expect.soft(await violationsOf(page)).toEqual([]);
    await erase.click();
    await page.getByText(/This person was erased/).waitFor();
    await page.getByText('The person was erased by', { exact: false }).waitFor();
    await open('/contacts?search=6175550124');
    await page.getByText(/Nobody matches/).waitFor();
  });

  it.each(LOOKS)('shows every page %s, no wider than the window', async (_where, viewport, colorScheme) => {
    const other = await otherWindow(viewport, colorScheme);
    const list = await newestId('/v1/dnc-lists');
    const entry = await newestId('/v1/audit-entries?action=dnc_list.updated');
    const batch = await newestId('/v1/number-validation/batches');
    for (const path of [
      ...PAGES,
      `number-validation/${batch}`,
      `compliance/do-not-call/${list}`,
      `compliance/audit-log/${entry}`,
    ]) {
      await open(`/${path}`, other);
      expect.soft(await tooWide(other), path).toEqual([]);
      await shotOf(other, `${viewport.width}-${path.replace(/_\w+/, '').replace(/\W/g, '-')}`);
      expect.soft(await violationsOf(other), path).toEqual([]);
    }
    await other.context().close();
  });

  it('offers a viewer nothing that is refused', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await signIn(context, world.url, VIEWER);
    const viewer = await context.newPage();
    const refused: string[] = [];
    viewer.on('response', (answer) => void (answer.status() === 403 && refused.push(answer.url())));
    for (const path of [
      '/compliance',
      '/settings/number-validation',
      '/compliance/audit-log',
      '/compliance/evidence',
    ]) {
      await open(path, viewer);
      expect.soft(await violationsOf(viewer), path).toEqual([]);
      expect(await viewer.locator('main').getByRole('button').allInnerTexts(), path).toEqual([]);
    }
    await viewer.getByText('Owners and managers can see all that is known of a person. Ask one of them.').waitFor();
    await open('/compliance/audit-log', viewer);
    await viewer.getByText('Owners and managers can read the audit log. Ask one of them.').waitFor();
    await open('/compliance/do-not-call', viewer);
    await viewer.getByRole('link', { name: 'Massachusetts' }).click();
    await viewer.getByText('Owners and managers can see and upload the files.', { exact: false }).waitFor();
    await shotOf(viewer, 'dnc-viewer');
    expect(refused).toEqual([]);
    await context.close();
  });
});
