/**
 * Makes the registrations at the gateway what they should be: those of ours that work stay, the others are mended, what is missing is
 * made. Nothing is removed before the key of what takes its place is known here (`endReplaced`), so that no event is refused.
 */
import { type Clock, patience } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/database.ts';
import { conflict, type Outcome } from '../platform/refusal.ts';
import { err, ok, type Result, unreachable } from '../platform/result.ts';
import type { Secrets } from '../platform/secrets.ts';
import { addMs, type Instant, isBefore, MINUTE_MS } from '../platform/time.ts';
import type { AccountRow } from './account.ts';
import { setWebhook } from './account-commands-store.ts';
import { type CurrentKey, decideKeys, type HeldKey, UNKNOWN } from './decide-webhook-keys.ts';
import { decideWebhooks, type WebhookFinding, type WebhookState, type WebhookStep } from './decide-webhooks.ts';
import type { Answer, Gateway, GatewayProblem, GatewayWebhooks } from './gateway.ts';
import { beginChange, endChange, listKeys, putKeys } from './webhook-key-store.ts';
import type { WebhookGeneration, WebhookKey, WebhookRegistration } from './webhook-registration.ts';
import { signerOf } from './webhook-signer.ts';

/** What is known here of an account's registrations. */
export interface KnownWebhooks {
  readonly refs: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  /** Parts that the gateway has refused to this account. */
  readonly refused: readonly string[];
  /** How a change ended is not known here: the gateway may sign with a key that nobody has kept. */
  readonly inDoubt: boolean;
}

export const NOTHING_KNOWN: KnownWebhooks = { refs: new Set(), secrets: new Set(), refused: [], inDoubt: false };

type Change = Pick<AccountRow, 'webhookChangeUntil'>;

/** Whoever changes them says so until it has ended; the time of one that is in doubt has passed. */
export const inDoubtSince = ({ webhookChangeUntil: until }: Change, now: Instant): Instant | null =>
  until !== null && !isBefore(now, until) ? until : null;

export async function knownWebhooks(
  { db, secrets, clock }: { readonly db: Db | Tx; readonly secrets: Secrets; readonly clock: Clock },
  account: Change & Pick<AccountRow, 'id' | 'webhookRef' | 'webhookSecretsSealed' | 'webhookPartsRefused'>,
): Promise<KnownWebhooks> {
  const keys = await listKeys(db, account.id);
  const refs = keys.flatMap(({ ref, retireAt }) => (retireAt === null ? [ref] : []));
  return {
    refs: new Set([...refs, ...(account.webhookRef === null ? [] : [account.webhookRef])]),
    secrets: new Set(account.webhookSecretsSealed.map((sealed) => secrets.open(sealed))),
    refused: account.webhookPartsRefused,
    inDoubt: inDoubtSince(account, clock.now()) !== null,
  };
}

export interface Wanted {
  readonly url: string;
  readonly known: KnownWebhooks;
  /** How the gateway names the numbers that are lanes here, or are about to be. */
  readonly laneRefs: ReadonlySet<string>;
  /** Which generation of the gateway's events what is missing is made of. */
  readonly generation: WebhookGeneration;
}

/** What is registered now, and what of it is wrong; what the gateway has refused is not wrong. Asks, and changes nothing. */
export async function inspectGateway(
  { webhooks }: Pick<Gateway, 'webhooks'>,
  { url, known, laneRefs, generation }: Wanted,
): Promise<Answer<WebhookState>> {
  const listed = await webhooks.list();
  if (!listed.ok) return listed;
  return ok(
    decideWebhooks({
      listed: listed.value,
      parts: webhooks.parts[generation].filter(({ part }) => !known.refused.includes(part)),
      url,
      knownRefs: known.refs,
      laneRefs,
      hasKey: ({ ref, secret }) => {
        if (secret !== undefined) return known.secrets.has(secret);
        return known.refs.has(ref) && (known.inDoubt ? 'in_doubt' : true);
      },
    }),
  );
}

/** What was done at the gateway; with `problem`, up to where it went wrong. */
export interface EnsuredWebhooks {
  readonly keys: readonly WebhookKey[];
  /** `keys` are all that sign. */
  readonly complete: boolean;
  readonly findings: readonly WebhookFinding[];
  /** Parts that the gateway does not give to this account. */
  readonly refused: readonly string[];
  /** To be removed once the keys are kept. */
  readonly replaced: readonly WebhookRegistration[];
  readonly problem: GatewayProblem | undefined;
  /** A key may have been made that no answer has brought here. */
  readonly inDoubt: boolean;
}

