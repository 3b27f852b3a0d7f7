import { parsePhone } from '../../contacts/phone.ts';
import { erasePerson, rehearseErasure } from '../../evidence/erase-person.ts';
import { BEYOND_REACH, type Erasure } from '../../evidence/erasure.ts';
import { showId } from '../../platform/ids.ts';
import { invalid, type Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import type { Api } from '../api.ts';
import * as contract from '../contract/erasures.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

export function registerErasureRoutes(api: Api, services: Pick<Services, 'database' | 'clock' | 'newUuid'>): void {
  api.handle(contract.rehearseErasure, async ({ body, caller }) => {
    const phone = phoneOf(body.phone, '/phone');
    if (!phone.ok) return phone;
    const request = { phone: phone.value, reason: 'a rehearsal', by: caller };
    const rehearsed = await rehearseErasure(services.database.db, services, request);
    return rehearsed.ok ? ok({ ...showErasure(rehearsed.value), id: null }) : rehearsed;
  });
  api.effect(contract.erasePerson, {
    effect: async (tx, { body, caller }) => {
      const phone = phoneOf(body.phone, '/phone');
      if (!phone.ok) return phone;
      const typed = phoneOf(body.confirmPhone, '/confirmPhone');
      if (!typed.ok) return typed;
      if (typed.value !== phone.value)
        return invalid('confirmPhone: expected the number of the person, typed again', {
          errors: [{ pointer: '/confirmPhone', message: 'not the same number' }],
        });
      const erased = await erasePerson(tx, services, { phone: phone.value, reason: body.reason, by: caller });
      return erased.ok ? ok(showErasure(erased.value)) : erased;
    },
  });
}

export function phoneOf(text: string, pointer: string): Outcome<string> {
  const phone = parsePhone(text);
  if (phone.ok) return phone;
  return invalid(`"${text}" is not a US number`, { errors: [{ pointer, message: 'expected a US number' }] });
}

export const showErasure = ({ id, erasedAt, actorName, reason, removed, kept }: Erasure) => ({
  id: showId('erasure', id),
  erasedAt: isoText(erasedAt),
  by: actorName,
  reason,
  removed,
  kept: kept.map(({ record, rows, ruleVersion, reason: because, keepUntil }) => ({
    ...{ record, rows, ruleVersion },
    reason: because,
    keepUntil: isoTextOrNull(keepUntil),
  })),
  beyondReach: BEYOND_REACH,
});
