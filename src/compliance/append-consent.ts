import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type ConsentFact, type ConsentKind, type ConsentPurpose, consentStanding } from './consent.ts';
import { type ConsentEvidence, type ConsentWording, isDocumented } from './consent-evidence.ts';
import { insertConsentEvent, readConsentFacts } from './consent-store.ts';

interface Happened {
  readonly phone: string;
  readonly evidence: ConsentEvidence;
  readonly occurredAt: Instant;
  readonly by: { readonly actor: string; readonly name: string };
}

export type ConsentToAppend = Happened &
  (
    | {
        readonly action: 'grant';
        readonly purpose: ConsentPurpose;
        readonly kind: ConsentKind;
        readonly wording: ConsentWording | null;
        readonly confirmUntil: Instant | null;
        readonly validUntil: Instant | null;
      }
    | { readonly action: 'confirm'; readonly purpose: ConsentPurpose }
    | { readonly action: 'revoke' | 'expire'; readonly purpose: ConsentPurpose | 'all' }
  );

type Grant = ConsentToAppend & { readonly action: 'grant' };
/** The same before it is known when it ends, which the policy may say, and until when it may be confirmed, which it always says. */
export type ConsentToRecord =
  | Exclude<ConsentToAppend, Grant>
  | (Omit<Grant, 'validUntil' | 'confirmUntil'> & {
      readonly validUntil: Instant | null | 'by_policy';
      readonly needsConfirmation: boolean;
    });

/** Adds one event about a number that the caller has locked, and writes what its events come to. Returns the id of the event. */
export async function appendConsent(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: ConsentToAppend,
): Promise<Uuid> {
  const id = deps.newUuid();
  const facts = [...(await readConsentFacts(tx, input.phone)), factOf(id, input)];
  await insertConsentEvent(
    tx,
    { ...NO_GRANT, ...eventOf(input), id, recordedAt: deps.clock.now() },
    { marketing: consentStanding(facts, 'marketing'), informational: consentStanding(facts, 'informational') },
  );
  return id;
}

const NO_GRANT = { kind: null, wording: null, confirmUntil: null, validUntil: null } as const;

function eventOf({ by, ...input }: ConsentToAppend) {
  const documented = isDocumented(input.evidence, input.action === 'grant' ? input.wording : null);
  return { ...input, documented: input.action === 'grant' ? documented : true, actor: by.actor, recordedBy: by.name };
}

function factOf(id: Uuid, input: ConsentToAppend): ConsentFact {
  const { evidence, occurredAt } = input;
  if (input.action === 'confirm') return { id, occurredAt, action: input.action, purpose: input.purpose };
  if (input.action !== 'grant') return { id, occurredAt, action: input.action, purpose: input.purpose };
  const { action, purpose, kind, wording, confirmUntil, validUntil } = input;
  const documented = isDocumented(evidence, wording);
  return { id, occurredAt, action, purpose, kind, source: evidence.source, documented, confirmUntil, validUntil };
}