export async function ensureWebhooks(
  gateway: Pick<Gateway, 'webhooks'>,
  wanted: Wanted,
): Promise<Answer<EnsuredWebhooks>> {
  // What was refused before may be had by now.
  const state = await inspectGateway(gateway, { ...wanted, known: { ...wanted.known, refused: [] } });
  if (!state.ok) return state;
  const { findings, working } = state.value;
  const steps = findings.map(({ step }) => step);
  return ok({ ...(await carryOut(gateway.webhooks, { steps, working, url: wanted.url })), findings });
}

export interface FirstWebhooks extends EnsuredWebhooks {
  readonly generation: WebhookGeneration;
  /** Why it is not the newest, in the gateway's words. */
  readonly fallback: string | null;
}

/** Those of a new account: of the newest generation, or of the proven one where the gateway refuses the newest to this key. */
export async function ensureFirstWebhooks(
  gateway: Pick<Gateway, 'webhooks'>,
  to: Pick<Wanted, 'url' | 'laneRefs'>,
): Promise<Answer<FirstWebhooks>> {
  const wanted = { ...to, known: NOTHING_KNOWN };
  const newest = await ensureWebhooks(gateway, { ...wanted, generation: 'newest' });
  const problem = newest.ok ? newest.value.problem : newest.error;
  if (problem === undefined || (problem.kind !== 'refused' && problem.kind !== 'unauthorized'))
    return newest.ok ? ok({ ...newest.value, generation: 'newest', fallback: null }) : newest;
  const proven = await ensureWebhooks(gateway, { ...wanted, generation: 'proven' });
  return proven.ok ? ok({ ...proven.value, generation: 'proven', fallback: problem.message }) : proven;
}

/** Another key for each registration that works. */
export async function rotateWebhooks(
  { webhooks }: Pick<Gateway, 'webhooks'>,
  { working, url }: { readonly working: readonly WebhookRegistration[]; readonly url: string },
): Promise<EnsuredWebhooks> {
  const steps = working.map((registration): WebhookStep => ({ do: 'rotate', registration }));
  return { ...(await carryOut(webhooks, { steps, working: [], url })), findings: [] };
}

async function carryOut(
  webhooks: GatewayWebhooks,
  {
    steps,
    working,
    url,
  }: {
    readonly steps: readonly WebhookStep[];
    readonly working: readonly WebhookRegistration[];
    readonly url: string;
  },
): Promise<Omit<EnsuredWebhooks, 'findings'>> {
  const keys: WebhookKey[] = [...working];
  const replaced: WebhookRegistration[] = [];
  const refused: string[] = [];
  for (const step of steps) {
    const done = await carryOutStep(webhooks, step, url);
    if (!done.ok && step.do === 'create' && step.optional && done.error.kind === 'refused') {
      refused.push(step.part);
      continue;
    }
    if (!done.ok) {
      const inDoubt = step.do === 'rotate' && done.error.mayBeDone === true;
      return { keys, replaced, refused, complete: false, problem: done.error, inDoubt };
    }
    if (done.value.key !== undefined) keys.push(done.value.key);
    if (done.value.replaced !== undefined) replaced.push(done.value.replaced);
  }
  return { keys, replaced, refused, complete: true, problem: undefined, inDoubt: false };
}

interface StepDone {
  readonly key?: WebhookKey;
  readonly replaced?: WebhookRegistration;
}

async function carryOutStep(
  webhooks: GatewayWebhooks,
  step: WebhookStep,
  url: string,
): Promise<Result<StepDone, GatewayProblem>> {
  switch (step.do) {
    case 'create':
      return made(await webhooks.create({ part: step.part, url }));
    case 'update':
      return made(await webhooks.update(step.registration, url), step.registration);
    case 'rotate':
      return made(await webhooks.rotate(step.registration, url), step.registration);
    case 'adopt':
      return ok({ key: { ...step.registration, secret: step.secret } });
    case 'remove':
      return ok({ replaced: step.registration });
    default:
      return unreachable(step);
  }
}

function made(answer: Answer<WebhookKey>, before?: WebhookRegistration): Result<StepDone, GatewayProblem> {
  if (!answer.ok) return err(answer.error);
  const isNew = before !== undefined && before.ref !== answer.value.ref;
  return ok({ key: answer.value, ...(isNew ? { replaced: before } : {}) });
}

