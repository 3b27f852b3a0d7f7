import { changeConsentValidity, changeDoubleOptIn } from '../../compliance/change-consent-settings.ts';
import type { ConsentEvent } from '../../compliance/consent-evidence.ts';
import { getConsentValidity } from '../../compliance/consent-validity-store.ts';
import { eventSentence } from '../../compliance/consent-words.ts';
import { getDoubleOptIn } from '../../compliance/double-opt-in-store.ts';
import { readValidityEffect } from '../../compliance/end-old-consents.ts';
import {
  type ContactConsent,
  type ContactConsentInput,
  type ContactConsents,
  listContactConsents,
  recordContactConsent,
} from '../../contacts/contact-consents.ts';
import { showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import { instant } from '../../platform/time.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/consents.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';

export function registerConsentRoutes(api: Api, services: Pick<Services, 'database' | 'clock' | 'newUuid'>): void {
  const { clock, database } = services;
  const deps = { ...services, db: database.db };
  api.handle(contract.listConsents, async ({ params, query }) => {
    const consents = await listContactConsents(database.db, clock, {
      id: uuidOf('contact', params.id),
      cursor: query.cursor,
      limit: query.limit,
    });
    return consents.ok ? ok(showConsents(consents.value)) : consents;
  });
  api.handle(contract.getConsentValidity, async () => ok(await getConsentValidity(database.db)));
  api.handle(contract.changeConsentValidity, async ({ body, caller }) =>
    ok(await changeConsentValidity(deps, { change: body, actor: caller.actor })),
  );
  api.handle(contract.previewConsentValidity, async ({ query }) =>
    ok(await readValidityEffect(database.db, query, clock.now())),
  );
  api.handle(contract.getDoubleOptIn, async () => ok(await getDoubleOptIn(database.db)));
  api.handle(contract.changeDoubleOptIn, async ({ body, caller }) =>
    ok(await changeDoubleOptIn(deps, { change: body, actor: caller.actor })),
  );
  api.effect(contract.recordConsent, {
    effect: async (tx, { params, body, caller }) => {
      const consent = consentOf(body);
      const recorded = await recordContactConsent(tx, services, {
        id: uuidOf('contact', params.id),
        consent,
        by: caller,
      });
      return recorded.ok ? ok(showConsents(recorded.value)) : recorded;
    },
  });
}

/** What the API and the command line take. */
export function consentOf(input: contract.ConsentInput): ContactConsentInput {
  const { evidence, happenedAt } = input;
  const occurredAt = instant(happenedAt);
  if (input.action === 'revoke') return { action: input.action, purpose: input.purpose, evidence, occurredAt };
  const { action, purpose, kind, wording, needsConfirmation = false, validUntil } = input;
  return {
    action,
    purpose,
    kind,
    evidence,
    occurredAt,
    wording: wording === undefined ? null : { ...wording, language: wording.language ?? null },
    needsConfirmation,
    validUntil: validUntil === undefined ? 'by_policy' : validUntil === null ? null : instant(validUntil),
  };
}

export const showConsents = ({ data, nextCursor, standings }: ContactConsents) => ({
  standings: standings.map(showStanding),
  data: data.map(showConsentEvent),
  nextCursor,
});

const showStanding = ({ purpose, standing, sentence }: ContactConsent) => ({
  purpose,
  state: standing.state,
  since: isoTextOrNull(standing.since),
  consentId: standing.inForce === null ? null : showId('consent', standing.inForce.eventId),
  kind: standing.inForce?.kind ?? null,
  validUntil: isoTextOrNull(standing.inForce?.until ?? null),
  confirmUntil: isoTextOrNull(standing.asked?.confirmUntil ?? null),
  sentence,
});

export const showConsentEvent = (event: ConsentEvent) => ({
  ...event,
  sentence: eventSentence(event),
  id: showId('consent', event.id),
  evidence: shownEvidence(event.evidence),
  validUntil: isoTextOrNull(event.validUntil),
  occurredAt: isoText(event.occurredAt),
  recordedAt: isoText(event.recordedAt),
});

/** As text, and what was said at an opt-out beside the rest. */
export function shownEvidence(evidence: ConsentEvent['evidence']): Record<string, string> {
  const { said, ...given } = evidence;
  const fields = Object.entries({ ...given, ...(typeof said === 'object' ? said : {}) });
  return Object.fromEntries(fields.filter(([, value]) => value !== null).map(([name, value]) => [name, textOf(value)]));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
