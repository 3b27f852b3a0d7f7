import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSALS } from '../src/gateways/sandbox/options.ts';
import type { Campaign } from '../src/http/contract/campaigns.ts';
import type { Conversation } from '../src/http/contract/inbox.ts';
import type { Account } from '../src/http/contract/operations.ts';
import type { Explanation } from '../src/http/contract/recipients.ts';
import { systemClock } from '../src/platform/clock.ts';
import { showId, uuidSource } from '../src/platform/ids.ts';
import { seededRandom } from '../src/platform/random.ts';
import { browserOf, onPhone, shotOf, tooWide, violationsOf } from './browser-page.ts';
import { findChromium } from './chromium.ts';
import { AS_IT_IS, everybodyAgrees, insertContacts } from './fixtures.ts';
import { OWNER, type RunningWorld, runningWorld } from './running-world.ts';
import { API_KEY, NUMBERS } from './sending-world.ts';
import { testDatabase } from './test-database.ts';

/** What stands in the way of sending, in a real Chromium: a number that the provider refuses, and an answer that was lost. */
const chromiumPath = findChromium();
const MINUTES = 60_000;
const [REFUSED, OTHER] = NUMBERS;
/** The provider's own words with their code: each page says them as they are. */
const WHY = 'HTTP 403 0202403 Not Phone Number User: The user is not a user of the phone number (0202403)';
const REMEDY = 'Add that user to the number with the provider, or use another number';
const PAUSED = `The number ${REFUSED.phone} (${REFUSED.name}) is paused: ${WHY}. ${REMEDY}, then resume it under Settings, Numbers`;
const NO_CREDIT =
  'HTTP 402 0200402 Not Enough Credits: The organization does not have enough prepaid credits to send the message (0200402)';
let world: RunningWorld;
let browser: Browser;
let page: Page;
let account: Account;
/** The answer about the text to her is lost. */
let cleo: string;

const laneOf = (phone: string): string => account.lanes.find((lane) => lane.phone === phone)?.id ?? '';

async function launched(name: string, tag: string, phone: string): Promise<Campaign> {
  const body = 'Acme: hi {first_name|there}, shall we come by? Reply STOP to opt out.';
  const draft = await world.client.send<Campaign>(
    'POST',
    '/v1/campaigns',
    { name, audience: { tags: [tag] }, variants: [{ label: 'A', weight: 1, body }], laneIds: [laneOf(phone)] },
    `draft-${name}`,
  );
  const launch = { revision: draft.revision, acknowledgement: AS_IT_IS.reason };
  return world.client.send<Campaign>('POST', `/v1/campaigns/${draft.id}/launch`, launch, `launch-${name}`);
}

/** The page as it is, at the desk and in the hand; `also` is looked at there. */
async function seen(name: string, also?: () => Promise<void>): Promise<void> {
  expect.soft(await tooWide(page), name).toEqual([]);
  expect.soft(await violationsOf(page), name).toEqual([]);
  await shotOf(page, name);
  await onPhone(page, name, also);
}