/** Removes what has been replaced. What cannot be removed now is found as a duplicate by the next look. */
export async function endReplaced(
  { webhooks }: Pick<Gateway, 'webhooks'>,
  replaced: readonly WebhookRegistration[],
): Promise<GatewayProblem | undefined> {
  let problem: GatewayProblem | undefined;
  for (const registration of replaced) {
    const removed = await webhooks.remove(registration);
    if (!removed.ok) problem = removed.error;
  }
  return problem;
}

/** Keeps the keys, in the transaction of the change; the ones before stay good while events are on their way. */
export async function keepKeys(
  tx: Tx,
  { secrets, now }: { readonly secrets: Secrets; readonly now: Instant },
  {
    account,
    ensured,
    url,
  }: {
    readonly account: Pick<AccountRow, 'id' | 'kind' | 'webhookRef' | 'webhookSecretsSealed'>;
    readonly ensured: Pick<EnsuredWebhooks, 'keys' | 'complete' | 'refused'>;
    readonly url: string;
  },
): Promise<{ readonly webhookRef: string | null }> {
  const rows = await listKeys(tx, account.id);
  const sealedBy = new Map(account.webhookSecretsSealed.map((sealed) => [signerOf(secrets.open(sealed)), sealed]));
  const current = ensured.keys.flatMap((key): readonly CurrentKey[] => {
    const signer = key.secret === undefined ? signerOfRef(rows, key.ref) : signerOf(key.secret);
    if (key.secret !== undefined && signer !== undefined && !sealedBy.has(signer))
      sealedBy.set(signer, secrets.seal(key.secret));
    return signer === undefined ? [] : [{ signer, ref: key.ref, part: key.part }];
  });
  // A registration whose key is not told here and not known either must not end another one's key.
  const complete = ensured.complete && current.length === ensured.keys.length;
  const keys = decideKeys(heldKeys(rows, [...sealedBy.keys()], now, current), { current, complete, now });
  const webhookRef = account.kind === 'twilio' ? url : (current[0]?.ref ?? account.webhookRef);
  await setWebhook(tx, {
    accountId: account.id,
    ref: webhookRef,
    secretsSealed: keys.flatMap(({ signer }) => sealedBy.get(signer) ?? []),
    partsRefused: ensured.refused,
    now,
  });
  await putKeys(tx, account.id, keys);
  return { webhookRef };
}

/** A gateway that is asked a dozen times, each time for as long as it may take. */
const CHANGE_MS_MAX = 3 * MINUTE_MS;

/**
 * Changes the registrations of one account, one change at a time. Meanwhile the intake waits for keys that it does not know yet
 * instead of refusing what they sign. One that is cut short (a kill, no database), or whose answer is lost, leaves its mark, and the
 * keys are in doubt until a change has succeeded. `work` says by `tell` what was done at the gateway.
 */
export async function whileChanging<T>(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  { id, name, ...before }: Change & Pick<AccountRow, 'id' | 'name'>,
  work: (tell: (done: Pick<EnsuredWebhooks, 'inDoubt'>) => void) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const now = clock.now();
  if (!(await beginChange(db, { accountId: id, now, until: addMs(now, patience(clock, CHANGE_MS_MAX)) })))
    return conflict(`the webhooks of "${name}" are being changed by somebody else right now; look again in a minute`, {
      state: 'changing',
      allowed: [],
    });
  let doubt = inDoubtSince(before, now);
  let isInDoubt = true;
  try {
    const outcome = await work((done) => {
      if (done.inDoubt) doubt ??= now;
    });
    isInDoubt = !outcome.ok && doubt !== null;
    return outcome;
  } finally {
    await endChange(db, id, isInDoubt ? (doubt ?? now) : null);
  }
}

const signerOfRef = (rows: readonly HeldKey[], ref: string): string | undefined =>
  rows.find((row) => row.ref === ref && row.retireAt === null)?.signer;

/** In the order of the account's row, newest first; those without a record were held before there was any. */
function heldKeys(
  rows: readonly HeldKey[],
  signers: readonly string[],
  now: Instant,
  current: readonly CurrentKey[],
): readonly HeldKey[] {
  const known = new Map(rows.map((row) => [row.signer, row]));
  const fresh = new Set(current.map(({ signer }) => signer));
  return signers.flatMap((signer) => {
    const row = known.get(signer);
    if (row !== undefined) return [row];
    return fresh.has(signer)
      ? []
      : [{ signer, ref: UNKNOWN, part: UNKNOWN, since: now, retireAt: null, succeededBy: null }];
  });
}
