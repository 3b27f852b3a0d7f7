import { getBusiness, getSendingPolicy } from '../business/business-store.ts';
import { hoursOfAll } from '../business/sending-policy.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { OPT_IN_REQUEST_VERSION, optInRequest } from '../compliance/confirmation-texts.ts';
import type { ConsentPurpose } from '../compliance/consent.ts';
import { checkNumber } from '../compliance/dnc-exemptions.ts';
import { OWN_KINDS } from '../compliance/dnc-rules.ts';
import { getDoubleOptIn } from '../compliance/double-opt-in-store.ts';
import type { ReplyLanguage } from '../compliance/keywords.ts';
import type { Places } from '../compliance/quiet-hours.ts';
import { storedE164 } from '../contacts/phone.ts';
import { parseZoneGroupKey, plausibleZones } from '../contacts/zones.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, DAY_MS } from '../platform/time.ts';
import { engineTopicOf } from '../sending/engine-topic.ts';
import { answeringBusiness } from './automatic-answers.ts';
import { type AskingTime, decideAskingTime } from './decide-asking.ts';
import { insertAutomaticAnswer } from './inbound-store.ts';
import { type AskingGround, newestOptInRequest, readAskingGround } from './opt-in-request-store.ts';

export type NotAsked = 'nothing_waits' | 'suppressed' | 'do_not_call' | 'asked_lately' | 'lane_off' | 'no_hours';
export type AskOutcome =
  | { readonly kind: 'asked'; readonly messageId: Uuid }
  | { readonly kind: 'not_asked'; readonly because: NotAsked };

interface Question {
  readonly phone: string;
  readonly purpose: ConsentPurpose;
  readonly laneId: Uuid;
  readonly language: ReplyLanguage;
}

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/**
 * Asks the holder of a number by text whether an opt-in that waits for it was theirs (double opt-in); YES confirms it. The number is locked.
 * Whoever enters the numbers of strangers in a form must not text them by it: nobody is asked who has opted out or is on a list of our own, nor
 * twice in so many days, nor outside of the hours. Without the text the opt-in still waits for their YES.
 */
export async function askToConfirm(tx: Tx, deps: Deps, question: Question): Promise<AskOutcome> {
  const ground = await readAskingGround(tx, { ...question, now: deps.clock.now() });
  const time = await timeToAsk(tx, deps, question, ground);
  const outcome: AskOutcome =
    typeof time === 'string'
      ? { kind: 'not_asked', because: time }
      : { kind: 'asked', messageId: await ask(tx, deps, { ...question, ...ground, ...time }) };
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: deps.clock.now(),
    actor: 'system',
    action: 'opt_in.asked',
    subject: question.phone,
    phone: question.phone,
    detail: {
      purpose: question.purpose,
      ...(outcome.kind === 'asked'
        ? {
            messageId: showId('message', outcome.messageId),
            language: question.language,
            wordingVersion: OPT_IN_REQUEST_VERSION,
          }
        : { withheld: outcome.because }),
    },
  });
  return outcome;
}

async function timeToAsk(
  tx: Tx,
  { clock }: Deps,
  { phone }: Question,
  ground: AskingGround,
): Promise<AskingTime | NotAsked> {
  if (ground.confirmUntil === null) return 'nothing_waits';
  if (ground.suppressed) return 'suppressed';
  if (ground.laneIsOff) return 'lane_off';
  const { listedOn } = await checkNumber(tx, phone);
  if (listedOn.some(({ kind }) => OWN_KINDS.includes(kind))) return 'do_not_call';
  const now = clock.now();
  const { askAgainAfterDays } = await getDoubleOptIn(tx);
  const since = addMs(now, -askAgainAfterDays * DAY_MS);
  if ((await newestOptInRequest(tx, { phone, since })) !== undefined) return 'asked_lately';
  const policy = hoursOfAll(await getSendingPolicy(tx));
  return decideAskingTime(placesOf(phone, ground), policy, { now, until: ground.confirmUntil }) ?? 'no_hours';
}

const placesOf = (phone: string, { zoneGroup }: AskingGround): Places =>
  zoneGroup === null ? plausibleZones({ phone: storedE164(phone) }) : parseZoneGroupKey(zoneGroup);

async function ask(tx: Tx, { clock, newUuid }: Deps, asking: Question & AskingGround & AskingTime): Promise<Uuid> {
  const { purpose, language, accountId } = asking;
  const id = newUuid();
  await insertAutomaticAnswer(tx, {
    ...asking,
    id,
    purpose: 'opt_in_request',
    body: optInRequest(answeringBusiness(await getBusiness(tx)), {
      purpose,
      language,
    }),
    now: clock.now(),
  });
  await notifyLive(tx, [engineTopicOf(accountId)]);
  return id;
}
