import { changeDefaultConsent } from '../../compliance/change-consent-settings.ts';
import { getDefaultConsent } from '../../compliance/default-consent-store.ts';
import { changeOptOutWording, getOptOutWording } from '../../compliance/opt-out-wording-store.ts';
import { readPolicyEffects } from '../../operations/policy-effects.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import type { Api } from '../api.ts';
import * as contract from '../contract/compliance-policy.ts';
import { consentPolicyOf, showConsentPolicy } from './campaign-routes.ts';

export function registerCompliancePolicyRoutes(
  api: Api,
  services: Pick<Services, 'database' | 'clock' | 'newUuid'>,
): void {
  const { db } = services.database;
  api.handle(contract.policyEffects, async () => {
    const { textsOfDay, ...effects } = await readPolicyEffects(db, services.clock.now());
    return ok({ ...effects, textsOfDay: [...textsOfDay] });
  });
  api.handle(contract.getDefaultConsent, async () => ok(showConsentPolicy(await getDefaultConsent(db))));
  api.handle(contract.changeDefaultConsent, async ({ body, caller }) => {
    const change = consentPolicyOf(body);
    return ok(showConsentPolicy(await changeDefaultConsent({ ...services, db }, { change, actor: caller.actor })));
  });
  api.handle(contract.getOptOutWording, async () => ok(await getOptOutWording(db)));
  api.handle(contract.changeOptOutWording, ({ body: { adds, wording }, caller }) =>
    changeOptOutWording(
      { ...services, db },
      {
        change: { ...(adds === undefined ? {} : { adds }), ...(wording === undefined ? {} : { wording }) },
        actor: caller.actor,
      },
    ),
  );
}