describe.skipIf(chromiumPath === undefined)('sending in a browser', { timeout: 2 * MINUTES }, () => {
  beforeAll(async () => {
    const database = await testDatabase();
    world = await runningWorld(database, {
      startsAt: '2026-11-17T15:00:00Z',
      factor: 20,
      sandbox: { refusals: [{ laneRef: REFUSED.id, ...REFUSALS.notPhoneNumberUser }] },
    });
    const newUuid = uuidSource({ clock: systemClock, random: seededRandom(5) });
    const [, , id = ''] = await insertContacts(database.db, { clock: world.clock, newUuid }, [
      { phone: '+16175550120', firstName: 'Ann', tags: ['refused'] },
      { phone: '+16175550121', firstName: 'Bea', tags: ['refused'] },
      { phone: '+16175550122', firstName: 'Cleo', tags: ['lost'] },
      { phone: '+16175550123', firstName: 'Dora', tags: ['credit'] },
    ]);
    cleo = showId('contact', id);
    await everybodyAgrees(database.db);
    account = await world.client.send<Account>(
      'POST',
      '/v1/accounts',
      { kind: 'quo', name: 'Office', apiKey: API_KEY, baseUrl: world.sandbox.url },
      'connect',
    );
    ({ browser, page } = await browserOf(chromiumPath, world.url, OWNER));
  }, 2 * MINUTES);
  afterAll(() => browser?.close());

  it('says on each page why a number stopped that the provider refuses, in the same words', async () => {
    const campaign = await launched('Roofs', 'refused', REFUSED.phone);

    await page.goto(`${world.url}/campaigns/${campaign.id}`);
    await page.getByText(`Waiting: no number can send, One is paused (${WHY})`).waitFor();
    const numbers = page.getByRole('region', { name: 'Numbers' });
    await numbers.getByText(`${WHY}. ${REMEDY}. Resume it`).waitFor();
    await seen('refused-campaign', async () => {
      const back = await page.getByRole('navigation', { name: 'Breadcrumb' }).boundingBox();
      const beside = await page.getByRole('link', { name: '1 alert' }).boundingBox();
      expect.soft((back?.x ?? 0) + (back?.width ?? 0)).toBeLessThan(beside?.x ?? 0);
    });

    await numbers.getByRole('link', { name: 'Resume it' }).click();
    const line = page.getByRole('list', { name: 'Numbers of Office' }).getByRole('listitem');
    await line.filter({ hasText: REFUSED.name }).getByText(WHY, { exact: true }).waitFor();
    await line.filter({ hasText: REFUSED.name }).getByText(`${REMEDY}, then resume it.`, { exact: true }).waitFor();
    expect(await line.filter({ hasText: 'Paused' }).count()).toBe(1);
    await seen('refused-settings');

    await page.goto(world.url);
    await page.getByRole('region', { name: 'Needs you' }).getByText(PAUSED, { exact: true }).waitFor();
    await seen('refused-home');

    await page.goto(`${world.url}/alerts`);
    const alerts = page.getByRole('list', { name: 'Open alerts' });
    await alerts.getByText(`${REFUSED.name} ${REFUSED.phone}: paused: ${WHY}`, { exact: true }).waitFor();
    await alerts.getByText(`${PAUSED}.`, { exact: true }).waitFor();
    await seen('refused-alerts');
  });

  it('lets a person settle a text of which the gateway cannot tell', async () => {
    world.sandbox.setFaults({ loseAnswerShare: 1 });
    const campaign = await launched('Gutters', 'lost', OTHER.phone);
    const path = `/campaigns/${campaign.id}/people/${cleo}`;
    const explained = () =>
      world.client.get<Explanation>(`/v1/campaigns/${campaign.id}/recipients/${cleo}/explanation`);
    await world.until('the gateway was asked in vain', async () => (await explained()).asking?.outcome === 'no_answer');

    await page.goto(`${world.url}${path}`);
    const panel = page.getByRole('complementary', { name: 'Cleo' });
    const settle = panel.getByRole('button', { name: 'Settle by hand' });
    await panel.getByText(/It was asked last at .* and did not answer; it is asked again/).waitFor();
    await seen('lost-answer');
    await settle.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('look at (617) 555-0122 in the provider’s own list', { exact: false }).waitFor();
    await dialog.getByRole('button', { name: 'Settle it' }).click();
    await dialog.getByText('Choose one').waitFor();
    await dialog.getByText('Say it in a few words').waitFor();
    await dialog.getByRole('radio', { name: 'It was sent' }).check();
    const [taken] = world.sandbox.accepted();
    await dialog.getByLabel('The provider’s id of the text').fill(taken?.id ?? '');
    await dialog.getByLabel('How you know').fill('Seen in the app of the provider');
    await seen('settle-dialog');
    await dialog.getByRole('button', { name: 'Record that it was sent' }).click();
    await page.getByText('The text to Cleo is settled').waitFor();
    await panel.getByText('Sent, as a person recorded').waitFor();
    await panel.getByText('Texted, and the carrier says that it was delivered').waitFor();
    await settle.waitFor({ state: 'detached' });
    await page.getByRole('grid').getByText('Delivered', { exact: true }).waitFor();
    await seen('settled');

    const { enrollment, attempts } = await explained();
    expect(enrollment).toMatchObject({ state: 'delivered', settledByHand: true });
    expect(attempts).toMatchObject([{ outcome: 'said_sent', detail: 'Dana Ortiz: Seen in the app of the provider' }]);
  });

  it('lets a person settle a reply of which the gateway cannot tell', async () => {
    world.sandbox.personTexts({ from: '+16175550122', to: OTHER.phone, text: 'Yes please' });
    const found = () => world.client.get<{ readonly data: readonly Conversation[] }>('/v1/conversations?search=Cleo');
    await world.until('her answer has arrived', async () => (await found()).data.length === 1);
    await page.goto(`${world.url}/inbox/${(await found()).data[0]?.id}`);
    await page.getByRole('textbox', { name: 'Reply to Cleo' }).fill('Tomorrow at nine?');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const ours = page.getByRole('article', { name: 'Us' }).filter({ hasText: 'Tomorrow at nine?' });
    await ours.getByRole('button', { name: 'Settle by hand' }).click();
    await seen('lost-reply');
    const dialog = page.getByRole('dialog', { name: 'What became of the text to Cleo?' });
    await dialog.getByRole('radio', { name: 'It was not sent: leave it so' }).check();
    await dialog.getByText('The conversation waits for an answer again, unless it has another one.').waitFor();
    await dialog.getByLabel('How you know').fill('Not in the app of the provider');
    await seen('settle-reply-dialog');
    await dialog.getByRole('button', { name: 'Leave it unsent' }).click();
    await page.getByText('The text to Cleo is settled').waitFor();
    await ours.getByText('Not sent. Somebody here decided not to send it.').waitFor();
    await ours.getByRole('button', { name: 'Settle by hand' }).waitFor({ state: 'detached' });
    await seen('settled-reply');
  });

  it('says on each page why an account stopped that has no credit left, and what to do', async () => {
    world.sandbox.setFaults({});
    world.sandbox.setRefusals([REFUSALS.noCredit]);
    const campaign = await launched('Windows', 'credit', OTHER.phone);

    await page.goto(`${world.url}/campaigns/${campaign.id}`);
    await page
      .getByText(`Waiting: account Office is paused, ${NO_CREDIT}. Add credit with the provider, then resume it`)
      .waitFor();
    await seen('no-credit-campaign');
    await page.getByRole('link', { name: 'See the account' }).click();
    const block = page.getByRole('region', { name: 'Office' });
    await block.getByText(`${NO_CREDIT}. Nothing goes out from its numbers, replies included.`).waitFor();
    await block.getByText('Add credit with the provider, then resume it.').waitFor();
    await seen('no-credit-settings');
    await page.goto(world.url);
    const needs = page.getByRole('region', { name: 'Needs you' });
    await needs
      .getByText(
        `The account "Office" is paused: ${NO_CREDIT}. Add credit with the provider, then resume it under Settings, Numbers`,
        { exact: true },
      )
      .waitFor();
    await seen('no-credit-home');
    await page.goto(`${world.url}/operations/health`);
    await page.getByText(`${NO_CREDIT}. Add credit with the provider`, { exact: true }).waitFor();
    await seen('no-credit-health');

    world.sandbox.setRefusals([]);
    await page.goto(`${world.url}/settings/numbers`);
    await block.getByRole('button', { name: 'Resume', exact: true }).click();
    await page.getByText('Office sends again').waitFor();
    await world.until('the campaign is through', async () => {
      const now = await world.client.get<Campaign>(`/v1/campaigns/${campaign.id}`);
      return now.state === 'completed';
    });
  });
});
