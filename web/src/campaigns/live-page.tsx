import type { Campaign } from '../api/campaigns.ts';
export function LivePage(_: { readonly campaign: Campaign; readonly launchedHere: boolean }) {
  return null;
}
