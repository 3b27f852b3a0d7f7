import { getBusiness } from '../business/business-store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import type { PointlessAction } from '../campaigns/sending-options.ts';
import { updateCampaign } from '../http/contract/campaigns.ts';
import type { SendingBody } from '../http/routes/sending-input.ts';
import type { Db } from '../platform/database.ts';
import { Temporal } from '../platform/time.ts';
import { type SendingFlags, TIME } from './sending-flags.ts';
import { UsageError } from './shell.ts';

/** As the API takes it, checked by the same schema. `known` is what a campaign that is changed has already. */
export async function sendingBody(
  db: Db,
  flags: SendingFlags,
  known: Pick<Campaign, 'pointless'> | undefined,
): Promise<SendingBody> {
  const { zone } = await getBusiness(db);
  const { window, priority, maxPerHour, maxPerDay, finishBy } = flags;
  const pace = {
    ...(maxPerHour === undefined ? {} : { maxPerHour: maxPerHour === 'none' ? null : maxPerHour }),
    ...(maxPerDay === undefined ? {} : { maxPerDay: maxPerDay === 'none' ? null : maxPerDay }),
    ...(finishBy === undefined
      ? {}
      : { finishBy: finishBy === 'none' ? null : momentOf('--finish-by', finishBy, zone) }),
  };
  const pointless = pointlessOf(flags, zone, known);
  const body = {
    ...(window === undefined ? {} : { window }),
    ...(priority === undefined ? {} : { priority }),
    ...(Object.keys(pace).length === 0 ? {} : { pace }),
    ...(pointless === undefined ? {} : { pointless }),
  };
  const parsed = BODY.safeParse({ revision: 0, ...body });
  if (!parsed.success)
    throw new UsageError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  return parsed.data;
}

const BODY = updateCampaign.request.body.content['application/json'].schema;

function pointlessOf(flags: SendingFlags, zone: string, known: Pick<Campaign, 'pointless'> | undefined) {
  const { pointlessAfter, pointlessHours, pointlessAction } = flags;
  if (pointlessAfter === 'none') return null;
  if (pointlessAfter !== undefined && pointlessHours !== undefined)
    throw new UsageError('--pointless-after and --pointless-hours say the same in two ways: give one of them');
  if (pointlessAfter === undefined && pointlessHours === undefined && pointlessAction === undefined) return undefined;
  const before = known?.pointless ?? undefined;
  const action = pointlessAction === undefined ? before?.action : ACTIONS[pointlessAction];
  if (action === undefined)
    throw new UsageError('say what happens to whoever still waits then: --pointless-action drop, ask or go-on');
  if (pointlessAfter !== undefined) return { after: momentOf('--pointless-after', pointlessAfter, zone), action };
  if (pointlessHours !== undefined) return { hoursAfterWindow: pointlessHours, action };
  const after = before?.after?.toString();
  if (after !== undefined) return { after, action };
  const hours = before?.hoursAfterWindow ?? undefined;
  if (hours !== undefined) return { hoursAfterWindow: hours, action };
  throw new UsageError('say when the texts become pointless: --pointless-after or --pointless-hours');
}

const ACTIONS: Readonly<Record<'drop' | 'ask' | 'go-on', PointlessAction>> = {
  drop: 'drop',
  ask: 'ask',
  'go-on': 'go_on',
};

/** A time with a zone is what it is; one without is local to the business. */
export function momentOf(flag: string, text: string, zone: string): string {
  try {
    return /(Z|[+-]\d\d:?\d\d)$/i.test(text)
      ? Temporal.Instant.from(text).toString()
      : Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant().toString();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${flag}: expected ${TIME}, got "${text}"`);
    throw error;
  }
}
