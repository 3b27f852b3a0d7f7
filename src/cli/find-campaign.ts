import type { Campaign } from '../campaigns/campaign.ts';
import { getCampaign, listCampaigns } from '../campaigns/campaign-store.ts';
import type { Db } from '../platform/database.ts';
import { parseId, showId } from '../platform/ids.ts';
import { CliError } from './shell.ts';

const NAMESAKES_SHOWN = 10;

/** The campaign with this id, or the only one with this name (in any case). */
export async function findCampaign(db: Db, reference: string): Promise<Campaign> {
  const id = parseId('campaign', reference);
  if (id !== undefined) {
    const campaign = await getCampaign(db, id);
    if (campaign === undefined) throw new CliError(`campaign ${reference} does not exist`);
    return campaign;
  }
  const named = await namedCampaigns(db, reference);
  const [only, ...others] = named;
  if (only === undefined)
    throw new CliError(`no campaign is called "${reference}": textwright campaign list shows the names`);
  if (others.length === 0) return only;
  const listed = named.slice(0, NAMESAKES_SHOWN).map((one) => `${showId('campaign', one.id)} (${one.state})`);
  throw new CliError(`${named.length} campaigns are called "${reference}", give the id of one: ${listed.join(', ')}`);
}

const PAGE = 200;

async function namedCampaigns(db: Db, name: string): Promise<readonly Campaign[]> {
  const found: Campaign[] = [];
  for (let after: { createdAt: string; id: string } | undefined; ; ) {
    const page = await listCampaigns(db, { state: undefined, search: name, after, limit: PAGE });
    found.push(...page.filter((campaign) => campaign.name.toLowerCase() === name.toLowerCase()));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return found;
    after = { createdAt: last.createdAt.toString(), id: last.id };
  }
}
