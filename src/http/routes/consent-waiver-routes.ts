import type { Campaign } from '../../campaigns/campaign.ts';
import { waiveConsent, withdrawConsentWaiver } from '../../campaigns/waive-consent.ts';
import { runTx } from '../../platform/database.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/consent-waiver.ts';
import { showCampaign } from './campaign-routes.ts';

export function registerConsentWaiverRoutes(api: Api, services: Pick<Services, 'database' | 'clock' | 'newUuid'>) {
  const { db } = services.database;
  api.handle(contract.waiveConsent, async ({ params, body, caller }) => {
    const order = { ...body, id: uuidOf('campaign', params.id), shownId: params.id, by: caller };
    return shown(await runTx(db, (tx) => waiveConsent(tx, services, order)));
  });
  api.handle(contract.withdrawConsentWaiver, async ({ params, query, caller }) => {
    const order = { revision: query.revision, id: uuidOf('campaign', params.id), shownId: params.id, by: caller };
    return shown(await runTx(db, (tx) => withdrawConsentWaiver(tx, services, order)));
  });
}

const shown = (outcome: Outcome<Campaign>) => (outcome.ok ? ok(showCampaign(outcome.value)) : outcome);
