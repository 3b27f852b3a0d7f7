import { showId, type Uuid } from '../../src/platform/ids.ts';
import { openProduct, ownerOf } from './product.ts';
import type { BenchWorld } from './world.ts';

export interface CampaignPage {
  /** Milliseconds of one answer each of: what the campaign's page shows, its people, those who were texted. */
  open(): Promise<{ readonly live: number; readonly recipients: number; readonly sent: number }>;
  close(): Promise<void>;
}

const PAGE = 50;

/** A person who has the page of a campaign open, at the real server in a process of its own. */
export async function openCampaignPage(world: BenchWorld, campaignId: Uuid): Promise<CampaignPage> {
  const product = await openProduct(world, 'api');
  const client = await ownerOf(product);
  const path = `/v1/campaigns/${showId('campaign', campaignId)}`;
  const ms = async (what: string): Promise<number> => {
    const startedAt = performance.now();
    await client.get(`${path}/${what}`);
    return performance.now() - startedAt;
  };
  return {
    open: async () => ({
      live: await ms('live'),
      recipients: await ms(`recipients?limit=${PAGE}`),
      sent: await ms(`recipients?limit=${PAGE}&state=sent`),
    }),
    async close() {
      await product.stop();
    },
  };
}
